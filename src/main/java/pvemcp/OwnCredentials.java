package pvemcp;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import pvemcp.config.ClusterSettings;
import pvemcp.config.Config;
import pvemcp.config.Key;
import pvemcp.dispatch.Cluster;
import pvemcp.dispatch.Dispatcher;
import pvemcp.dispatch.Road;
import pvemcp.gate.Reach;

/// The clusters as each caller over HTTP enters them: over a wire of their own where they have credentials of their
/// own. Each wire has its connections, its session and its shared reads for itself, so that nothing which is read
/// with one caller's credentials answers another. Thread-safe.
final class OwnCredentials implements AutoCloseable {
    private final Config config;
    private final List<Cluster> clusters;
    private final Function<ClusterSettings, LateWire> wires;
    private final Telemetry telemetry;

    /// Guarded by this.
    private final Map<ClusterSettings, LateWire> made = new HashMap<>();

    /// @param clusters as the server itself enters them
    OwnCredentials(
            Config config, List<Cluster> clusters, Function<ClusterSettings, LateWire> wires, Telemetry telemetry) {
        this.config = config;
        this.telemetry = telemetry;
        this.clusters = List.copyOf(clusters);
        this.wires = wires;
    }

    /// The road of a caller; empty where it takes credentials of their own and they have none.
    Optional<Dispatcher> narrowed(Road road, Reach reach) {
        var entered = of(reach.principal());
        if (entered.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(entered.equals(clusters) ? road.within(reach) : road.within(reach, entered));
    }

    /// The clusters that a caller may enter.
    private List<Cluster> of(String principal) {
        var mode = config.text(Key.HTTP_OWN_CREDENTIALS);
        if (mode.equals("off")) {
            return clusters;
        }
        var known = config.principals().stream()
                .filter(each -> each.name().equals(principal))
                .findFirst();
        var entered = new ArrayList<Cluster>();
        for (var cluster : clusters) {
            var own = known.flatMap(each -> each.cluster(cluster.name()));
            if (own.isPresent()) {
                var theirs = telemetry.around(wire(own.get()), cluster.name());
                entered.add(cluster.entered(own.get().principal(), theirs));
            } else if (!mode.equals("required")) {
                entered.add(cluster);
            }
        }
        return entered;
    }

    private synchronized LateWire wire(ClusterSettings settings) {
        return made.computeIfAbsent(settings, wires);
    }

    @Override
    public synchronized void close() {
        for (var wire : made.values()) {
            wire.close();
        }
    }
}
