package pvemcp.dispatch;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import pvemcp.json.Json;
import pvemcp.pve.ApiPath;
import pvemcp.pve.PropertyString;
import pvemcp.pve.PveException;
import pvemcp.pve.PveFault;
import pvemcp.pve.Resource.NodeRow;
import pvemcp.schema.ApiSchema;
import pvemcp.text.Nearest;
import pvemcp.tool.Operations;
import pvemcp.view.Clean;

/// Nodes, storages, pools and bridges that are named and not there, each told with the nearest name there is: of
/// requests before anybody is asked to say yes to them, and of a fault once PVE has found out.
final class Absent {
    /// As many are told where none is near.
    private static final int MOST_TOLD = 8;

    private static final Pattern GUEST = Pattern.compile("/nodes/\\{node}/(?:qemu|lxc)(?:/.*)?");
    private static final Pattern GUEST_FILE = Pattern.compile("guest (\\d{1,9}) on node .*");
    private static final Pattern NIC = Pattern.compile("net\\d+");

    private final Sight sight;
    private final List<PveFault.Missing> needed = new ArrayList<>();
    private final List<String> doubtful = new ArrayList<>();

    private Absent(Sight sight) {
        this.sight = sight;
    }

    /// What is missing of what requests name.
    ///
    /// @param needed without which PVE refuses them
    /// @param doubtful what PVE takes all the same, in words
    record Missed(List<PveFault.Missing> needed, List<String> doubtful) {
        static final Missed NOTHING = new Missed(List.of(), List.of());

        /// What PVE would say of them, all at once; empty where it would say nothing.
        Optional<PveFault> fault() {
            var all = needed.stream().map(PveFault.Missing::message).distinct().toList();
            return needed.stream().findFirst().map(first -> new PveFault.Missing(first.what(), String.join("; ", all)));
        }
    }

    /// @param requests as a preview shows them
    static Missed of(List<String> requests, Sight sight) {
        var absent = new Absent(sight);
        requests.forEach(line -> Wires.Sent.shownAs(line).ifPresent(absent::look));
        return new Missed(List.copyOf(absent.needed), List.copyOf(absent.doubtful));
    }

    private void look(Wires.Sent request) {
        var schema = sight.ctx().schema();
        var found = Operations.match(schema, request.verb(), request.path());
        if (found.isEmpty()) {
            return;
        }
        var match = found.get();
        try {
            look(match, schema.plain(match.operation(), request.params()), schema);
        } catch (PveException _) {
            // What cannot be looked up is left to PVE, which looks itself.
        }
    }

    private void look(ApiSchema.Match match, Json.Obj params, ApiSchema schema) {
        var template = match.operation().path();
        var touched = schema.touched(match.operation(), match.variables(), params);
        // It names a node that is about to join, or one that is gone.
        if (!template.startsWith("/cluster/config/")) {
            boolean refused = template.startsWith("/nodes/{node}")
                    || template.startsWith("/cluster/replication")
                    || template.startsWith("/cluster/ha/resources/")
                    || template.startsWith("/cluster/bulk-action/");
            missing("node", touched.nodes(), refused);
        }
        // The other cluster's storages are not for us to know; and somebody is about to make this one.
        boolean isElsewhere = template.endsWith("/remote_migrate") || template.equals("/storage");
        if (!isElsewhere) {
            var stores = touched.storages().stream()
                    .filter(storage -> !holdsOf(storage, params))
                    .toList();
            // What is written for a guest wants Datastore.AllocateSpace, with which a storage is listed; one to which
            // somebody may only upload is not (PVE::API2::Storage::Config).
            missing("storage", stores, GUEST.matcher(template).matches() || template.endsWith("/vzdump"));
        }
        if (!(template.equals("/pools") && match.operation().verb() == pvemcp.schema.Verb.POST)) {
            missing("pool", touched.pools(), false);
        }
        if (GUEST.matcher(template).matches()) {
            bridges(match.variables(), params);
        }
    }

    /// Whether it is named for a disk that is there already: a guest's owner may use that without seeing the storage
    /// (PVE::Storage::check_volume_access).
    private static boolean holdsOf(String storage, Json.Obj params) {
        var volume =
                Pattern.compile("(?:^|[=,])" + Pattern.quote(storage) + ":(?:(?:vm|base|subvol|basevol)-\\d|\\d+/)");
        return params.members().values().stream()
                .anyMatch(value -> value.scalarText()
                        .filter(text -> volume.matcher(text).find())
                        .isPresent());
    }

    private void missing(String kind, Collection<String> named, boolean refused) {
        if (named.isEmpty() || (kind.equals("node") && haveGuests(named))) {
            return;
        }
        var names = names(kind);
        // A token may not see the names of what it may use.
        if (names.isEmpty()) {
            return;
        }
        for (var name : named) {
            if (names.contains(name)) {
                continue;
            }
            var told = "no %s '%s'%s".formatted(kind, Clean.name(name), instead(name, kind, names));
            if (refused) {
                needed.add(new PveFault.Missing(kind + " " + name, told));
            } else {
                doubtful.add("this token sees " + told);
            }
        }
    }

    /// Which spares a request: the guests have been looked at before.
    private boolean haveGuests(Collection<String> nodes) {
        var having = new LinkedHashSet<String>();
        sight.rows().forEach(row -> having.add(row.node()));
        return having.containsAll(nodes);
    }

    private Set<String> names(String kind) {
        var pve = sight.ctx().pve();
        var names = new TreeSet<String>();
        switch (kind) {
            case "node" -> pve.nodes().stream().map(NodeRow::name).forEach(names::add);
            // Also those into which one may only write, which are not among the cluster's resources.
            case "storage" -> pve.rows("/storage").forEach(row -> names.add(row.text("storage")));
            case "pool" -> pve.rows("/pools").forEach(row -> names.add(row.text("poolid")));
            default -> {} // Whoever reports it has looked.
        }
        return names;
    }

    private static String instead(String name, String kind, Set<String> names) {
        var near = Nearest.to(name, names);
        if (near.isPresent()) {
            return " (did you mean '%s'?)".formatted(Clean.name(near.get()));
        }
        return names.size() > MOST_TOLD ? "" : ": the %ss are %s".formatted(kind, Clean.line(String.join(", ", names)));
    }

    // ---- bridges ----

    private void bridges(SequencedMap<String, String> variables, Json.Obj params) {
        var named = new LinkedHashSet<String>();
        params.members().forEach((option, value) -> {
            if (NIC.matcher(option).matches()) {
                value.scalarText()
                        .map(text -> PropertyString.parse(text).values().get("bridge"))
                        .ifPresent(named::add);
            }
        });
        if (named.isEmpty()) {
            return;
        }
        var node = variables.get("node");
        var names = new TreeSet<String>();
        sight.ctx()
                .pve()
                .rows(ApiPath.of("/nodes/{node}/network", node), Json.obj("type", "any_bridge"))
                .forEach(row -> names.add(row.text("iface")));
        if (names.isEmpty() || names.containsAll(named)) {
            return;
        }
        sight.ctx().pve().rows("/cluster/sdn/vnets").forEach(row -> names.add(row.text("vnet")));
        named.removeAll(names);
        // PVE takes it, as a bridge may be made by other means than its own; what is refused is the guest's start.
        named.forEach(bridge -> doubtful.add("%s lists no bridge '%s'%s; without its bridge a guest does not start"
                .formatted(node, Clean.name(bridge), instead(bridge, "bridge", names))));
    }

    // ---- once PVE has found out ----

    /// The same fault with the nearest name that is there; as it is where it is about something else, or tells one.
    static PveException nearer(PveException e, Sight sight) {
        if (!(e.fault() instanceof PveFault.Missing(var what, var message))) {
            return e;
        }
        var guest = GUEST_FILE.matcher(what);
        if (guest.matches()) {
            return sight.row(Integer.parseInt(guest.group(1)))
                    .map(row -> message
                            + ": %d is %s, /nodes/%s/%s/%d"
                                    .formatted(
                                            row.vmid(),
                                            Targets.target(row),
                                            row.node(),
                                            row.kind().segment(),
                                            row.vmid()))
                    .map(told -> new PveException(new PveFault.Missing(what, told)))
                    .orElse(e);
        }
        // PVE::Cluster::check_node_exists speaks of a cluster node.
        var words = what.replaceFirst("^cluster node ", "node ").split(" ", 2);
        return words.length < 2
                ? e
                : told(words[0], words[1], message, sight)
                        .map(told -> new PveException(new PveFault.Missing(what, told)))
                        .orElse(e);
    }

    private static Optional<String> told(String kind, String name, String message, Sight sight) {
        try {
            var names = new Absent(sight).names(kind);
            if (names.isEmpty() || names.contains(name)) {
                return Optional.empty();
            }
            // Of a node whose name is looked up PVE says only that such a host has no address.
            boolean unclear = message.isEmpty() || message.startsWith("hostname lookup");
            var said = unclear ? "no %s '%s'".formatted(kind, name) : message;
            return Optional.of(said + instead(name, kind, names));
        } catch (PveException _) {
            return Optional.empty();
        }
    }
}
