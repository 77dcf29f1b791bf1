package pvemcp.lab;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import pvemcp.audit.AuditLog;
import pvemcp.config.Config;
import pvemcp.config.Surroundings;
import pvemcp.dispatch.Caller;
import pvemcp.dispatch.Cluster;
import pvemcp.dispatch.Dispatcher;
import pvemcp.dispatch.Judgement;
import pvemcp.dispatch.Means;
import pvemcp.dispatch.Offer;
import pvemcp.dispatch.Redactor;
import pvemcp.dispatch.Road;
import pvemcp.dispatch.SharedFiles;
import pvemcp.dispatch.Stores;
import pvemcp.gate.Commons;
import pvemcp.gate.Policy;
import pvemcp.gate.Policy.Answer;
import pvemcp.gate.Policy.Protection;
import pvemcp.gate.Reach;
import pvemcp.json.Json;
import pvemcp.pve.BackupServer;
import pvemcp.pve.Connection;
import pvemcp.pve.ForwardingTransport;
import pvemcp.pve.HttpTransport;
import pvemcp.pve.Pve;
import pvemcp.pve.Received;
import pvemcp.pve.Secret;
import pvemcp.pve.Transport;
import pvemcp.pve.Tunnel;
import pvemcp.pve.Upload;
import pvemcp.pve.Verb;
import pvemcp.pve.Waiting;
import pvemcp.remote.Shells;
import pvemcp.remote.SshSettings;
import pvemcp.remote.SshTarget;
import pvemcp.schema.ApiSchema;
import pvemcp.sim.Credentials;
import pvemcp.sim.PveSim;
import pvemcp.sim.Scenario;
import pvemcp.sim.time.SimTime;
import pvemcp.sim.world.Access;
import pvemcp.sim.world.Acl;
import pvemcp.sim.world.Role;
import pvemcp.tool.Definitions;
import pvemcp.tool.LocalFiles;
import pvemcp.tool.Tier;
import pvemcp.tool.Tool;
import pvemcp.tool.ToolResult;
import pvemcp.tool.Vault;
import pvemcp.tools.Catalog;
import pvemcp.tools.Dashboard;
import pvemcp.tools.Prompts;
import pvemcp.tools.Resources;

/// A whole server in a test: a simulated cluster on a port, the real client, gate, audit log and dispatcher. Time
/// stands still; a call that waits moves it, and so does [#advance].
///
/// Everything is allowed that policy usually asks for; a test that is about policy sets its own.
public final class Lab implements AutoCloseable {
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

    private final PveSim sim;
    private HttpTransport wire;
    private final Path folder;
    private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
    private final Asker asker = new Asker();
    private Policy policy = Policy.DEFAULT
            .with(Tier.OPERATE, Answer.ALLOW)
            .with(Tier.CHANGE, Answer.ALLOW)
            .with(Tier.DESTROY, Answer.ALLOW)
            .with(Tier.EXECUTE, Answer.ALLOW);
    private final Redactor redactor = new Redactor();
    private UnaryOperator<Transport> way = UnaryOperator.identity();
    private Shells shells = new Shells(SshSettings.OFF, waiting());
    private LocalFiles files = LocalFiles.NONE;
    private boolean cancelsOnPause;
    private Duration ahead = Duration.ZERO;
    private Path auditFile;
    private Vault vault;
    private ApiSchema schema = ApiSchema.builtIn("9.2");
    private Optional<Stores> opened = Optional.empty();
    private Optional<Stores> shared = Optional.empty();
    private Optional<Road> road = Optional.empty();
    private Commons commons;
    private Reach reach = Reach.UNLIMITED;
    private String identity;
    private final List<Neighbour> neighbours = new ArrayList<>();
    private final List<HttpTransport> closing = new ArrayList<>();
    private List<BackupServer> backups = List.of();

    private Lab(Scenario scenario) {
        sim = PveSim.start(scenario, SimTime.byHand(NOON));
        identity = sim.token().id();
        wire = new HttpTransport(connection(token()), clock(), waiting());
        try {
            folder = Files.createTempDirectory("lab");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        auditFile = folder.resolve("audit.jsonl");
        commons = Commons.ofProcess(clock());
        files = new LocalFiles(List.of(), Optional.empty(), Optional.of(folder.resolve("smoke.jsonl")));
        vault = new Vault(Optional.empty(), Optional.of(handover()), file -> "");
    }

    public static Lab of(Scenario scenario) {
        return new Lab(scenario);
    }

    /// Another cluster of the same owner; the first is called `default`.
    public Neighbour beside(String name, Scenario scenario) {
        var neighbour = new Neighbour(name, scenario, NOON);
        neighbours.add(neighbour);
        road = Optional.empty();
        return neighbour;
    }

    /// Changes the cluster before, or behind the back of, the next call.
    public Lab with(Consumer<pvemcp.sim.world.Cluster> change) {
        sim.change(change);
        return this;
    }

    /// `tag:prod`, `pool:shop`, `vmid:100-199`, `node:pve1`.
    public Lab protecting(String... what) {
        var tags = new ArrayList<String>();
        var pools = new ArrayList<String>();
        var vmids = new ArrayList<String>();
        var nodes = new ArrayList<String>();
        for (var each : what) {
            var value = each.substring(each.indexOf(':') + 1);
            switch (each.substring(0, each.indexOf(':'))) {
                case "tag" -> tags.add(value);
                case "pool" -> pools.add(value);
                case "vmid" -> vmids.add(value);
                case "node" -> nodes.add(value);
                default -> throw new IllegalArgumentException(each);
            }
        }
        return policy(old -> old.with(new Protection(tags, pools, vmids, nodes)));
    }

    public Lab policy(UnaryOperator<Policy> change) {
        policy = change.apply(policy);
        road = Optional.empty();
        return this;
    }

    /// The policy of an owner who has this configuration file.
    public Lab owner(String toml) {
        try {
            var file = Files.writeString(folder.resolve("pve-mcp.toml"), toml);
            var surroundings = new Surroundings(Map.of("PVE_MCP_CONFIG", file.toString()), folder, folder);
            var owned = Config.load(surroundings).policy();
            return policy(_ -> owned);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A server that shares budgets and tickets with all others of this directory.
    public Lab sharing(Path directory) {
        commons = new SharedFiles(directory, clock());
        road = Optional.empty();
        return this;
    }

    /// A server that shares with others what these keep, and does not close them.
    public Lab sharing(Stores stores) {
        shared = Optional.of(stores);
        road = Optional.empty();
        return this;
    }

    /// The owner's state directory.
    public Path state() {
        return folder;
    }

    /// Beside the cluster is a backup server, called `vault`, that calls may look at.
    public Lab backedUp() {
        var beside = sim.backupServer();
        return backedUp(beside.token().secret(), beside.fingerprint());
    }

    /// The same by an owner who has configured this.
    public Lab backedUp(String secret, String fingerprint) {
        return backedUp(List.of(backupServer("vault", sim, secret, fingerprint, wire -> wire)));
    }

    /// Beside the cluster are these, of [#backupServer].
    public Lab backedUp(List<BackupServer> servers) {
        backups = List.copyOf(servers);
        road = Optional.empty();
        return this;
    }

    /// The way to the backup server beside a simulated cluster, this one or another.
    ///
    /// @param through what stands on the way
    public BackupServer backupServer(
            String name, PveSim of, String secret, String fingerprint, UnaryOperator<Transport> through) {
        var url = URI.create(of.backupServer().url());
        var trust = new Connection.Trust.Fingerprints(List.of(fingerprint));
        var token =
                new Connection.Credential.BackupToken(of.backupServer().token().id(), new Secret(secret));
        var connection = new Connection(name, List.of(url), token, trust, Duration.ofSeconds(30));
        var way = new HttpTransport(connection, clock(), waiting());
        redactor.learn(token.secret());
        closing.add(way);
        var address = BackupServer.Address.of(url, List.of(), trust);
        return new BackupServer(name, address, through.apply(new Noting(way, requests)));
    }

    /// What policy says of a call that is not made.
    public Judgement judge(String tool, Object... namesAndValues) {
        return dispatcher().judge(named(tool), Json.obj(namesAndValues), asker);
    }

    /// A caller whose token goes only so far.
    public Lab reaching(Reach other) {
        reach = other;
        asker.principal = other.principal();
        road = Optional.empty();
        return this;
    }

    /// A client that can ask its user.
    public Lab asking() {
        asker.canAsk = true;
        return this;
    }

    /// Who is at the other end; `test` unless said otherwise.
    public Lab as(String principal) {
        asker.principal = principal;
        return this;
    }

    /// Logs in as root instead of showing a token: some of PVE is for `root@pam` alone.
    public Lab asRoot() {
        sim.change(cluster -> cluster.access.users.get(Access.ROOT).password = "hunter22");
        wire.close();
        var root = new Connection.Credential.Password(Access.ROOT, new Secret("hunter22"), Optional.empty());
        wire = new HttpTransport(connection(root), clock(), waiting());
        road = Optional.empty();
        return this;
    }

    /// Shows a token that has these privileges on this path and below, and no others anywhere.
    public Lab holding(String path, String... privileges) {
        var token = sim.<Credentials>ask(cluster -> {
            var user = "limited@pve";
            cluster.access.forget(line -> line.ugid().equals(user));
            var made = Credentials.token(cluster, user, "t");
            cluster.access.roles.put(user, new Role(user, false, new TreeSet<>(List.of(privileges))));
            cluster.access.grant(new Acl(path, Acl.Kind.USER, user, user, true));
            return made;
        });
        return showing(token);
    }

    private Lab showing(Credentials token) {
        wire.close();
        var shown = new Connection.Credential.Token(token.id(), new Secret(token.secret()));
        wire = new HttpTransport(connection(shown), clock(), waiting());
        identity = token.id();
        road = Optional.empty();
        return this;
    }

    /// A secret of the configuration.
    public Lab knowing(Secret secret) {
        redactor.learn(secret);
        return this;
    }

    /// Puts something between the client and the cluster.
    public Lab through(UnaryOperator<Transport> something) {
        way = something;
        road = Optional.empty();
        return this;
    }

    /// Lets the client reach the cluster by these ways alone.
    ///
    /// @param timeout of a whole exchange, in real time
    public Lab behind(Duration timeout, FaultProxy... proxies) {
        wire.close();
        wire = new HttpTransport(
                new Connection(
                        "default",
                        Stream.of(proxies).map(FaultProxy::uri).toList(),
                        token(),
                        new Connection.Trust.Fingerprints(
                                Stream.of(proxies).map(FaultProxy::fingerprint).toList()),
                        timeout),
                clock(),
                waiting());
        road = Optional.empty();
        return this;
    }

    /// Writes the audit log elsewhere.
    public Lab auditingTo(Path file) {
        auditFile = file;
        road = Optional.empty();
        return this;
    }

    /// Opens the ways into the simulated hosts over SSH. The network is real, so it is waited for in real time.
    public Lab enteringOverSsh() {
        return enteringOverSsh(settings -> settings);
    }

    /// The same, but for what the owner has configured otherwise.
    public Lab enteringOverSsh(UnaryOperator<SshSettings> change) {
        var ssh = sim.ssh();
        var known = new SshTarget.HostKey.Pinned(List.of(ssh.fingerprint()));
        var root = new SshSettings.Account("root", 22, List.of(ssh.key()), false, known);
        var settings = change.apply(new SshSettings(true, root, Map.of(), root, Map.of()));
        shells = new Shells(() -> settings, (host, port, _) -> ssh.connect(host, port), waitingInReal());
        road = Optional.empty();
        return this;
    }

    /// Opens directories of this machine to calls.
    public Lab opening(LocalFiles opened) {
        files = opened;
        road = Optional.empty();
        return this;
    }

    /// A cluster that says of itself that this is its API.
    public Lab speaking(ApiSchema other) {
        schema = other;
        road = Optional.empty();
        return this;
    }

    /// A secret of the owner's, in a file.
    public Lab knowingSecret(String name, String secret) {
        var directory = folder.resolve("secrets");
        try {
            Files.createDirectories(directory);
            Files.writeString(directory.resolve(name), secret);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        vault = new Vault(Optional.of(directory), Optional.of(handover()), Lab::text);
        road = Optional.empty();
        return this;
    }

    /// An owner who lets API tokens be made.
    public Lab makingTokens() {
        vault = vault.makingTokens();
        road = Optional.empty();
        return this;
    }

    /// Where a person finds what is not for the model.
    public Path handover() {
        return folder.resolve("handover");
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public ToolResult call(String tool, Object... namesAndValues) {
        return call(tool, Json.obj(namesAndValues));
    }

    public ToolResult call(String tool, Json.Obj arguments) {
        asker.approval = Optional.empty();
        return dispatcher().call(named(tool), arguments, asker);
    }

    /// The same call once more, after the user has said yes.
    public ToolResult approved(ToolResult held, String tool, Object... namesAndValues) {
        asker.approval = Optional.of(yes(held));
        return dispatcher().call(named(tool), Json.obj(namesAndValues), asker);
    }

    /// What is handed back for a yes: the ticket, and the name of what is destroyed.
    public static String yes(ToolResult result) {
        var held = (ToolResult.Held) result;
        return (held.ticket().text() + " " + held.typed()).strip();
    }

    private static Tool<?> named(String name) {
        return Catalog.tools(Catalog.Surface.ALL, List.of()).stream()
                .filter(tool -> tool.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no tool " + name));
    }

    public Dispatcher dispatcher() {
        if (road.isEmpty()) {
            var stores = shared.orElseGet(() -> Stores.of(new AuditLog(auditFile, clock()), commons, folder, clock()));
            if (shared.isEmpty()) {
                opened = Optional.of(stores);
            }
            var offer = new Offer(
                    Catalog.tools(Catalog.Surface.ALL, List.of()),
                    Resources.ALL,
                    Prompts.ALL,
                    Catalog.INSTRUCTIONS,
                    Definitions.none(),
                    Optional.of(new Dashboard()));
            var cluster = new Cluster(
                            "default",
                            identity,
                            new Noting(way.apply(wire), requests),
                            wrapped -> new Pve(wrapped, waiting()),
                            () -> schema)
                    .with(new Means(shells, vault, files));
            var clusters = new ArrayList<>(List.of(cluster.besides(backups)));
            neighbours.forEach(neighbour -> clusters.add(neighbour.cluster().besides(backups)));
            road = Optional.of(new Road(offer, clusters, policy, stores, clock(), redactor).within(reach));
        }
        return road.get();
    }

    public Caller caller() {
        return asker;
    }

    /// What calls have sent to the cluster so far, such as `GET /cluster/resources`, in order.
    public List<String> requests() {
        synchronized (requests) {
            return List.copyOf(requests);
        }
    }

    /// What the caller was told while calls ran.
    public List<String> progress() {
        return List.copyOf(asker.progress);
    }

    /// Opens directories of this machine, with these small files ready to be uploaded.
    public Lab offering(String... names) {
        try {
            var uploads = Files.createDirectories(folder.resolve("uploads"));
            for (var name : names) {
                Files.writeString(uploads.resolve(name), "content of " + name);
            }
            var downloads = Files.createDirectories(folder.resolve("downloads"));
            return opening(new LocalFiles(
                    List.of(uploads), Optional.of(downloads), Optional.of(folder.resolve("smoke.jsonl"))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Does something while a call runs, when its caller is told how far it is.
    public Lab onProgress(Consumer<String> act) {
        asker.listener = act;
        return this;
    }

    /// The caller takes back whatever runs or is called from now on.
    public void cancel() {
        asker.cancelled = true;
    }

    /// The caller takes back the next call once it waits for something that it has begun.
    public void cancelOnceItWaits() {
        cancelsOnPause = true;
    }

    private void pausing() {
        if (cancelsOnPause) {
            asker.cancelled = true;
        }
    }

    /// From now on the clock of this machine differs by so much from those of the cluster.
    public Lab clockAhead(Duration other) {
        ahead = other;
        return this;
    }

    public Lab advance(Duration step) {
        sim.advance(step);
        return this;
    }

    public <T> T ask(Function<pvemcp.sim.world.Cluster, T> question) {
        return sim.ask(question);
    }

    public PveSim sim() {
        return sim;
    }

    /// The lines of the audit log that tell of a call's beginning or end.
    public List<Json.Obj> audit() {
        return auditLines().stream()
                .filter(line ->
                        List.of("begin", "end").contains(line.text("event").orElse("")))
                .toList();
    }

    /// All lines of the audit log.
    public List<Json.Obj> auditLines() {
        try {
            return Files.exists(auditFile)
                    ? Files.readAllLines(auditFile).stream()
                            .map(line -> (Json.Obj) Json.parse(line))
                            .toList()
                    : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Connection.Credential token() {
        var token = sim.token();
        return new Connection.Credential.Token(token.id(), new Secret(token.secret()));
    }

    private Connection connection(Connection.Credential credential) {
        return new Connection(
                "default",
                List.of(URI.create(sim.url())),
                credential,
                new Connection.Trust.Fingerprints(List.of(sim.fingerprint())),
                Duration.ofSeconds(30));
    }

    private Waiting waitingInReal() {
        return new Waiting() {
            @Override
            public void pause(Duration time) throws InterruptedException {
                pausing();
                Waiting.REAL.pause(time);
            }

            @Override
            public Duration elapsed() {
                return Waiting.REAL.elapsed();
            }
        };
    }

    private Waiting waiting() {
        return new Waiting() {
            @Override
            public void pause(Duration time) {
                pausing();
                sim.advance(time);
            }

            @Override
            public Duration elapsed() {
                return Duration.between(NOON, clock().instant());
            }
        };
    }

    /// The time in this world.
    public Clock clock() {
        InstantSource time = () -> sim.ask(cluster -> cluster.now()).plus(ahead);
        return time.withZone(ZoneOffset.UTC);
    }

    @Override
    public void close() {
        wire.close();
        closing.forEach(HttpTransport::close);
        sim.close();
        neighbours.forEach(Neighbour::close);
        try {
            if (opened.isPresent()) {
                opened.get().close();
            }
            Folders.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Keeps what goes over the wire.
    private static final class Noting extends ForwardingTransport {
        private final List<String> requests;

        Noting(Transport wire, List<String> requests) {
            super(wire);
            this.requests = requests;
        }

        @Override
        public Json.Obj send(Verb verb, String path, Json.Obj params) {
            requests.add(verb + " " + path);
            return wire.send(verb, path, params);
        }

        @Override
        public Json.Obj upload(String path, Json.Obj params, Upload file) {
            requests.add(Verb.POST + " " + path);
            return wire.upload(path, params, file);
        }

        @Override
        public Received download(String path, Json.Obj params, OutputStream to, LongConsumer received) {
            requests.add(Verb.GET + " " + path);
            return wire.download(path, params, to, received);
        }

        @Override
        public Tunnel tunnel(String path, Json.Obj params) {
            requests.add(Verb.GET + " " + path);
            return wire.tunnel(path, params);
        }
    }

    private static final class Asker implements Caller {
        private final List<String> progress = new ArrayList<>();
        private Consumer<String> listener = _ -> {};
        private String principal = "test";
        private boolean canAsk;
        private Optional<String> approval = Optional.empty();
        private volatile boolean cancelled;

        @Override
        public String principal() {
            return principal;
        }

        @Override
        public String client() {
            return "lab 1";
        }

        @Override
        public boolean canAsk() {
            return canAsk;
        }

        @Override
        public Optional<String> approval() {
            return approval;
        }

        @Override
        public void progress(double fraction, String message) {
            progress.add(message);
            listener.accept(message);
        }

        @Override
        public boolean cancelled() {
            return cancelled;
        }
    }
}
