package pvemcp.sim.api;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import pvemcp.json.Json;
import pvemcp.schema.Verb;
import pvemcp.sim.SimError;
import pvemcp.sim.task.Step;
import pvemcp.sim.task.Work;
import pvemcp.sim.world.Acl;
import pvemcp.sim.world.Directory;
import pvemcp.sim.world.Group;
import pvemcp.sim.world.PropertyString;
import pvemcp.sim.world.Realm;
import pvemcp.sim.world.User;

/// `/access/domains/{realm}/sync`: takes over users and groups of a directory service (PVE::API2::Domains, sync).
final class RealmSyncApi {
    private static final Directory EMPTY = new Directory(List.of(), new TreeMap<>());

    private RealmSyncApi() {}

    static void add(Routes routes) {
        routes.on(Verb.POST, "/access/domains/{realm}/sync", RealmSyncApi::sync);
    }

    private static Json sync(Request request) {
        var realm = request.cluster().access.realms.get(request.text("realm"));
        if (realm == null) {
            throw SimError.invalid("realm", "Realm does not exist.");
        }
        if (!realm.type().equals("ldap") && !realm.type().equals("ad")) {
            throw new SimError(
                    "Cannot sync realm type '%s'! Only LDAP/AD realms can be synced.".formatted(realm.type()));
        }
        var sync = new Sync(request, realm, options(request, realm));
        var type = request.flag("dry-run") ? "auth-realm-sync-test" : "auth-realm-sync";
        var upid = request.tasks()
                .start(
                        request.localNode(),
                        type,
                        realm.id(),
                        request.authId(),
                        List.of(Step.act(Duration.ofSeconds(1), sync::run)));
        return Json.str(upid);
    }

    /// What was asked for, else what the realm has for its default.
    private static Map<String, String> options(Request request, Realm realm) {
        var options = new TreeMap<>(Map.of("enable-new", "1", "remove-vanished", "none"));
        var defaults = PropertyString.parse(
                realm.settings().text("sync-defaults-options").orElse(""), "scope");
        for (var name : List.of("scope", "enable-new", "remove-vanished")) {
            defaults.get(name).ifPresent(value -> options.put(name, value));
            request.find(name).ifPresent(value -> options.put(name, value));
        }
        if (!options.containsKey("scope")) {
            throw SimError.invalid("scope", "Not passed as parameter and not defined in realm default sync options.");
        }
        return options;
    }

    /// One run of it, in the words of PVE's log.
    private record Sync(Request request, Realm realm, Map<String, String> options) {
        void run(Work work) {
            boolean test = request.flag("dry-run");
            var scope = options.get("scope");
            var what = scope.equals("both") ? "users and groups" : scope;
            work.say((test ? "(dry test run) " : "") + "starting sync for realm " + realm.id());
            work.say("got data from server, updating " + what);
            var directory = request.cluster().access.directories.getOrDefault(realm.id(), EMPTY);
            if (!scope.equals("groups")) {
                users(work, directory, test);
            }
            if (!scope.equals("users")) {
                groups(work, directory, test);
            }
            work.say(
                    test
                            ? "NOTE: Dry test run, changes were NOT written to the configuration."
                            : "successfully updated %s configuration".formatted(what));
        }

        private TreeSet<String> vanishing() {
            return new TreeSet<>(List.of(options.get("remove-vanished").split(";", -1)));
        }

        private void users(Work work, Directory directory, boolean test) {
            var access = request.cluster().access;
            var there = directory.users().stream()
                    .map(name -> name + "@" + realm.id())
                    .collect(Collectors.toCollection(TreeSet::new));
            work.say("syncing users (remove-vanished opts: %s)".formatted(options.get("remove-vanished")));
            for (var id : List.copyOf(access.users.sequencedKeySet())) {
                if (id.endsWith("@" + realm.id()) && !there.contains(id)) {
                    gone(work, "user", id, test, () -> access.users.remove(id), Acl.Kind.USER);
                }
            }
            for (var id : there) {
                boolean known = access.users.containsKey(id);
                work.say("%s user '%s'".formatted(known ? "updating" : "adding", id));
                if (!known && !test) {
                    var user = new User(id);
                    user.enabled = options.get("enable-new").equals("1");
                    access.users.put(id, user);
                }
            }
        }

        private void groups(Work work, Directory directory, boolean test) {
            var access = request.cluster().access;
            var there = new TreeMap<String, List<String>>();
            directory.groups().forEach((name, members) -> there.put(name + "-" + realm.id(), members));
            work.say("syncing groups (remove-vanished opts: %s)".formatted(options.get("remove-vanished")));
            for (var id : List.copyOf(access.groups.sequencedKeySet())) {
                if (id.endsWith("-" + realm.id()) && !there.containsKey(id)) {
                    gone(work, "group", id, test, () -> access.groups.remove(id), Acl.Kind.GROUP);
                }
            }
            there.forEach((id, members) -> {
                work.say("%s group '%s'".formatted(access.groups.containsKey(id) ? "updating" : "adding", id));
                if (!test) {
                    access.groups.putIfAbsent(id, new Group(id, ""));
                    var names = new ArrayList<String>();
                    members.forEach(name -> names.add(name + "@" + realm.id()));
                    access.users.values().forEach(user -> {
                        user.groups.remove(id);
                        if (names.contains(user.id())) {
                            user.groups.add(id);
                        }
                    });
                }
            });
        }

        private void gone(Work work, String kind, String id, boolean test, Runnable removal, Acl.Kind lines) {
            if (vanishing().contains("entry")) {
                work.say("remove %s '%s'".formatted(kind, id));
                if (!test) {
                    removal.run();
                }
            }
            if (vanishing().contains("acl")) {
                work.say("purge %ss '%s' ACL entries".formatted(kind, id));
                if (!test) {
                    request.cluster()
                            .access
                            .forget(line -> line.kind() == lines && line.ugid().equals(id));
                }
            }
        }
    }
}
