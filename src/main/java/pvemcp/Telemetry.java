package pvemcp;

import java.util.Map;
import java.util.Optional;
import pvemcp.cli.Door;
import pvemcp.pve.Transport;
import pvemcp.trace.Tracing;

/// Traces, where the variables of OpenTelemetry name a collector; nothing of it is loaded where they do not.
final class Telemetry {
    private final Optional<Tracing> tracing;

    private Telemetry(Optional<Tracing> tracing) {
        this.tracing = tracing;
    }

    static Telemetry of(Map<String, String> env, String version) {
        boolean wanted = said(env, "OTEL_EXPORTER_OTLP_ENDPOINT") || said(env, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");
        boolean off = "true".equalsIgnoreCase(env.get("OTEL_SDK_DISABLED"))
                || "none".equalsIgnoreCase(env.get("OTEL_TRACES_EXPORTER"));
        return new Telemetry(wanted && !off ? Optional.of(Tracing.start(env, version)) : Optional.empty());
    }

    private static boolean said(Map<String, String> env, String name) {
        return !env.getOrDefault(name, "").isBlank();
    }

    /// The same way to a cluster, with its requests traced.
    Transport around(Transport wire, String cluster) {
        return tracing.isPresent() ? tracing.get().around(wire, cluster) : wire;
    }

    /// The same door, with its calls traced; closing it sends what has not been sent.
    Door around(Door door) {
        if (tracing.isEmpty()) {
            return door;
        }
        var traced = tracing.get();
        var around = door.around(traced::around);
        return new Door(
                around.dispatcher(),
                around.narrowed(),
                () -> {
                    around.close();
                    traced.close();
                },
                around.trouble());
    }
}
