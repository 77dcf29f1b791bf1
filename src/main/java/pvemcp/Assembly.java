package pvemcp;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import pvemcp.audit.AuditLog;
import pvemcp.cli.Door;
import pvemcp.cli.Host;
import pvemcp.cli.SimRequest;
import pvemcp.cli.Simulation;
import pvemcp.config.ClusterSettings;
import pvemcp.config.Config;
import pvemcp.config.ConfigException;
import pvemcp.config.Key;
import pvemcp.config.Surroundings;
import pvemcp.dispatch.Cluster;
import pvemcp.dispatch.Means;
import pvemcp.dispatch.Offer;
import pvemcp.dispatch.Redactor;
import pvemcp.dispatch.Road;
import pvemcp.dispatch.Stores;
import pvemcp.gate.Policy;
import pvemcp.log.Log;
import pvemcp.log.LoggedCalls;
import pvemcp.mcp.About;
import pvemcp.pve.BackupServer;
import pvemcp.pve.Connection;
import pvemcp.pve.HttpTransport;
import pvemcp.pve.Pve;
import pvemcp.pve.PveException;
import pvemcp.pve.PveFault;
import pvemcp.pve.Waiting;
import pvemcp.remote.Shells;
import pvemcp.replicas.Address;
import pvemcp.replicas.Replicas;
import pvemcp.sim.Credentials;
import pvemcp.sim.PveSim;
import pvemcp.sim.Scenario;
import pvemcp.sim.SimOptions;
import pvemcp.sim.scenario.Scenarios;
import pvemcp.sim.time.SimTime;
import pvemcp.tool.Definitions;
import pvemcp.tool.LocalFiles;
import pvemcp.tool.Tier;
import pvemcp.tool.Vault;
import pvemcp.tools.Catalog;
import pvemcp.tools.Dashboard;
import pvemcp.tools.Prompts;
import pvemcp.tools.Resources;

/// Puts the pieces together, for the server and for the commands.
final class Assembly implements Host {
    private static final PveFault UNCONFIGURED = new PveFault.NotConfigured(
            "no cluster is configured",
            "the owner connects one with pve-mcp setup, or sets PVE_MCP_URL, PVE_MCP_TOKEN_ID and PVE_MCP_TOKEN_SECRET (url,"
                    + " token_id and token_secret_file in pve-mcp.toml), and starts this server anew; pve-mcp demo has a"
                    + " simulated one to try");

    private static final String DEMO_AUDIT = "audit.jsonl";

    /// A simulated cluster answers at once, but for its start.
    private static final Duration DEMO_PATIENCE = Duration.ofSeconds(30);

    private final Surroundings surroundings;
    private final Clock clock;
    private final Redactor redactor = new Redactor();
    private final Telemetry telemetry;
    private final boolean terminal;
    private final PrintStream err;
    private final Supplier<Optional<String>> typed;

    /// @param typed a secret from the person at the terminal; empty where there is nobody
    private Assembly(
            Surroundings surroundings,
            Clock clock,
            boolean terminal,
            PrintStream err,
            Supplier<Optional<String>> typed) {
        this.surroundings = surroundings;
        this.err = err;
        this.clock = clock;
        this.telemetry = Telemetry.of(surroundings.env(), version());
        this.terminal = terminal;
        this.typed = typed;
    }

    /// For a client, whose model pays for each tool it is shown.
    ///
    /// @param err what is logged goes there
    static Assembly forClient(Surroundings surroundings, Clock clock, PrintStream err) {
        return new Assembly(surroundings, clock, false, err, Optional::empty);
    }

    /// For a person at a terminal, who is shown nothing unasked and may name any tool.
    static Assembly forTerminal(
            Surroundings surroundings, Clock clock, PrintStream err, Supplier<Optional<String>> typed) {
        return new Assembly(surroundings, clock, true, err, new Once(typed));
    }

    @Override
    public Surroundings surroundings() {
        return surroundings;
    }

    @Override
    public Clock clock() {
        return clock;
    }

    @Override
    public About about() {
        return new About(
                "pve-mcp",
                "Proxmox VE",
                version(),
                "Guests, nodes, storage, tasks and the whole API of a Proxmox VE cluster.");
    }

    private static String version() {
        var version = Main.class.getPackage().getImplementationVersion();
        return version == null ? "0-dev" : version;
    }

    @Override
    public Config config() {
        return Config.load(surroundings);
    }

    @Override
    public Log log(Config config) {
        return new Log(
                err,
                Log.Form.valueOf(config.text(Key.LOG_FORMAT).toUpperCase(Locale.ROOT)),
                Log.Level.valueOf(config.text(Key.LOG_LEVEL).toUpperCase(Locale.ROOT)),
                clock,
                redactor::scrub);
    }

    /// What a person calls at a terminal they see; a client's calls are logged, in the trace they belong to.
    private Door told(Door door, Config config) {
        if (terminal) {
            return telemetry.around(door);
        }
        var log = log(config);
        return telemetry.around(door.around(inner -> LoggedCalls.around(inner, log)));
    }

    @Override
    public Door connected(Config config, boolean readOnly) {
        var wires = new ArrayList<LateWire>();
        var clusters = new ArrayList<Cluster>();
        var means =
                new Means(new Shells(config.ssh(), Waiting.REAL), config.vault().typedAt(typed), config.files());
        boolean early = config.text(Key.CONNECT).equals("early");
        var backups = backups(config, wires);
        for (var settings : config.clusters()) {
            var wire = wire(settings, early);
            wires.add(wire);
            clusters.add(cluster(settings.name(), settings.principal(), wire, means)
                    .among(settings.names(), settings.timeout())
                    .besides(backups));
        }
        if (clusters.isEmpty()) {
            var wire = new LateWire(() -> {
                throw new PveException(UNCONFIGURED);
            });
            clusters.add(cluster("default", "", wire, means));
        }
        var policy = readOnly ? config.policy().readOnly() : config.policy();
        var stores = stores(config);
        var road = road(config, clusters, policy, stores);
        var own = new OwnCredentials(config, clusters, settings -> wire(settings, early), telemetry);
        var door = new Door(
                road,
                reach -> own.narrowed(road, reach),
                () -> {
                    wires.forEach(LateWire::close);
                    own.close();
                    sign(stores);
                },
                stores::trouble);
        return told(door, config);
    }

    private LateWire wire(ClusterSettings settings, boolean early) {
        return new LateWire(() -> transport(settings.name(), settings::connection), early);
    }

    private HttpTransport transport(String name, Supplier<Connection> settings) {
        try {
            var connection = settings.get();
            connection.credential().secrets().forEach(redactor::learn);
            return new HttpTransport(connection, clock);
        } catch (ConfigException e) {
            var why = "%s cannot be used as it is configured: %s".formatted(name, e.getMessage());
            throw new PveException(
                    new PveFault.NotConfigured(why, "the owner mends the configuration; pve-mcp doctor checks it"), e);
        }
    }

    /// @param wires those that are made are added here
    private List<BackupServer> backups(Config config, List<LateWire> wires) {
        var servers = new ArrayList<BackupServer>();
        for (var settings : config.backups()) {
            var wire = new LateWire(() -> transport(settings.name(), settings::connection), false);
            wires.add(wire);
            servers.add(new BackupServer(
                    settings.name(), settings.address(), telemetry.around(wire, "backup." + settings.name())));
        }
        return servers;
    }

    /// Told apart without loading anything of what most servers do not have.
    @Override
    public Stores stores(Config config) {
        var shared = config.shared();
        if (shared.isEmpty()) {
            var log = new AuditLog(
                    config.path(Key.AUDIT_FILE), clock, config.auditSegment().count());
            return Stores.ofFiles(config.path(Key.STATE_DIRECTORY), log, clock);
        }
        var key = shared.get().key();
        var password = shared.get().password();
        redactor.learn(key);
        password.ifPresent(redactor::learn);
        return new Replicas(new Address(shared.get().database()), shared.get().user(), password, key, clock);
    }

    private static void sign(Stores stores) {
        try {
            stores.close();
        } catch (IOException _) {
            // What was acknowledged is safe; the next process signs it.
        }
    }

    private Cluster cluster(String name, String identity, LateWire wire, Means means) {
        var schema = new LateSchema(wire, surroundings);
        return new Cluster(name, identity, telemetry.around(wire, name), Pve::new, schema).with(means);
    }

    private Road road(Config config, List<Cluster> clusters, Policy policy, Stores stores) {
        var surface = terminal
                ? Catalog.Surface.ALL
                : Catalog.Surface.valueOf(config.text(Key.SURFACE).toUpperCase(Locale.ROOT));
        var tools = Catalog.tools(surface, config.list(Key.TOOLSETS));
        var offer = new Offer(
                tools,
                Resources.ALL,
                Prompts.ALL,
                Catalog.INSTRUCTIONS,
                Definitions.shipped(),
                Optional.of(new Dashboard()));
        return new Road(offer, clusters, policy, stores, clock, redactor);
    }

    @Override
    public Door demo(int clusters) {
        return demo(Policy.DEFAULT, clusters, 1);
    }

    @Override
    public Config demoConfig() {
        var scratch = scratch();
        var env = Map.of(
                Key.STATE_DIRECTORY.env(), scratch.toString(),
                Key.AUDIT_FILE.env(), scratch.resolve(DEMO_AUDIT).toString());
        return Config.load(new Surroundings(env, scratch, scratch));
    }

    @Override
    public Door playground() {
        var policy = Policy.DEFAULT;
        for (var tier : Tier.values()) {
            policy = policy.with(tier, Policy.Answer.ALLOW);
        }
        return demo(policy, 1, 10);
    }

    private Door demo(Policy policy, int count, double speed) {
        var scratch = scratch();
        var files = new LocalFiles(List.of(), Optional.empty(), Optional.of(scratch.resolve("smoke.jsonl")));
        // Tickets of a simulated console are of no use to anybody once the demo has ended.
        var vault = new Vault(Optional.empty(), Optional.of(scratch), _ -> "").typedAt(typed);
        var simulated = DemoCluster.all(count, clock, speed);
        var clusters = new ArrayList<Cluster>();
        for (var each : simulated) {
            clusters.add(cluster(each.name(), "demo", each.wire(), new Means(each.shells(), vault, files))
                    .among(each.names(), DEMO_PATIENCE)
                    .besides(List.of(simulated.getFirst().backupServer())));
        }
        var config = Config.defaults(surroundings);
        var stores = Stores.ofFiles(scratch, scratch.resolve(DEMO_AUDIT), clock);
        var road = road(config, clusters, policy, stores);
        var door = new Door(road, reach -> Optional.of(road.within(reach)), () -> {
            simulated.forEach(DemoCluster::close);
            sign(stores);
            forget(scratch);
        });
        return told(door, config);
    }

    /// Where the calls of a demo are recorded: not among those made on real clusters. Nothing is there before the
    /// first. Its name is of the nanosecond: to ask for the process id takes a tenth of the start.
    private static Path scratch() {
        return Path.of(System.getProperty("java.io.tmpdir"), "pve-mcp-demo-" + Long.toString(System.nanoTime(), 36));
    }

    private static void forget(Path folder) {
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException _) {
            // The system's own clearing of temporary files will.
        }
    }

    @Override
    public Simulation simulate(SimRequest request) {
        var options = SimOptions.of(scenario(request), SimTime.ticking(clock.instant(), request.speed()))
                .withPort(request.port())
                .withSeed(request.seed())
                .withUnauthorizedDelay();
        options = request.state().map(options::withState).orElse(options);
        options = request.strict().map(options::withStrict).orElse(options);
        var sim = PveSim.start(options);
        try {
            var beside = request.backupPort().map(sim::backupServer);
            return new Simulation(
                    entrance(sim.url(), sim.token(), sim.fingerprint()),
                    beside.map(server -> entrance(server.url(), server.token(), server.fingerprint())),
                    sim::state,
                    sim::close);
        } catch (UncheckedIOException e) {
            sim.close();
            throw e;
        }
    }

    private static Simulation.Entrance entrance(String url, Credentials token, String fingerprint) {
        return new Simulation.Entrance(url, token.id(), token.secret(), fingerprint);
    }

    private static Scenario scenario(SimRequest request) {
        return switch (request.scenario()) {
            case "fleet" -> Scenarios.fleet(request.nodes(), request.guests(), request.seed());
            case "troubled" -> Scenarios.troubled();
            default -> request.backupPort().isPresent() ? Scenarios.backedUpHomelab() : Scenarios.homelab();
        };
    }

    /// A call is rehearsed before it is made, and nobody types a secret twice.
    private static final class Once implements Supplier<Optional<String>> {
        private final Supplier<Optional<String>> asked;
        private Optional<String> answer = Optional.empty(); // guarded by this

        Once(Supplier<Optional<String>> asked) {
            this.asked = asked;
        }

        @Override
        public synchronized Optional<String> get() {
            if (answer.isEmpty()) {
                answer = asked.get();
            }
            return answer;
        }
    }
}
