package pvemcp.sim.api;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import pvemcp.json.Json;
import pvemcp.schema.Verb;
import pvemcp.sim.SimError;
import pvemcp.sim.world.Acl;
import pvemcp.sim.world.Group;
import pvemcp.sim.world.Role;
import pvemcp.text.Word;

/// `/access/groups`, `/access/roles` and `/access/acl` (PVE::API2::Group, Role, ACL)
final class RightsApi {
    private static final String NAME = "[\\p{Alnum}._-]+";
    /// PVE::AccessControl::check_path
    private static final Pattern ACL_PATH = Pattern.compile("/"
            + "|/(access|nodes|pool|sdn|storage|vms|mapping)"
            + "|/access/(groups|realm)(/" + NAME + ")?"
            + "|/(nodes|storage)/" + NAME
            + "|/pool/" + NAME + "(/" + NAME + "){0,2}"
            + "|/sdn/(controllers|dns|ipams|fabrics)(/" + NAME + ")?"
            + "|/sdn/zones(/" + NAME + "){0,2}(/[1-9][0-9]{0,3})?"
            + "|/vms/[1-9][0-9]{2,}"
            + "|/mapping/" + NAME + "(/" + NAME + ")?");

    private RightsApi() {}

    static void add(Routes routes) {
        routes.on(Verb.GET, "/access/groups", RightsApi::groups)
                .on(Verb.POST, "/access/groups", RightsApi::createGroup)
                .on(Verb.GET, "/access/groups/{groupid}", RightsApi::readGroup)
                .on(Verb.PUT, "/access/groups/{groupid}", RightsApi::updateGroup)
                .on(Verb.DELETE, "/access/groups/{groupid}", RightsApi::deleteGroup)
                .on(Verb.GET, "/access/roles", RightsApi::roles)
                .on(Verb.POST, "/access/roles", RightsApi::createRole)
                .on(Verb.GET, "/access/roles/{roleid}", RightsApi::readRole)
                .on(Verb.PUT, "/access/roles/{roleid}", RightsApi::updateRole)
                .on(Verb.DELETE, "/access/roles/{roleid}", RightsApi::deleteRole)
                .on(Verb.GET, "/access/acl", RightsApi::acl)
                .on(Verb.PUT, "/access/acl", RightsApi::updateAcl);
    }

    private static Json groups(Request request) {
        var access = request.cluster().access;
        boolean all = request.mayAny("/access/groups", "Sys.Audit", "Group.Allocate");
        return Json.of(access.groups.values().stream()
                .filter(group -> all
                        || request.mayAny("/access/groups/" + group.id(), "User.Modify", "Sys.Audit", "Group.Allocate"))
                .map(group -> Rows.of(
                                "groupid", group.id(), "users", String.join(",", UsersApi.members(access, group.id())))
                        .putText("comment", group.comment())
                        .json())
                .toList());
    }

    private static Json createGroup(Request request) {
        var groups = request.cluster().access.groups;
        var id = request.text("groupid");
        if (groups.containsKey(id)) {
            throw new SimError("create group failed: group '%s' already exists".formatted(id));
        }
        groups.put(id, new Group(id, request.text("comment", "")));
        return Json.Null.NULL;
    }

    private static Group group(Request request, String prefix) {
        var id = request.text("groupid");
        var group = request.cluster().access.groups.get(id);
        if (group == null) {
            throw new SimError("%sgroup '%s' does not exist".formatted(prefix, id));
        }
        return group;
    }

    private static Json readGroup(Request request) {
        var group = group(request, "");
        return Rows.of("members", UsersApi.members(request.cluster().access, group.id()))
                .putText("comment", group.comment())
                .json();
    }

    private static Json updateGroup(Request request) {
        var group = group(request, "update group failed: ");
        request.cluster()
                .access
                .groups
                .put(group.id(), new Group(group.id(), request.text("comment", group.comment())));
        return Json.Null.NULL;
    }

    private static Json deleteGroup(Request request) {
        var group = group(request, "delete group failed: ");
        var access = request.cluster().access;
        access.groups.remove(group.id());
        access.users.values().forEach(user -> user.groups.remove(group.id()));
        access.forget(line -> line.kind() == Acl.Kind.GROUP && line.ugid().equals(group.id()));
        return Json.Null.NULL;
    }

    private static Json roles(Request request) {
        return Json.of(request.cluster().access.roles.values().stream()
                .map(role -> Json.obj(
                        "roleid",
                        role.id(),
                        "privs",
                        String.join(",", role.privileges()),
                        "special",
                        role.special() ? 1 : 0))
                .toList());
    }

    private static Json createRole(Request request) {
        var roles = request.cluster().access.roles;
        var id = request.text("roleid");
        if (id.toLowerCase(Locale.ROOT).startsWith("pve")) {
            throw SimError.invalid("roleid", "cannot use role ID starting with the (case-insensitive) 'PVE' namespace");
        }
        if (roles.containsKey(id)) {
            throw new SimError("create role failed: role '%s' already exists".formatted(id));
        }
        roles.put(id, new Role(id, false, new TreeSet<>(request.list("privs"))));
        return Json.Null.NULL;
    }

    private static Role role(Request request, String prefix) {
        var id = request.text("roleid");
        var role = request.cluster().access.roles.get(id);
        if (role == null) {
            throw new SimError("%srole '%s' does not exist".formatted(prefix, id));
        }
        return role;
    }

    private static Json readRole(Request request) {
        var privileges = new Rows();
        role(request, "").privileges().forEach(privilege -> privileges.put(privilege, 1));
        return privileges.json();
    }

    private static Json updateRole(Request request) {
        var role = changeable(role(request, "update role failed: "), "modified");
        var privileges = new TreeSet<>(request.list("privs"));
        if (request.flag("append")) {
            privileges.addAll(role.privileges());
        }
        request.cluster().access.roles.put(role.id(), new Role(role.id(), false, privileges));
        return Json.Null.NULL;
    }

    private static Json deleteRole(Request request) {
        var role = changeable(role(request, "delete role failed: "), "deleted");
        var access = request.cluster().access;
        access.roles.remove(role.id());
        access.forget(line -> line.role().equals(role.id()));
        return Json.Null.NULL;
    }

    private static Role changeable(Role role, String done) {
        if (role.special()) {
            throw new SimError("auto-generated role '%s' cannot be %s".formatted(role.id(), done));
        }
        return role;
    }

    /// Only the lines of paths where the caller may change the ACL, or all for an auditor.
    private static Json acl(Request request) {
        boolean all = request.may("/access", "Sys.Audit");
        return Json.of(request.cluster().access.acl().stream()
                .filter(line -> all || request.may(line.path(), "Permissions.Modify"))
                .map(line -> Json.obj(
                        "path",
                        line.path(),
                        "type",
                        Word.of(line.kind()),
                        "ugid",
                        line.ugid(),
                        "roleid",
                        line.role(),
                        "propagate",
                        line.propagate() ? 1 : 0))
                .toList());
    }

    private static Json updateAcl(Request request) {
        if (List.of("users", "groups", "tokens").stream().noneMatch(request::has)) {
            var problem = "either 'users', 'groups' or 'tokens' is required.";
            throw new SimError(
                    400,
                    "Parameter verification failed.",
                    new HashMap<>(Map.of("users", problem, "groups", problem, "tokens", problem)));
        }
        var path = request.text("path");
        if (!ACL_PATH.matcher(path).matches()) {
            throw SimError.invalid("path", "invalid ACL path '%s'".formatted(path));
        }
        var access = request.cluster().access;
        boolean propagate = request.arguments().flag("propagate").orElse(true);
        var lines = new ArrayList<Acl>();
        for (var role : request.list("roles")) {
            requireKnown(access.roles.containsKey(role), "role", role);
            for (var group : request.list("groups")) {
                requireKnown(access.groups.containsKey(group), "group", group);
                lines.add(new Acl(path, Acl.Kind.GROUP, group, role, propagate));
            }
            for (var user : request.list("users")) {
                requireKnown(access.users.containsKey(user), "user", user);
                lines.add(new Acl(path, Acl.Kind.USER, user, role, propagate));
            }
            for (var token : request.list("tokens")) {
                if (access.token(token).isEmpty()) {
                    var parts = token.split("!", 2);
                    throw new SimError("ACL update failed: no such token '%s' for user '%s'"
                            .formatted(parts.length < 2 ? "" : parts[1], parts[0]));
                }
                lines.add(new Acl(path, Acl.Kind.TOKEN, token, role, propagate));
            }
        }
        lines.forEach(request.flag("delete") ? access::revoke : access::grant);
        return Json.Null.NULL;
    }

    private static void requireKnown(boolean known, String what, String id) {
        if (!known) {
            throw new SimError("ACL update failed: %s '%s' does not exist".formatted(what, id));
        }
    }
}
