package pvemcp.tools.smoke;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import pvemcp.json.Json;
import pvemcp.pve.ApiPath;
import pvemcp.pve.Bytes;
import pvemcp.pve.Volume;
import pvemcp.tool.ToolContext;
import pvemcp.tools.smoke.SmokeChecks.Skipped;
import pvemcp.tools.smoke.SmokeTools.Suite;
import pvemcp.view.Clean;

/// The checks that only look.
final class SmokeReads {
    // pve-manager and its neighbours; the rest depends on what a node is for.
    private static final List<String> SERVICES = List.of("pve-cluster", "pvedaemon", "pveproxy", "pvestatd");

    private final SmokeTools.Run asked;
    private final ToolContext ctx;
    private final SmokeChecks checks;

    SmokeReads(SmokeTools.Run asked, ToolContext ctx, SmokeChecks checks) {
        this.asked = asked;
        this.ctx = ctx;
        this.checks = checks;
    }

    void reads() {
        checks.make(
                Suite.READ_ONLY,
                "version",
                () -> "Proxmox VE " + Clean.name(ctx.pve().version().version()));
        checks.make(Suite.READ_ONLY, "quorum", () -> {
            var status = SmokeChecks.visible(() -> ctx.pve().clusterStatus());
            if (!status.quorate()) {
                throw SmokeChecks.wrong("the cluster has no quorum, so nothing can be changed");
            }
            var down = status.members().stream()
                    .filter(member -> !member.online())
                    .map(member -> Clean.name(member.name()))
                    .toList();
            if (!down.isEmpty()) {
                throw SmokeChecks.wrong("not online: " + String.join(", ", down));
            }
            return "%d of %d nodes online"
                    .formatted(status.members().size(), status.members().size());
        });
        checks.make(Suite.READ_ONLY, "guests", () -> ctx.pve().guests().size() + " visible");
        checks.make(Suite.READ_ONLY, "storages", () -> {
            var storages = ctx.pve().node(asked.node()).storages();
            var dead = storages.stream()
                    .filter(storage -> storage.enabled() && !storage.active())
                    .map(storage -> Clean.name(storage.name()))
                    .toList();
            if (!dead.isEmpty()) {
                throw SmokeChecks.wrong("enabled but not active: " + String.join(", ", dead));
            }
            if (storages.isEmpty()) {
                throw new Skipped("none is visible to this token");
            }
            return storages.size() + " active or disabled";
        });
        checks.make(
                Suite.READ_ONLY, "templates", () -> templates(ctx, asked.node()).size() + " container templates");
        checks.make(Suite.READ_ONLY, "next id", () -> Integer.toString(ctx.pve().nextId()));
        checks.make(
                Suite.READ_ONLY,
                "tasks",
                () -> ctx.pve()
                                .node(asked.node())
                                .tasks(Json.Obj.EMPTY, 5)
                                .tasks()
                                .size() + " of the newest are visible");
        checks.make(
                Suite.READ_ONLY,
                "privileges",
                () -> ctx.pve().permissions().paths().size() + " paths with some");
    }

    void services() {
        for (var service : SERVICES) {
            checks.make(Suite.SERVICE, service, () -> {
                var path = ApiPath.of("/nodes/{node}/services/{service}/state", asked.node(), service);
                var state = SmokeChecks.visible(() -> ctx.pve().fields(path)).text("state");
                if (!state.equals("running")) {
                    throw SmokeChecks.wrong("it is " + Clean.name(state));
                }
                return state;
            });
        }
    }

    record Template(String volume, Bytes size) {}

    /// The container templates a node has, the smallest first.
    static List<Template> templates(ToolContext ctx, String name) {
        var found = new ArrayList<Template>();
        var node = ctx.pve().node(name);
        for (var storage : node.storages()) {
            if (storage.active() && storage.content().contains("vztmpl")) {
                for (Volume volume : node.storage(storage.name()).content(Json.obj("content", "vztmpl"))) {
                    found.add(new Template(volume.volid(), volume.size().orElse(Bytes.ZERO)));
                }
            }
        }
        found.sort(Comparator.comparing(Template::size).thenComparing(Template::volume));
        return found;
    }
}
