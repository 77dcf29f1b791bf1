package pvemcp.mcp;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import pvemcp.cli.Commands;
import pvemcp.cli.Console;
import pvemcp.cli.Door;
import pvemcp.cli.Host;
import pvemcp.cli.SimRequest;
import pvemcp.cli.Simulation;
import pvemcp.config.Config;
import pvemcp.config.Surroundings;
import pvemcp.dispatch.Stores;
import pvemcp.json.Json;
import pvemcp.lab.Lab;
import pvemcp.log.Log;

/// The ways in which a tool call comes to the server.
enum Way {
    STDIO {
        @Override
        List<String> answers(Lab lab, Collection<Json.Obj> calls) {
            try (var peer = new Peer(server(lab))) {
                peer.send(line(0, "initialize", HELLO));
                peer.receive();
                return new ArrayList<>(calls.stream()
                        .map(call -> answer(peer.send(line(1, "tools/call", call))))
                        .toList());
            }
        }
    },
    STDIO_MODERN {
        @Override
        List<String> answers(Lab lab, Collection<Json.Obj> calls) {
            try (var peer = new Peer(server(lab))) {
                return calls.stream()
                        .map(call -> answer(peer.send(line(1, "tools/call", call.with("_meta", MODERN)))))
                        .toList();
            }
        }
    },
    HTTP {
        @Override
        List<String> answers(Lab lab, Collection<Json.Obj> calls) throws IOException {
            return overHttp(lab, peer -> {
                var session = peer.initialize("{}");
                return calls.stream()
                        .map(call -> peer.send(peer.inSession(session, line(1, "tools/call", call)))
                                .body())
                        .toList();
            });
        }
    },
    HTTP_MODERN {
        @Override
        List<String> answers(Lab lab, Collection<Json.Obj> calls) throws IOException {
            return overHttp(
                    lab,
                    peer -> calls.stream()
                            .map(call -> peer.send(peer.request(line(1, "tools/call", call.with("_meta", MODERN)))
                                            .header("MCP-Protocol-Version", "2026-07-28")
                                            .header("Mcp-Method", "tools/call")
                                            .header(
                                                    "Mcp-Name",
                                                    call.text("name").orElseThrow()))
                                    .body())
                            .toList());
        }
    },
    TERMINAL {
        @Override
        List<String> answers(Lab lab, Collection<Json.Obj> calls) {
            var said = new ByteArrayOutputStream();
            var out = new PrintStream(said, true, StandardCharsets.UTF_8);
            var console = new Console(new ByteArrayInputStream(new byte[0]), out, out, false, false, 80);
            var commands = new Commands(new LabsHost(lab), console);
            var answers = new ArrayList<String>();
            for (var call : calls) {
                commands.run(List.of(
                        "call",
                        call.text("name").orElseThrow(),
                        call.object("arguments").orElse(Json.Obj.EMPTY).write()));
                answers.add(said.toString(StandardCharsets.UTF_8));
                said.reset();
            }
            return answers;
        }
    };

    private static final Json.Obj HELLO = Json.obj("protocolVersion", "2025-11-25", "capabilities", Json.Obj.EMPTY);
    private static final Json.Obj MODERN = Json.obj(
            "io.modelcontextprotocol/protocolVersion",
            "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities",
            Json.Obj.EMPTY);

    /// Makes the calls, one after the other.
    ///
    /// @param calls the `params` of each
    abstract List<String> answers(Lab lab, Collection<Json.Obj> calls) throws IOException;

    static McpServer server(Lab lab) {
        return new McpServer(lab.dispatcher(), new About("pve-mcp", "Proxmox VE", "1", "A test."), Emits.NOTHING);
    }

    private static String line(int id, String method, Json.Obj params) {
        return Json.obj("jsonrpc", "2.0", "id", id, "method", method, "params", params)
                .write();
    }

    /// The next line that is no notification.
    private static String answer(Peer peer) {
        var line = peer.receive();
        while (!line.contains("\"id\":1")) {
            line = peer.receive();
        }
        return line;
    }

    private interface Talk {
        List<String> with(HttpPeer peer);
    }

    private static List<String> overHttp(Lab lab, Talk talk) throws IOException {
        try (var http = Http.start(HttpSettings.local(), Entrance.open(server(lab)), new Metrics(), Instant::now);
                var peer = new HttpPeer(http.port())) {
            return talk.with(peer);
        }
    }

    /// The commands, in front of the lab's dispatcher.
    record LabsHost(Lab lab) implements Host {
        @Override
        public Surroundings surroundings() {
            return new Surroundings(Map.of(), Path.of("/nowhere"), Path.of("/nowhere"));
        }

        @Override
        public Clock clock() {
            return Clock.systemUTC();
        }

        @Override
        public About about() {
            return new About("pve-mcp", "Proxmox VE", "1", "A test.");
        }

        @Override
        public Config config() {
            return Config.defaults(surroundings());
        }

        @Override
        public Log log(Config config) {
            return Log.ofWords(System.err);
        }

        @Override
        public Stores stores(Config config) {
            return Stores.ofFiles(lab.state(), lab.state().resolve("audit.jsonl"), clock());
        }

        @Override
        public Door connected(Config config, boolean readOnly) {
            return new Door(lab.dispatcher(), _ -> Optional.empty(), () -> {});
        }

        @Override
        public Config demoConfig() {
            return config();
        }

        @Override
        public Door demo(int clusters) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Door playground() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Simulation simulate(SimRequest request) {
            throw new UnsupportedOperationException();
        }
    }
}
