package pvemcp.dispatch;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import pvemcp.gate.Target;
import pvemcp.gate.Target.Kind;
import pvemcp.json.Json;
import pvemcp.pve.GuestRef;
import pvemcp.pve.PveException;
import pvemcp.pve.PveFault;
import pvemcp.pve.Verb;
import pvemcp.tool.Aim;
import pvemcp.tool.ToolContext;

/// Turns what a call names into what it would touch, as the cluster sees it at this moment: one request, whatever is
/// named.
final class Targets {
    private static final Pattern GUEST = Pattern.compile("/nodes/([^/]+)/(?:qemu|lxc)/(\\d+)(?:/.*)?");
    private static final Pattern NODE = Pattern.compile("/nodes/([^/]+)(?:/.*)?");
    private static final Pattern STORAGE = Pattern.compile("(?:/nodes/[^/]+)?/storage/([^/]+)(?:/.*)?");
    private static final Pattern POOL = Pattern.compile("/pools/([^/]+)");

    private final List<Json.Obj> guests;

    private Targets(List<Json.Obj> guests) {
        this.guests = guests;
    }

    /// Never empty: a call that names nothing touches the cluster.
    static List<Target> of(Object call, ToolContext ctx) {
        if (!(call instanceof Aim)) {
            return List.of(cluster());
        }
        var targets = new Targets(guests(ctx));
        var found = new ArrayList<Target>();
        if (call instanceof Aim.OnGuest on) {
            found.add(targets.guest(on.guest()));
        }
        if (call instanceof Aim.OnNode on) {
            found.add(Target.of(Kind.NODE, on.node()));
        }
        if (call instanceof Aim.OnStorage on) {
            found.add(Target.of(Kind.STORAGE, on.storage()));
        }
        if (call instanceof Aim.OnTask on) {
            found.add(Target.of(Kind.NODE, on.task().node()));
            if (on.task().id().matches("\\d+")) {
                found.add(targets.vmid(on.task().id()));
            }
        }
        if (call instanceof Aim.OnPath on) {
            found.addAll(targets.path(on.path()));
        }
        return found;
    }

    private static Target cluster() {
        return new Target(Kind.CLUSTER, "cluster", "cluster", "", "", List.of(), "", true);
    }

    private static List<Json.Obj> guests(ToolContext ctx) {
        var rows = new ArrayList<Json.Obj>();
        var answer = ctx.pve().send(Verb.GET, "/cluster/resources", Json.obj("type", "vm"));
        for (var item : answer.array("data").orElse(Json.Arr.EMPTY).items()) {
            if (item instanceof Json.Obj row) {
                rows.add(row);
            }
        }
        return rows;
    }

    private Target guest(GuestRef ref) {
        int slash = ref.text().indexOf('/');
        var node = slash < 0 ? "" : ref.text().substring(0, slash);
        var id = ref.text().substring(slash + 1);
        var fitting = guests.stream()
                .filter(row -> node.isEmpty() || node.equals(row.text("node").orElse("")))
                .filter(row -> id.equals(row.text("vmid").orElse(""))
                        || id.equals(row.text("name").orElse("")))
                .toList();
        // An id is unique; that some other guest has it as its name must not make it doubtful.
        var exact = fitting.stream()
                .filter(row -> id.equals(row.text("vmid").orElse("")))
                .findFirst();
        if (exact.isPresent()) {
            return target(exact.get());
        }
        if (fitting.isEmpty()) {
            throw new PveException(new PveFault.Missing(ref.text(), "there is no guest '%s'".formatted(ref)));
        }
        return target(fitting.getFirst());
    }

    private List<Target> path(String path) {
        var found = new ArrayList<Target>();
        var guest = GUEST.matcher(path);
        if (guest.matches()) {
            found.add(vmid(guest.group(2)));
            return found;
        }
        id(STORAGE, path).ifPresent(id -> found.add(Target.of(Kind.STORAGE, id)));
        id(NODE, path).ifPresent(id -> found.add(Target.of(Kind.NODE, id)));
        id(POOL, path).ifPresent(id -> found.add(Target.of(Kind.POOL, id)));
        return found.isEmpty() ? List.of(cluster()) : found;
    }

    private static Optional<String> id(Pattern pattern, String path) {
        var matcher = pattern.matcher(path);
        return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    private Target vmid(String vmid) {
        return guests.stream()
                .filter(row -> vmid.equals(row.text("vmid").orElse("")))
                .findFirst()
                .map(Targets::target)
                .orElse(new Target(Kind.GUEST, vmid, vmid, "", "", List.of(), "absent", false));
    }

    private static Target target(Json.Obj row) {
        var tags = row.text("tags").orElse("").isEmpty()
                ? List.<String>of()
                : List.of(row.text("tags").orElse("").split("[;, ]+"));
        return new Target(
                row.text("type").orElse("").equals("lxc") ? Kind.CONTAINER : Kind.VM,
                row.text("vmid").orElse(""),
                row.text("name").orElse(""),
                row.text("node").orElse(""),
                row.text("pool").orElse(""),
                tags,
                row.text("status").orElse("") + " " + row.text("lock").orElse(""),
                true);
    }
}
