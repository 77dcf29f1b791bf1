package pvemcp.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import pvemcp.gate.Reach;
import pvemcp.mcp.Entrance.Admission;
import pvemcp.mcp.Entrance.Visitor;
import pvemcp.mcp.McpServer;

/// A server for each caller, by what they may do: the same one each time, so that their sessions find it. Safe for
/// several threads.
final class Callers {
    private static final int MOST = 1_000;

    private final Function<Reach, Optional<McpServer>> servers;

    /// Guarded by this; the one that has not been used for longest first.
    private final Map<Reach, McpServer> known = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Reach, McpServer> eldest) {
            return size() > MOST;
        }
    };

    /// @param servers empty for a caller who would need credentials of their own and has none
    Callers(Function<Reach, Optional<McpServer>> servers) {
        this.servers = servers;
    }

    synchronized Admission welcome(Reach reach) {
        var server = Optional.ofNullable(known.get(reach)).or(() -> servers.apply(reach));
        if (server.isEmpty()) {
            return new Admission.Forbidden(
                    "'%s' has no credentials of their own at Proxmox VE, and nobody acts with those of this server"
                            .formatted(reach.principal()),
                    List.of());
        }
        known.put(reach, server.get());
        return new Admission.Welcome(new Visitor(reach.principal(), server.get()));
    }
}
