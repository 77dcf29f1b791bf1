package pvemcp.soak;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import pvemcp.config.TokenFile;
import pvemcp.lab.ServerProcess;
import pvemcp.mcp.HttpPeer;

/// A simulated fleet and a server over HTTP in front of it, each a process of its own, and four who have tokens.
final class Site implements AutoCloseable {
    private final Client.Fleet fleet;
    private final ServerProcess cluster;
    private final ServerProcess server;
    private final int port;
    private final List<String> tokens = new ArrayList<>();
    private final Queue<String> defects = new ConcurrentLinkedQueue<>();

    /// Returns once it can be used.
    ///
    /// @param folder where both are at home
    /// @param jvm options for both
    Site(Path folder, Client.Fleet fleet, List<String> jvm) throws IOException {
        this.fleet = fleet;
        var command = "sim --scenario fleet --port 0 --nodes %d --guests %d".formatted(fleet.nodes(), fleet.guests());
        cluster = ServerProcess.start(folder, Map.of(), jvm, command.split(" ", -1));
        var env = policy();
        env.putAll(told(cluster));
        var file = new TokenFile(folder.resolve("tokens"));
        for (var name : List.of("anna", "ben", "carl", "dora")) {
            tokens.add(file.add(TokenFile.reach(name, "execute", List.of())).reveal());
        }
        env.put("PVE_MCP_HTTP_TOKENS", file.path().toString());
        server = ServerProcess.start(folder, env, jvm, "serve", "--http", "127.0.0.1:0");
        port = server.port();
    }

    /// No limits, which would end the load before its time.
    private static Map<String, String> policy() {
        var env = new HashMap<String, String>();
        env.put("PVE_MCP_SURFACE", "all");
        env.put("PVE_MCP_POLICY_OPERATE", "allow");
        env.put("PVE_MCP_POLICY_CHANGE", "ask");
        for (var limit : List.of("DESTROY", "CHANGE", "GUESTS", "FAILURES", "REPEATS")) {
            env.put("PVE_MCP_POLICY_LIMIT_" + limit, "0");
        }
        return env;
    }

    /// Where the cluster is, and with what it lets a server in.
    private static Map<String, String> told(ServerProcess cluster) throws IOException {
        var env = new HashMap<String, String>();
        for (var name : List.of("URL", "TOKEN_ID", "TOKEN_SECRET", "FINGERPRINT")) {
            var told = cluster.says(Pattern.compile("PVE_MCP_" + name + "='?([^']*)"));
            env.put("PVE_MCP_" + name, told.group(1));
        }
        cluster.tells(_ -> {});
        return env;
    }

    ServerProcess server() {
        return server;
    }

    /// From now on it is listened to what the server says; to be called once.
    ///
    /// @param also who listens as well
    void listen(Consumer<String> also) {
        server.tells(line -> {
            if (line.contains("defect") || line.contains("Error")) {
                defects.add(line);
            }
            also.accept(line);
        });
    }

    /// What the server has told that it should not have to.
    List<String> defects() {
        return List.copyOf(defects);
    }

    /// @param rate deeds a second
    /// @param longest a client stays at a stream
    Load load(int rate, Duration longest) {
        return new Load(port, tokens, fleet, rate, longest);
    }

    HttpPeer client() {
        return new HttpPeer(port, tokens.getFirst());
    }

    @Override
    public void close() {
        server.close();
        cluster.close();
    }
}
