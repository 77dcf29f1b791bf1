package pvemcp;

import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import pvemcp.sim.Credentials;
import pvemcp.sim.PveSim;
import pvemcp.sim.SimOptions;
import pvemcp.sim.scenario.Scenarios;
import pvemcp.sim.time.SimTime;

/// Command lines as they are typed: what they print, where, and the status they end with.
abstract class CommandLine {
    /// The first line of a client.
    static final String INITIALIZE = """
            {"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18",\
            "capabilities":{},"clientInfo":{"name":"test","version":"1"}}}
            """;

    @TempDir
    Path directory;

    final Map<String, String> env = new HashMap<>();
    String typed = "";
    boolean terminal;

    /// What is typed with [#typed] to read and [#env] around it, run to its end.
    final Ended run(String... args) {
        return Ended.of(env, directory, typed, terminal, args);
    }

    /// A cluster with nothing in it, configured; its time is moved by hand.
    final PveSim simulator() {
        var sim = PveSim.start(
                cluster -> {
                    cluster.addNode("pve1");
                    return Credentials.operator(cluster);
                },
                SimTime.byHand(Instant.parse("2026-11-21T12:00:00Z")));
        configure(sim);
        return sim;
    }

    /// The small cluster with its guests, configured; its time runs a thousand times as fast.
    final PveSim homelab() {
        var soon = SimTime.ticking(Instant.parse("2026-11-21T12:00:00Z"), 1_000);
        var sim = PveSim.start(SimOptions.of(Scenarios.homelab(), soon));
        configure(sim);
        return sim;
    }

    /// Has the following lines be about this simulator.
    final void configure(PveSim sim) {
        env.put("PVE_MCP_URL", sim.url());
        env.put("PVE_MCP_TOKEN_ID", sim.token().id());
        env.put("PVE_MCP_TOKEN_SECRET", sim.token().secret());
        env.put("PVE_MCP_FINGERPRINT", sim.fingerprint());
        env.put("PVE_MCP_AUDIT_FILE", directory.resolve("audit.jsonl").toString());
    }

    /// Has them be about the backup server beside it as well, as `vault`.
    final void backedUp(PveSim sim) {
        var beside = sim.backupServer();
        env.put("PVE_MCP_BACKUP_VAULT_URL", beside.url());
        env.put("PVE_MCP_BACKUP_VAULT_TOKEN_ID", beside.token().id());
        env.put("PVE_MCP_BACKUP_VAULT_TOKEN_SECRET", beside.token().secret());
        env.put("PVE_MCP_BACKUP_VAULT_FINGERPRINT", beside.fingerprint());
    }

    static List<Integer> guests(PveSim sim) {
        return sim.ask(cluster -> List.copyOf(cluster.guests.keySet()));
    }

    static List<String> pools(PveSim sim) {
        return sim.ask(cluster -> List.copyOf(cluster.pools.sequencedKeySet()));
    }
}
