package pvemcp.dispatch;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import pvemcp.json.Json;
import pvemcp.pve.Transport;
import pvemcp.pve.Verb;
import pvemcp.schema.ApiSchema;
import pvemcp.schema.Danger;
import pvemcp.tool.Operations;
import pvemcp.tool.Secrets;

/// A part of a cluster that one request changes and another can put back as it was.
sealed interface Part {
    /// What it is called in the audit log.
    String kind();

    String path();

    /// How it is now, without what is secret.
    ///
    /// @throws pvemcp.pve.PveException where that cannot be read
    Json.Obj look(Transport wire, ApiSchema schema);

    /// Whether `now` is what this request leads to from `was`, both as [#look] found them. False where that cannot be
    /// told.
    default boolean shows(Verb verb, String asked, Json.Obj params, Json.Obj was, Json.Obj now) {
        return false;
    }

    /// What brings it from `now` back to `was`, both of them as [#look] found them.
    Way back(Json.Obj was, Json.Obj now, Json.Obj current, ApiSchema schema);

    /// The way back.
    sealed interface Way {
        record Request(Verb verb, String path, Json.Obj params) implements Way {}

        record None(String why) implements Way {}
    }

    /// The part that a request changes; empty where none is known whose change could be taken back.
    static Optional<Part> of(Verb verb, String path, ApiSchema schema) {
        var match = Operations.match(schema, verb, path);
        if (verb == Verb.GET || match.isEmpty()) {
            return Optional.empty();
        }
        var template = match.get().operation().path();
        if (Rules.TEMPLATE.matcher(template).matches()) {
            return Optional.of(new Rules(template.endsWith("{pos}") ? parent(path) : path));
        }
        if (verb == Verb.POST && Power.TEMPLATE.matcher(template).matches()) {
            return Optional.of(new Power(parent(parent(path))));
        }
        if (verb == Verb.POST && Snapshots.TEMPLATE.matcher(template).matches()) {
            return Optional.of(new Snapshots(path));
        }
        if (verb == Verb.POST && Place.TEMPLATE.matcher(template).matches()) {
            return Optional.of(new Place(parent(path)));
        }
        boolean settings = verb == Verb.PUT || template.equals("/nodes/{node}/qemu/{vmid}/config");
        return settings && Settings.fits(path, schema) ? Optional.of(new Settings(path)) : Optional.empty();
    }

    /// The part that the audit log names.
    static Optional<Part> named(String kind, String path) {
        return switch (kind) {
            case "settings" -> Optional.of(new Settings(path));
            case "power" -> Optional.of(new Power(path));
            case "place" -> Optional.of(new Place(path));
            case "snapshot" -> Optional.of(new Snapshots(path));
            case "rules" -> Optional.of(new Rules(path));
            default -> Optional.empty();
        };
    }

    private static String parent(String path) {
        return path.substring(0, path.lastIndexOf('/'));
    }

    private static Json.Obj object(Transport wire, String path) {
        return wire.data(Verb.GET, path, Json.Obj.EMPTY) instanceof Json.Obj found ? found : Json.Obj.EMPTY;
    }

    private static List<Json> list(Transport wire, String path) {
        return wire.data(Verb.GET, path, Json.Obj.EMPTY) instanceof Json.Arr(var items) ? items : List.of();
    }

    /// Options that are set one by one and taken away by `delete`, such as a guest's configuration.
    record Settings(String path) implements Part {
        // A volume taken away may be deleted with its entry, so entries of volumes are no mere settings.
        private static final Pattern VOLUME =
                Pattern.compile("(?:ide|sata|scsi|virtio|mp|unused|efidisk|tpmstate)[0-9]+|rootfs|vmstate");

        /// How a change is made, and not what is changed.
        private static final Set<String> HOW =
                Set.of("delete", "digest", "force", "skiplock", "revert", "background_delay", "lock-token");

        /// What can be read and set at the same path, an option at a time.
        static boolean fits(String path, ApiSchema schema) {
            var put = Operations.match(schema, Verb.PUT, path);
            var get = Operations.match(schema, Verb.GET, path);
            if (put.isEmpty() || get.isEmpty()) {
                return false;
            }
            var delete = put.get().operation().parameters().object("delete");
            return delete.flatMap(declared -> declared.text("type"))
                            .filter("string"::equals)
                            .isPresent()
                    && schema.danger(get.get().operation(), Json.Obj.EMPTY) == Danger.READ;
        }

        @Override
        public String kind() {
            return "settings";
        }

        @Override
        public Json.Obj look(Transport wire, ApiSchema schema) {
            var texts = new LinkedHashMap<String, Json>();
            object(wire, path)
                    .members()
                    .forEach((name, value) -> value.scalarText().ifPresent(text -> texts.put(name, Json.str(text))));
            return Secrets.masked(new Json.Obj(texts));
        }

        @Override
        public Way back(Json.Obj was, Json.Obj now, Json.Obj current, ApiSchema schema) {
            var known = Operations.match(schema, Verb.PUT, path)
                    .map(match -> match.operation().parameters())
                    .orElse(Json.Obj.EMPTY);
            var params = new LinkedHashMap<String, Json>();
            var delete = new ArrayList<String>();
            for (var name : Changes.between(was, now)) {
                if (!takes(known, name)) {
                    continue; // PVE's own book-keeping.
                }
                if (VOLUME.matcher(name).matches() && !isDrive(was, name, now)) {
                    return new Way.None("'%s' is a volume: what became of it is not a setting".formatted(name));
                }
                if (was.has(name)) {
                    params.put(name, was.get(name).orElseThrow());
                } else {
                    delete.add(name);
                }
            }
            if (params.isEmpty() && delete.isEmpty()) {
                return new Way.None("it changed no setting");
            }
            if (!delete.isEmpty()) {
                params.put("delete", Json.str(String.join(",", delete)));
            }
            if (known.has("digest")) {
                current.text("digest").ifPresent(digest -> params.put("digest", Json.str(digest)));
            }
            return new Way.Request(Verb.PUT, path, new Json.Obj(params));
        }

        /// PVE may write a value in another way than it was given, so what was asked for and has changed counts as
        /// done.
        @Override
        public boolean shows(Verb verb, String asked, Json.Obj params, Json.Obj was, Json.Obj now) {
            var changed = Changes.between(was, now);
            changed.remove("digest");
            var wanted = new LinkedHashSet<>(params.members().keySet());
            wanted.removeAll(HOW);
            for (var name : wanted) {
                boolean as = now.text(name).equals(params.get(name).flatMap(Settings::text));
                if (!as && !changed.contains(name)) {
                    return false;
                }
            }
            var deleted = List.of(params.text("delete").orElse("").split("[,; ]+", -1));
            wanted.addAll(deleted);
            return deleted.stream().noneMatch(now::has) && wanted.containsAll(changed);
        }

        private static Optional<String> text(Json value) {
            return value instanceof Json.Bool(var flag) ? Optional.of(flag ? "1" : "0") : value.scalarText();
        }

        /// `net0` where `net[n]` is declared.
        private static boolean takes(Json.Obj known, String name) {
            return !name.equals("digest") && (known.has(name) || known.has(name.replaceFirst("[0-9]+$", "[n]")));
        }

        /// A CD-ROM drive is a setting: taking out a disc deletes nothing.
        private static boolean isDrive(Json.Obj was, String name, Json.Obj now) {
            return was.text(name).orElse("media=cdrom").contains("media=cdrom")
                    && now.text(name).orElse("media=cdrom").contains("media=cdrom");
        }
    }

    /// Whether a guest runs. The path is the guest's.
    record Power(String path) implements Part {
        static final Pattern TEMPLATE = Pattern.compile(
                "/nodes/\\{node}/(?:qemu|lxc)/\\{vmid}/status/(?:start|stop|shutdown|suspend|resume|reboot|reset)");

        @Override
        public String kind() {
            return "power";
        }

        @Override
        public Json.Obj look(Transport wire, ApiSchema schema) {
            var status = object(wire, path + "/status/current");
            var power = status.text("status").orElse("");
            // PVE::QemuServer, vmstatus: a paused VM runs as far as `status` goes.
            boolean paused = status.text("qmpstatus").orElse("").equals("paused");
            return Json.obj("power", paused ? "paused" : power);
        }

        @Override
        public Way back(Json.Obj was, Json.Obj now, Json.Obj current, ApiSchema schema) {
            var change = was.text("power").orElse("") + " " + now.text("power").orElse("");
            var action = switch (change) {
                case "running stopped" -> "start";
                case "stopped running" -> "shutdown";
                case "running paused" -> "resume";
                case "paused running" -> "suspend";
                default -> "";
            };
            return action.isEmpty()
                    ? new Way.None("the guest is in the state it was in")
                    : new Way.Request(Verb.POST, path + "/status/" + action, Json.Obj.EMPTY);
        }
    }

    /// The node that a guest is on. The path is the guest's, where it was.
    record Place(String path) implements Part {
        static final Pattern TEMPLATE = Pattern.compile("/nodes/\\{node}/(?:qemu|lxc)/\\{vmid}/migrate");

        @Override
        public String kind() {
            return "place";
        }

        @Override
        public Json.Obj look(Transport wire, ApiSchema schema) {
            var vmid = path.substring(path.lastIndexOf('/') + 1);
            var guests = wire.data(Verb.GET, "/cluster/resources", Json.obj("type", "vm"));
            for (var item : guests instanceof Json.Arr(var items) ? items : List.<Json>of()) {
                if (item instanceof Json.Obj guest && guest.text("vmid").equals(Optional.of(vmid))) {
                    return Json.obj(
                            "node", guest.text("node").orElse(""),
                            "running", guest.text("status").equals(Optional.of("running")));
                }
            }
            return Json.Obj.EMPTY;
        }

        @Override
        public Way back(Json.Obj was, Json.Obj now, Json.Obj current, ApiSchema schema) {
            var from = now.text("node").orElse("");
            var to = was.text("node").orElse("");
            if (from.isEmpty() || to.isEmpty()) {
                return new Way.None("the guest is on the node it was on");
            }
            var parts = path.split("/", -1);
            var guest = "/nodes/%s/%s/%s/migrate".formatted(from, parts[3], parts[4]);
            boolean running = current.flag("running").orElse(false);
            // PVE::API2::LXC moves a running container only by stopping it for that long.
            var how = parts[3].equals("lxc") ? "restart" : "online";
            var params = Json.obj("target", to);
            return new Way.Request(Verb.POST, guest, running ? params.with(how, 1) : params);
        }
    }

    /// The snapshots of a guest. What is made can be taken away, not the other way round.
    record Snapshots(String path) implements Part {
        static final Pattern TEMPLATE = Pattern.compile("/nodes/\\{node}/(?:qemu|lxc)/\\{vmid}/snapshot");

        @Override
        public String kind() {
            return "snapshot";
        }

        @Override
        public Json.Obj look(Transport wire, ApiSchema schema) {
            var times = new LinkedHashMap<String, Json>();
            for (var item : list(wire, path)) {
                if (item instanceof Json.Obj snapshot && snapshot.has("snaptime")) {
                    times.put(
                            snapshot.text("name").orElse(""),
                            Json.str(snapshot.text("snaptime").orElse("")));
                }
            }
            return new Json.Obj(times);
        }

        @Override
        public Way back(Json.Obj was, Json.Obj now, Json.Obj current, ApiSchema schema) {
            var made = Changes.between(was, now);
            if (made.size() != 1 || was.has(made.getFirst())) {
                return new Way.None("it did not make one snapshot");
            }
            return new Way.Request(Verb.DELETE, path + "/" + made.getFirst(), Json.Obj.EMPTY);
        }
    }

    /// The rules of one firewall, in their order. The path is that of the list.
    record Rules(String path) implements Part {
        static final Pattern TEMPLATE =
                Pattern.compile("(?:/.*/firewall/rules|/cluster/firewall/groups/\\{group})(?:/\\{pos})?");
        private static final Set<String> NOT_GIVEN = Set.of("pos", "digest", "ipversion");

        @Override
        public String kind() {
            return "rules";
        }

        @Override
        public Json.Obj look(Transport wire, ApiSchema schema) {
            var rules = new ArrayList<Json>();
            var digest = "";
            for (var item : list(wire, path)) {
                if (item instanceof Json.Obj rule) {
                    digest = rule.text("digest").orElse(digest);
                    rules.add(rule.without("digest").without("pos"));
                }
            }
            return Json.obj("rules", rules, "digest", digest);
        }

        private static List<Json> rules(Json.Obj state) {
            return state.get("rules").orElse(Json.Arr.EMPTY) instanceof Json.Arr(var items) ? items : List.of();
        }

        @Override
        public Way back(Json.Obj was, Json.Obj now, Json.Obj current, ApiSchema schema) {
            var before = rules(was);
            var after = rules(now);
            int at = firstDifference(before, after);
            var digest = Json.obj("digest", current.text("digest").orElse(""));
            if (after.size() == before.size() + 1 && same(before, at, after, at + 1)) {
                return new Way.Request(Verb.DELETE, path + "/" + at, digest);
            }
            if (after.size() == before.size() - 1 && same(before, at + 1, after, at)) {
                // PVE::API2::Firewall::Rules, create_rule: a new rule goes on top.
                return at == 0
                        ? new Way.Request(Verb.POST, path, given((Json.Obj) before.getFirst(), digest))
                        : new Way.None("PVE puts a new rule on top, and this one stood at %d: %s"
                                .formatted(at, before.get(at).write()));
            }
            if (after.size() == before.size() && at < after.size() && same(before, at + 1, after, at + 1)) {
                return changed((Json.Obj) before.get(at), (Json.Obj) after.get(at), at, digest);
            }
            return new Way.None("it did not make, take away or change one rule");
        }

        @Override
        public boolean shows(Verb verb, String asked, Json.Obj params, Json.Obj was, Json.Obj now) {
            var before = rules(was);
            var after = rules(now);
            int at = firstDifference(before, after);
            return switch (verb) {
                case POST ->
                    after.size() == before.size() + 1 && same(before, at, after, at + 1) && has(after.get(at), params);
                case DELETE -> after.size() == before.size() - 1 && same(before, at + 1, after, at);
                case PUT ->
                    after.size() == before.size() && same(before, at + 1, after, at + 1) && !before.equals(after);
                case GET -> false;
            };
        }

        private static boolean has(Json rule, Json.Obj params) {
            for (var param : params.members().entrySet()) {
                var there = ((Json.Obj) rule).text(param.getKey());
                if (!NOT_GIVEN.contains(param.getKey())
                        && !there.equals(param.getValue().scalarText())) {
                    return false;
                }
            }
            return true;
        }

        private Way changed(Json.Obj before, Json.Obj after, int at, Json.Obj digest) {
            var params = new LinkedHashMap<String, Json>();
            var delete = new ArrayList<String>();
            for (var name : Changes.between(before, after)) {
                if (before.has(name)) {
                    params.put(name, before.get(name).orElseThrow());
                } else {
                    delete.add(name);
                }
            }
            if (!delete.isEmpty()) {
                params.put("delete", Json.str(String.join(",", delete)));
            }
            params.putAll(digest.members());
            return new Way.Request(Verb.PUT, path + "/" + at, new Json.Obj(params));
        }

        private static Json.Obj given(Json.Obj rule, Json.Obj digest) {
            var params = new LinkedHashMap<>(rule.members());
            params.keySet().removeAll(NOT_GIVEN);
            params.putAll(digest.members());
            return new Json.Obj(params);
        }

        private static int firstDifference(List<Json> one, List<Json> other) {
            int at = 0;
            while (at < Math.min(one.size(), other.size()) && one.get(at).equals(other.get(at))) {
                at++;
            }
            return at;
        }

        private static boolean same(List<Json> one, int from, List<Json> other, int otherFrom) {
            return from <= one.size()
                    && otherFrom <= other.size()
                    && one.subList(from, one.size()).equals(other.subList(otherFrom, other.size()));
        }
    }
}
