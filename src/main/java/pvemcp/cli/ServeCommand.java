package pvemcp.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.SSLContext;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;
import pvemcp.config.Config;
import pvemcp.config.Key;
import pvemcp.config.TokenFile;
import pvemcp.dispatch.Dispatcher;
import pvemcp.log.Log;
import pvemcp.mcp.Emits;
import pvemcp.mcp.Entrance;
import pvemcp.mcp.Http;
import pvemcp.mcp.HttpSettings;
import pvemcp.mcp.McpServer;
import pvemcp.mcp.Metrics;
import pvemcp.mcp.PemFiles;
import pvemcp.systemd.Supervisor;
import pvemcp.tools.Dashboard;

/// `pve-mcp serve --http`. Without `--http` a line that is right never comes here: over stdio the server starts
/// without loading any of this.
final class ServeCommand implements Command {
    static final String ADDRESS = "127.0.0.1:8765";

    /// How long what is under way may go on after a SIGTERM. Supervisors kill after 10 s (Docker) or later.
    private static final Duration GRACE = Duration.ofSeconds(8);

    private final Host host;
    private final Metrics metrics = new Metrics();
    private Log log;

    ServeCommand(Host host, Console console) {
        this.host = host;
        this.log = Log.ofWords(console.err());
    }

    @Override
    public String name() {
        return "serve";
    }

    @Override
    public CommandSpec spec() {
        var spec = Command.spec(
                name(),
                "Serve MCP on standard input and output, as clients start it; with --http over HTTP, for many clients.");
        spec.addOption(OptionSpec.builder("--http")
                .type(String.class)
                .arity("0..1")
                .fallbackValue(ADDRESS)
                .paramLabel("HOST:PORT")
                .description("Serve Streamable HTTP there; at " + ADDRESS + " where nothing is said.")
                .build());
        spec.addOption(Command.flag("--read-only", "Let nothing but reads through, whatever the policy says."));
        spec.addOption(Command.flag("--demo", "With --http: serve the built-in simulated cluster."));
        spec.addOption(DemoCommand.clusters());
        return spec;
    }

    @Override
    public int run(ParseResult parsed) {
        String address = parsed.matchedOptionValue("--http", "");
        if (address.isEmpty()) {
            throw new UsageException("without --http, serve takes no option but --read-only");
        }
        boolean demo = Command.has(parsed, "--demo");
        if (!demo && Command.has(parsed, DemoCommand.CLUSTERS)) {
            throw new UsageException(DemoCommand.CLUSTERS + " goes with --demo: other clusters are those configured");
        }
        var config = demo ? Config.defaults(host.surroundings()) : host.config();
        log = host.log(config);
        config.notices().forEach(notice -> log.tell(Log.Level.WARN, "notice", notice));
        var supervisor = new Supervisor(
                host.surroundings()::variable, ProcessHandle.current().pid());
        var settings = settings(address, config, handed(supervisor));
        try (var door = demo
                ? host.demo(DemoCommand.clusters(parsed))
                : host.connected(config, Command.has(parsed, "--read-only"))) {
            return serve(settings.with(door.trouble()), entrance(door, config), guarded(config), supervisor);
        }
    }

    private static Optional<ServerSocketChannel> handed(Supervisor supervisor) {
        try {
            return supervisor.socket();
        } catch (IOException e) {
            throw new UsageException(e.getMessage());
        }
    }

    private Entrance entrance(Door door, Config config) {
        var tokens = new TokenFile(config.path(Key.HTTP_TOKENS));
        var oauth = config.oauth();
        if (oauth.isEmpty() && !Files.exists(tokens.path())) {
            if (config.text(Key.HTTP_OWN_CREDENTIALS).equals("required")) {
                throw new UsageException(
                        "http.own_credentials = required, but nobody is asked who they are: make tokens with 'pve-mcp token add', or set http.oauth.issuer");
            }
            return Entrance.open(server(door.dispatcher()));
        }
        var callers = new Callers(reach -> door.narrowed().apply(reach).map(this::server));
        var ofFile = new TokenEntrance(tokens, callers, log);
        return oauth.isEmpty() ? ofFile : new OAuthEntrance(oauth, ofFile, callers, door.dispatcher(), host.clock());
    }

    /// Who may come in and as whom they act, for the owner's log.
    private static String guarded(Config config) {
        var who = new ArrayList<String>();
        var tokens = config.path(Key.HTTP_TOKENS);
        if (Files.exists(tokens)) {
            who.add("tokens of " + tokens);
        }
        for (var oauth : config.oauth()) {
            who.add("access tokens of %s for %s".formatted(oauth.issuer(), String.join(", ", oauth.audiences())));
        }
        return who.isEmpty()
                ? "nobody is asked for a token, and only this machine can connect"
                : "let in by %s; credentials of their own at Proxmox VE: %s, %d have some"
                        .formatted(
                                String.join(" and ", who),
                                config.text(Key.HTTP_OWN_CREDENTIALS),
                                config.principals().size());
    }

    private McpServer server(Dispatcher dispatcher) {
        return new McpServer(metrics.around(dispatcher), host.about(), Emits.TOOLS, log);
    }

    private int serve(HttpSettings settings, Entrance entrance, String guarded, Supervisor supervisor) {
        if (entrance.open() && !settings.onlyThisMachine()) {
            throw new UsageException(
                    "%s can be reached from other machines, and nobody would be asked who they are: listen on 127.0.0.1, or make tokens with 'pve-mcp token add', or set http.oauth.issuer"
                            .formatted(settings.address().getHostString()));
        }
        try (var http = Http.start(settings, entrance, metrics, host.clock())) {
            // On SIGTERM or SIGINT; the JVM then ends with 143 or 130, as is the custom.
            Runtime.getRuntime().addShutdownHook(new Thread(() -> end(http, supervisor), "pve-mcp-end"));
            var place = "%s://%s:%d"
                    .formatted(settings.tls().isPresent() ? "https" : "http", inUrl(settings.address()), http.port());
            var serving = "serving MCP at %s/mcp".formatted(place);
            log.announce("serving", serving);
            log.announce("callers", guarded);
            log.announce("page", "people find a page at %s/".formatted(place));
            supervisor.ready(serving);
            // As requests have, the sign of life has a virtual thread: where those starve, it fails to come.
            supervisor.watchdog().ifPresent(every -> Thread.ofVirtual().start(() -> live(supervisor, every)));
            new CountDownLatch(1).await();
            return Exit.OK;
        } catch (IOException e) {
            throw new UsageException("cannot listen at %s: %s"
                    .formatted(
                            settings.address().getHostString() + ":"
                                    + settings.address().getPort(),
                            e.getMessage()));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return Exit.OK;
        }
    }

    private void end(Http http, Supervisor supervisor) {
        log.announce("stopping", "stopping; what is under way has %d s".formatted(GRACE.toSeconds()));
        try {
            supervisor.stopping();
        } catch (IOException e) {
            log.tell(Log.Level.WARN, "systemd", e.getMessage());
        }
        http.drain(GRACE);
    }

    private void live(Supervisor supervisor, Duration every) {
        try {
            while (true) {
                supervisor.alive();
                Thread.sleep(every.dividedBy(2));
            }
        } catch (IOException e) {
            log.tell(Log.Level.WARN, "systemd", e.getMessage());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// @param handed a socket that takes the place of the address; one in the file system has none of its own
    private HttpSettings settings(String text, Config config, Optional<ServerSocketChannel> handed) {
        var address = handed.flatMap(ServeCommand::inet).orElseGet(() -> address(text));
        var hosts = new ArrayList<>(config.list(Key.HTTP_HOSTS));
        int colon = text.lastIndexOf(':');
        if (colon > 0 && !address.getAddress().isAnyLocalAddress()) {
            hosts.add(handed.isPresent() ? address.getHostString() : text.substring(0, colon));
        }
        var own = new HttpSettings(address, hosts, config.list(Key.HTTP_ORIGINS), tls(config))
                .with(new Dashboard())
                .with(log);
        return handed.map(own::with).orElse(own);
    }

    /// As it stands in a URL.
    private static String inUrl(InetSocketAddress address) {
        var text = address.getHostString();
        return text.contains(":") ? "[" + text + "]" : text;
    }

    private static Optional<InetSocketAddress> inet(ServerSocketChannel socket) {
        try {
            return socket.getLocalAddress() instanceof InetSocketAddress inet ? Optional.of(inet) : Optional.empty();
        } catch (IOException e) {
            throw new UsageException("the socket that was handed over cannot be used: " + e.getMessage());
        }
    }

    private static InetSocketAddress address(String text) {
        int colon = text.lastIndexOf(':');
        var name = colon < 0 ? "127.0.0.1" : text.substring(0, colon);
        try {
            int port = Integer.parseInt(text.substring(colon + 1));
            if (!name.isEmpty() && port >= 0 && port <= 65_535) {
                return new InetSocketAddress(InetAddress.getByName(name), port);
            }
        } catch (NumberFormatException _) {
            // said below
        } catch (UnknownHostException _) {
            throw new UsageException("'%s' is no address of this machine: its name is not known".formatted(name));
        }
        throw new UsageException(
                "'%s' is no address to listen at: write HOST:PORT, such as %s or [::1]:8765".formatted(text, ADDRESS));
    }

    private Optional<SSLContext> tls(Config config) {
        boolean certificate = !config.text(Key.HTTP_TLS_CERTIFICATE).isEmpty();
        boolean key = !config.text(Key.HTTP_TLS_KEY).isEmpty();
        if (certificate != key) {
            throw new UsageException("http.tls_certificate and http.tls_key go together: set both or neither");
        }
        if (!certificate) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    PemFiles.context(config.path(Key.HTTP_TLS_CERTIFICATE), config.path(Key.HTTP_TLS_KEY), log));
        } catch (IOException e) {
            throw new UsageException("TLS: " + e.getMessage());
        }
    }
}
