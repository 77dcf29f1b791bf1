package pvemcp.sim.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.schema.Operation;
import pvemcp.sim.SimError;
import pvemcp.sim.world.Access;
import pvemcp.sim.world.Cluster;

/// Enforces what an operation declares about who may call it (PVE::RPCEnvironment::check_api2_permissions).
final class Permissions {
    private final Cluster cluster;
    private final Access.Rights rights;
    private final Json.Obj arguments;

    Permissions(Cluster cluster, Access.Rights rights, Json.Obj arguments) {
        this.cluster = cluster;
        this.rights = rights;
        this.arguments = arguments;
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
            throw new SimError(403, "Permission check failed (user != root@pam)", java.util.Map.of());
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
            case "or" -> {
                var refusals = new ArrayList<SimError>();
                for (var part : rest) {
                    var refusal = refusal((Json.Arr) part);
                    if (refusal.isEmpty()) {
                        yield Optional.empty();
                    }
                    refusals.add(refusal.get());
                }
                yield refusals.stream().findFirst();
            }
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
        boolean any = options.contains("any");
        boolean enough = any ? rights.hasAny(path, privileges) : rights.has(path, privileges.toArray(String[]::new));
        return enough
                ? Optional.empty()
                : Optional.of(SimError.forbidden(path, String.join(any ? "|" : ", ", privileges)));
    }

    private Optional<SimError> userParam(String condition) {
        var userid = arguments.text("userid").orElse("");
        if (condition.equals("self")) {
            return userid.equals(rights.authId())
                    ? Optional.empty()
                    : Optional.of(new SimError(403, "Permission check failed", java.util.Map.of()));
        }
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
            groups.addAll(pvemcp.sim.api.Request.split(arguments.text("groups").orElse("")));
        }
        boolean create = options.contains("create");
        if (!create) {
            var user = cluster.access.users.get(arguments.text("userid").orElse(""));
            if (user != null && user.groups.stream().anyMatch(group -> mayGroup(group, privileges))) {
                return groups.stream().allMatch(group -> mayGroup(group, privileges))
                        ? Optional.empty()
                        : Optional.of(refusedGroups(privileges));
            }
            return Optional.of(refusedGroups(privileges));
        }
        boolean all = !groups.isEmpty() && groups.stream().allMatch(group -> mayGroup(group, privileges));
        return all ? Optional.empty() : Optional.of(refusedGroups(privileges));
    }

    private boolean mayGroup(String group, List<String> privileges) {
        return rights.hasAny("/access/groups/" + group, privileges);
    }

    private static SimError refusedGroups(List<String> privileges) {
        return SimError.forbidden("/access/groups", String.join("|", privileges));
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

    /// The path with its `{names}` replaced by arguments; empty where one of them is no plain text.
    private String filled(String template) {
        var out = new StringBuilder();
        int from = 0;
        for (int open = template.indexOf('{'); open >= 0; open = template.indexOf('{', from)) {
            int close = template.indexOf('}', open);
            out.append(template, from, open)
                    .append(arguments.text(template.substring(open + 1, close)).orElse(""));
            from = close + 1;
        }
        return out.append(template.substring(from)).toString();
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
