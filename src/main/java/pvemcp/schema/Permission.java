package pvemcp.schema;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import pvemcp.json.Json;

/// What an operation declares about who may call it (PVE::RPCEnvironment::check_api2_permissions), judged without
/// knowing on what it would be called: for who has none of the privileges on any path, it is closed everywhere.
///
/// Whatever is checked otherwise, by the operation's code or by who the caller is, counts as passed.
final class Permission {
    private static final List<String> ANY_OF_A_VOLUME =
            List.of("Datastore.Allocate", "Datastore.AllocateSpace", "VM.Backup");

    /// Operations that are declared open to all and check for themselves, and the privileges of which they want one
    /// (PVE::API2::Qemu, LXC, VZDump, Storage::Content, Storage::PruneBackups, Nodes, Cluster::BulkAction::Guest,
    /// Network::SDN::Vnets and Subnets).
    private static final Map<String, List<String>> IN_CODE = Map.ofEntries(
            // With the id of a guest that is there, a restore wants VM.Backup instead.
            Map.entry("POST /nodes/{node}/qemu", List.of("VM.Allocate", "VM.Backup")),
            Map.entry("POST /nodes/{node}/lxc", List.of("VM.Allocate", "VM.Backup")),
            Map.entry("POST /nodes/{node}/vzdump", List.of("VM.Backup")),
            Map.entry("PUT /nodes/{node}/storage/{storage}/content/{volume}", ANY_OF_A_VOLUME),
            Map.entry("DELETE /nodes/{node}/storage/{storage}/content/{volume}", ANY_OF_A_VOLUME),
            Map.entry("DELETE /nodes/{node}/storage/{storage}/prunebackups", ANY_OF_A_VOLUME),
            Map.entry("POST /nodes/{node}/startall", List.of("VM.PowerMgmt")),
            Map.entry("POST /nodes/{node}/stopall", List.of("VM.PowerMgmt")),
            Map.entry("POST /nodes/{node}/suspendall", List.of("VM.PowerMgmt")),
            Map.entry("POST /nodes/{node}/migrateall", List.of("VM.Migrate")),
            Map.entry("POST /cluster/bulk-action/guest/start", List.of("VM.PowerMgmt")),
            Map.entry("POST /cluster/bulk-action/guest/shutdown", List.of("VM.PowerMgmt")),
            Map.entry("POST /cluster/bulk-action/guest/suspend", List.of("VM.PowerMgmt")),
            Map.entry("POST /cluster/bulk-action/guest/migrate", List.of("VM.Migrate")),
            Map.entry("PUT /cluster/sdn/vnets/{vnet}", List.of("SDN.Allocate")),
            Map.entry("DELETE /cluster/sdn/vnets/{vnet}", List.of("SDN.Allocate")),
            Map.entry("POST /cluster/sdn/vnets/{vnet}/subnets", List.of("SDN.Allocate")),
            Map.entry("PUT /cluster/sdn/vnets/{vnet}/subnets/{subnet}", List.of("SDN.Allocate")),
            Map.entry("DELETE /cluster/sdn/vnets/{vnet}/subnets/{subnet}", List.of("SDN.Allocate")));

    private Permission() {}

    /// The privileges that close the operation to who holds only these, wherever that is; empty where it may pass.
    static Set<String> lacking(Operation operation, Set<String> held) {
        var inCode = IN_CODE.get(operation.toString());
        if (inCode != null) {
            return anyOf(inCode, held);
        }
        var declared = operation.facts().object("permissions").orElse(Json.Obj.EMPTY);
        return declared.has("user")
                ? Set.of()
                : declared.array("check").map(check -> lacking(check, held)).orElse(Set.of());
    }

    private static Set<String> lacking(Json.Arr check, Set<String> held) {
        var parts = check.items().subList(1, check.size());
        return switch (word(check, 0)) {
            case "and" -> all(parts, held);
            case "or" -> either(parts, held);
            case "perm" -> {
                var wanted = words((Json.Arr) check.get(2));
                yield holds(check, "any") ? anyOf(wanted, held) : missing(wanted, held);
            }
            case "userid-param" -> word(check, 1).equals("self") ? Set.of() : missing(List.of(word(check, 1)), held);
            case "userid-group" -> anyOf(words((Json.Arr) check.get(1)), held);
            // PVE::RPCEnvironment::check_perm_modify
            case "perm-modify" ->
                anyOf(List.of("Permissions.Modify", "Datastore.Allocate", "Pool.Allocate", "VM.Allocate"), held);
            default -> Set.of();
        };
    }

    private static Set<String> all(List<Json> parts, Set<String> held) {
        var lacking = new TreeSet<String>();
        parts.forEach(part -> lacking.addAll(lacking((Json.Arr) part, held)));
        return lacking;
    }

    private static Set<String> either(List<Json> parts, Set<String> held) {
        var lacking = new TreeSet<String>();
        for (var part : parts) {
            var ofPart = lacking((Json.Arr) part, held);
            if (ofPart.isEmpty()) {
                return Set.of();
            }
            lacking.addAll(ofPart);
        }
        return lacking;
    }

    private static Set<String> anyOf(List<String> wanted, Set<String> held) {
        return wanted.stream().anyMatch(held::contains) ? Set.of() : new TreeSet<>(wanted);
    }

    private static Set<String> missing(List<String> wanted, Set<String> held) {
        var missing = new TreeSet<>(wanted);
        missing.removeAll(held);
        return missing;
    }

    private static boolean holds(Json.Arr check, String option) {
        return words(check).contains(option);
    }

    private static String word(Json.Arr check, int index) {
        return check.get(index).scalarText().orElse("");
    }

    private static List<String> words(Json.Arr array) {
        return array.items().stream().map(item -> item.scalarText().orElse("")).toList();
    }
}
