package pvemcp.sim.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import pvemcp.json.Json;
import pvemcp.schema.Operation;
import pvemcp.sim.SimError;
import pvemcp.sim.api.Request;
import pvemcp.sim.world.Access;
import pvemcp.sim.world.Cluster;
import pvemcp.sim.world.UserNames;

/// Enforces what an operation declares about who may call it (PVE::RPCEnvironment::check_api2_permissions).
final class Permissions {
    private static final Pattern PATH = Pattern.compile("[\\p{Alnum}._/-]+");

    private final Cluster cluster;
    private final Access.Rights rights;
    private final Json.Obj arguments;

    Permissions(Cluster cluster, Access.Rights rights, Json.Obj arguments) {
        this.cluster = cluster;
        this.rights = rights;
        this.arguments = arguments;
    }

    /// The refusal of a check that has several ways to be met says none of them.
    private static SimError plain() {
        return new SimError(403, "Permission check failed", Map.of());
    }

    /// Whether an operation needs no login.
    static boolean isOpen(Operation operation) {
        return operation
                .facts()
                .object("permissions")
                .flatMap(declared -> declared.text("user"))
                .equals(Optional.of("world"));
    }

    /// A 403 where the caller may not.
    void require(Operation operation) {
        if (rights.isRoot()) {
            return;
        }
        var declared = operation.facts().object("permissions");
        if (declared.isEmpty()) {
            throw new SimError(403, "Permission check failed (user != root@pam)", Map.of());
        }
        if (declared.get().has("user")) {
            return;
        }
        declared.get()
                .array("check")
                .ifPresent(check -> refusal(check).ifPresent(refusal -> {
                    throw refusal;
                }));
    }

    /// Why the check fails, or empty where it does not.
    private Optional<SimError> refusal(Json.Arr check) {
        var kind = text(check, 0);
        var rest = check.items().subList(1, check.size());
        return switch (kind) {
            case "and" ->
                rest.stream()
                        .map(part -> refusal((Json.Arr) part))
                        .flatMap(Optional::stream)
                        .findFirst();
            case "or" ->
                rest.stream().anyMatch(part -> refusal((Json.Arr) part).isEmpty())
                        ? Optional.empty()
                        : Optional.of(plain());
            case "perm" -> perm(check);
            case "userid-param" -> userParam(text(check, 1));
            case "userid-group" -> userGroup(check);
            case "perm-modify" -> permModify(filled(text(check, 1)));
            default -> throw new IllegalStateException("unknown permission check " + kind);
        };
    }

    private Optional<SimError> perm(Json.Arr check) {
        var options = options(check, 3);
        if (options.contains("require_param") && !arguments.has(options.get(options.indexOf("require_param") + 1))) {
            return Optional.of(SimError.forbidden(text(check, 1), ""));
        }
        var path = filled(text(check, 1));
        var privileges = texts((Json.Arr) check.get(2));
        if (path.isEmpty()) {
            return Optional.of(SimError.forbidden("", privileges.getFirst()));
        }
        if (options.contains("any")) {
            return rights.hasAny(path, privileges)
                    ? Optional.empty()
                    : Optional.of(SimError.forbidden(path, String.join("|", privileges)));
        }
        return rights.missing(path, privileges).map(privilege -> SimError.forbidden(path, privilege));
    }

    private Optional<SimError> userParam(String condition) {
        var userid = arguments.text("userid").orElse("");
        if (condition.equals("self")) {
            return userid.equals(rights.authId()) ? Optional.empty() : Optional.of(plain());
        }
        UserNames.verify(userid);
        var path = "/access/realm/" + userid.substring(userid.lastIndexOf('@') + 1);
        return rights.has(path, condition) ? Optional.empty() : Optional.of(SimError.forbidden(path, condition));
    }

    /// One of the privileges on `/access/groups`, or on one of the user's groups.
    private Optional<SimError> userGroup(Json.Arr check) {
        var privileges = texts((Json.Arr) check.get(1));
        if (rights.hasAny("/access/groups", privileges)) {
            return Optional.empty();
        }
        var options = options(check, 2);
        var groups = new ArrayList<String>();
        if (options.contains("groups_param")) {
            groups.addAll(Request.split(arguments.text("groups").orElse("")));
        }
        boolean all = groups.stream().allMatch(group -> mayGroup(group, privileges));
        if (options.contains("create")) {
            return all && !groups.isEmpty() ? Optional.empty() : Optional.of(plain());
        }
        var user = cluster.access.users.get(arguments.text("userid").orElse(""));
        boolean one = user != null && user.groups.stream().anyMatch(group -> mayGroup(group, privileges));
        return one && all ? Optional.empty() : Optional.of(plain());
    }

    private boolean mayGroup(String group, List<String> privileges) {
        return rights.hasAny("/access/groups/" + group, privileges);
    }

    /// Rights to change the ACL of a path (PVE::RPCEnvironment::check_perm_modify).
    private Optional<SimError> permModify(String path) {
        var needed = new ArrayList<>(List.of("Permissions.Modify"));
        if (path.startsWith("/storage/")) {
            needed.add("Datastore.Allocate");
        } else if (path.startsWith("/vms/")) {
            needed.add("VM.Allocate");
        } else if (path.startsWith("/pool/")) {
            needed.add("Pool.Allocate");
        }
        return rights.hasAny(path, needed)
                ? Optional.empty()
                : Optional.of(SimError.forbidden(path, String.join("|", needed)));
    }

    /// The path with its `{names}` replaced by arguments; empty where it is none then
    /// (PVE::AccessControl::normalize_path).
    private String filled(String template) {
        var out = new StringBuilder();
        int from = 0;
        for (int open = template.indexOf('{'); open >= 0; open = template.indexOf('{', from)) {
            int close = template.indexOf('}', open);
            var value = arguments.get(template.substring(open + 1, close));
            // Perl would print a list as ARRAY(0x…), which is no path either.
            out.append(template, from, open)
                    .append(value.map(json -> json.scalarText().orElse("()")).orElse(""));
            from = close + 1;
        }
        var path = out.append(template.substring(from)).toString().replaceAll("/+", "/");
        if (path.length() > 1 && path.endsWith("/")) {
            path = path.substring(0, path.length() - 1);
        }
        return PATH.matcher(path).matches() ? path : "";
    }

    private static List<String> options(Json.Arr check, int from) {
        return check.items().stream()
                .skip(from)
                .map(item -> item.scalarText().orElse(""))
                .toList();
    }

    private static List<String> texts(Json.Arr array) {
        return array.items().stream().map(item -> item.scalarText().orElse("")).toList();
    }

    private static String text(Json.Arr array, int index) {
        return array.get(index).scalarText().orElse("");
    }
}
