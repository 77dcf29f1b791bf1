package pvemcp.dispatch;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Predicate;
import pvemcp.gate.Target;
import pvemcp.gate.Target.Kind;
import pvemcp.json.Json;
import pvemcp.pve.GuestConfig;
import pvemcp.pve.GuestKind;
import pvemcp.pve.PveException;
import pvemcp.pve.PveFault;
import pvemcp.pve.Resource.GuestRow;
import pvemcp.pve.Verb;
import pvemcp.schema.ApiSchema;
import pvemcp.tool.Aim;
import pvemcp.tool.Operations;
import pvemcp.view.Clean;

/// Turns what a call names into what it would touch, as the cluster sees it at this moment: one look at its
/// resources, whatever is named.
final class Targets {
    private static final String RIGHTS = "/access/acl";
    // Rebooting or shutting down a node takes all its guests along (PVE::API2::Nodes, node_cmd).
    private static final String NODE_COMMAND = "/nodes/{node}/status";

    /// Each costs a request, before the question and after it.
    private static final int MOST_LOOKED_AT = 50;

    private final Sight sight;
    private final SequencedMap<String, Target> found = new LinkedHashMap<>();

    private Targets(Sight sight) {
        this.sight = sight;
    }

    /// Never empty: a call that names nothing touches the cluster.
    ///
    /// @throws pvemcp.pve.PveException where a guest is named that is not there, or that may be one of several
    static List<Target> of(Object call, Sight sight) {
        var targets = new Targets(sight);
        if (call instanceof Aim) {
            targets.aimed(call);
        }
        return targets.list();
    }

    /// What one request would touch; never empty.
    static List<Target> of(Verb verb, String path, Json.Obj params, Sight sight, ApiSchema schema) {
        var targets = new Targets(sight);
        targets.path(verb, path, params, schema);
        return targets.list();
    }

    /// The same targets, with what is told by the configurations of those guests for which that `matters`.
    static List<Target> closer(List<Target> targets, Predicate<Target> matters, Sight sight) {
        var closer = new ArrayList<Target>();
        for (var target : targets) {
            var row = target.isGuest() && !target.isNew() && !target.aside() && matters.test(target)
                    ? sight.row(Integer.parseInt(target.id()))
                    : Optional.<GuestRow>empty();
            closer.add(row.map(sight::config)
                    .map(config -> target.with(identity(config), config.isProtected()))
                    .orElse(target));
        }
        return closer;
    }

    /// The same targets, told apart as closely as the cluster lets us: by the configuration of each guest, as far as
    /// that can be read and they are not too many.
    static List<Target> identified(List<Target> targets, Sight sight) {
        long guests = targets.stream().filter(Target::isGuest).count();
        if (guests > MOST_LOOKED_AT) {
            return targets;
        }
        var identified = new ArrayList<Target>();
        for (var target : targets) {
            try {
                identified.addAll(closer(List.of(target), Target::isGuest, sight));
            } catch (PveException _) {
                // A guest whose node is down, or that we may only start: there is what the cluster tells of it.
                identified.add(target);
            }
        }
        return identified;
    }

    /// What tells a guest from another that was given its id, and one state of its configuration from the next.
    static SequencedMap<String, String> identity(GuestConfig config) {
        var identity = new LinkedHashMap<String, String>();
        config.options().forEach((option, value) -> {
            switch (option) {
                // PVE writes when a VM was made, and gives it a UUID and one that changes with each clone and
                // restore.
                case "meta" -> identity.put("created", value);
                case "smbios1", "vmgenid", "name", "hostname" -> identity.put(option, value);
                default -> {
                    if (option.matches("net[0-9]+")) {
                        identity.put(option, value);
                    }
                }
            }
        });
        identity.put("config", config.digest());
        return identity;
    }

    private List<Target> list() {
        if (found.isEmpty()) {
            return List.of(Target.of(Kind.CLUSTER, "cluster"));
        }
        return found.values().stream()
                .map(target -> target.kind() == Kind.STORAGE ? target.in(sight.poolOf(target.id())) : target)
                .toList();
    }

    private void aimed(Object call) {
        if (call instanceof Aim.OnGuest on) {
            add(sight.row(on.guest()));
        }
        if (call instanceof Aim.OnSeveral on) {
            on.guests().forEach(guest -> add(sight.row(guest)));
        }
        if (call instanceof Aim.OnVmid on) {
            on.targetVmid().ifPresentOrElse(vmid -> guest(vmid, false), () -> add(Target.NEW, false));
        }
        if (call instanceof Aim.OnGuests on) {
            sight.rows().stream().filter(on::includes).forEach(this::add);
        }
        boolean ofGuests = !found.isEmpty();
        if (call instanceof Aim.OnNode on) {
            node(on.node(), ofGuests);
        }
        if (call instanceof Aim.OnStorage on) {
            add(Target.of(Kind.STORAGE, on.storage()), ofGuests);
        }
        if (call instanceof Aim.OnTask on) {
            boolean ofGuest = on.task().id().matches("\\d{3,9}");
            if (ofGuest) {
                guest(Integer.parseInt(on.task().id()), true);
            }
            add(Target.of(Kind.NODE, on.task().node()), ofGuest);
        }
        if (call instanceof Aim.OnPath on) {
            path(on.verb(), on.path(), on.params(), sight.ctx().schema());
        }
        if (call instanceof Aim.OnRequest on) {
            var request = on.request(sight.ctx());
            path(request.verb(), request.path(), request.params(), sight.ctx().schema());
        }
    }

    private void path(Verb verb, String path, Json.Obj params, ApiSchema schema) {
        var match = Operations.match(schema, verb, path);
        if (match.isEmpty()) {
            return; // Not known: the cluster.
        }
        var operation = match.get().operation();
        var variables = match.get().variables();
        var touched = schema.touched(operation, variables, params);
        boolean ofGuest = isOfGuest(operation.path());
        // A node is where its guests are; it is meant itself where no guest is, or all of it goes down.
        boolean nodeAside = ofGuest || !touched.guests().isEmpty() || touched.everyGuest();
        // A guest that the path names exists, even if it is not shown to us; one that only a parameter names may be
        // about to be made.
        for (var vmid : touched.guests()) {
            guest(vmid, variables.containsValue(Integer.toString(vmid)));
        }
        if (makesGuest(verb, operation.path())) {
            born(params);
        }
        for (var loss : sight.clearing(verb, match.get(), params)) {
            // Who only loses backups stays as it is: its own flag does not count.
            guest(loss.vmid(), false, loss.what() == Loss.What.BACKUP);
        }
        touched.nodes().forEach(node -> node(node, nodeAside));
        touched.storages().forEach(storage -> add(Target.of(Kind.STORAGE, storage), ofGuest));
        touched.pools().forEach(pool -> add(Target.of(Kind.POOL, pool), ofGuest));
        if (operation.path().equals(RIGHTS)) {
            // Who has rights on a pool has them on what is in it.
            touched.pools()
                    .forEach(pool -> sight.rows().stream()
                            .filter(row -> row.pool().equals(pool) || row.pool().startsWith(pool + "/"))
                            .forEach(this::add));
        }
        if (touched.everyGuest() || (operation.path().equals(NODE_COMMAND) && verb != Verb.GET)) {
            sight.rows().stream()
                    .filter(row -> touched.nodes().isEmpty() || touched.nodes().contains(row.node()))
                    .forEach(this::add);
        }
    }

    /// Whether an operation makes a guest: from nothing, a backup or another guest.
    static boolean makesGuest(Verb verb, String template) {
        return verb == Verb.POST
                && switch (template) {
                    case "/nodes/{node}/qemu",
                            "/nodes/{node}/lxc",
                            "/nodes/{node}/qemu/{vmid}/clone",
                            "/nodes/{node}/lxc/{vmid}/clone" -> true;
                    default -> false;
                };
    }

    /// What the request says of the guest it makes.
    private void born(Json.Obj params) {
        var id = params.text("newid").or(() -> params.text("vmid")).orElse("");
        found.computeIfPresent(
                Kind.GUEST + " " + id,
                (_, target) -> target.isNew()
                        ? target.made(
                                params.text("name")
                                        .or(() -> params.text("hostname"))
                                        .orElse(""),
                                params.text("pool").orElse(""),
                                words(params.text("tags").orElse("")))
                        : target);
    }

    /// The elements of a list in one parameter.
    static List<String> words(String text) {
        return text.isEmpty() ? List.of() : List.of(text.split("[;, ]+", -1));
    }

    /// Whether an operation is about guests, whatever node, storage or pool it names along with them.
    static boolean isOfGuest(String template) {
        return template.startsWith("/nodes/{node}/qemu")
                || template.startsWith("/nodes/{node}/lxc")
                || template.startsWith("/nodes/{node}/vzdump");
    }

    /// @throws PveException for a name that stands for another one: `localhost` is whichever node answers
    ///     (PVE::HTTPServer), so nobody knows what it would touch
    private void node(String name, boolean aside) {
        if (name.equals("localhost")) {
            var problem = "'localhost' is whichever node answers: name the node itself, see pve_node_list";
            throw new PveException(new PveFault.Invalid(problem, Map.of("node", problem)));
        }
        add(Target.of(Kind.NODE, name), aside);
    }

    private void guest(int vmid, boolean exists) {
        guest(vmid, exists, false);
    }

    private void guest(int vmid, boolean exists, boolean aside) {
        var row = sight.row(vmid);
        add(row.map(Targets::target).orElseGet(() -> Target.absent(vmid, !exists)), aside);
    }

    private void add(GuestRow row) {
        add(target(row), false);
    }

    static Target target(GuestRow row) {
        var state = new LinkedHashMap<String, String>();
        state.put("status", row.status());
        state.put("lock", row.lock());
        return Target.guest(
                row.kind() == GuestKind.CONTAINER ? Kind.CONTAINER : Kind.VM,
                row.vmid(),
                Clean.name(row.name()),
                row.node(),
                row.pool(),
                row.tags(),
                state);
    }

    private void add(Target target, boolean aside) {
        found.putIfAbsent(target.kind() + " " + target.id(), aside ? target.beside() : target);
    }
}
