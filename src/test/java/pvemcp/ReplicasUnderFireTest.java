package pvemcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import pvemcp.audit.Entry;
import pvemcp.cli.Console;
import pvemcp.config.Surroundings;
import pvemcp.lab.Campaign;
import pvemcp.lab.Postgres;
import pvemcp.lab.RoundRobin;
import pvemcp.lab.Scenes;
import pvemcp.lab.ServerProcess;
import pvemcp.pve.Secret;
import pvemcp.replicas.Address;
import pvemcp.replicas.Replicas;
import pvemcp.sim.PveSim;
import pvemcp.sim.time.SimTime;

/// `kill -9` of one of two servers behind a proxy, again and again, while clients make changes that each need a
/// yes, and try again with the same yes wherever an answer does not come: nothing is done twice, and no call that
/// was answered is missing in the ledger.
@ExtendWith(Postgres.Here.class)
class ReplicasUnderFireTest {
    private static final int KILLS = Campaign.of(2, 100);
    private static final int CLIENTS = 6;

    /// More than can be under way.
    private static final int MOST_RULES = 50;

    private static final String KEY = "only the servers of this test have this key";
    private static final Pattern TICKET = Pattern.compile("confirm=([\\w-]+\\.[\\w-]+\\.[\\w-]+\\.[\\w-]+)");

    private final PveSim sim =
            PveSim.start(Scenes.small(), SimTime.ticking(Clock.systemUTC().instant(), 1));
    private final RoundRobin proxy = new RoundRobin();
    private final List<ServerProcess> servers = new ArrayList<>();
    private final Map<ServerProcess, Integer> ports = new HashMap<>();
    private final List<String> done = new ArrayList<>();
    private final Set<String> changed = ConcurrentHashMap.newKeySet();
    private final Set<String> read = ConcurrentHashMap.newKeySet();
    private final AtomicInteger numbers = new AtomicInteger();
    private final AtomicInteger answers = new AtomicInteger();
    private final AtomicInteger again = new AtomicInteger();
    private final Postgres postgres;
    private String database = "";
    private volatile boolean over;

    @TempDir
    private Path folder;

    ReplicasUnderFireTest(Postgres postgres) {
        this.postgres = postgres;
    }

    @AfterEach
    void end() {
        servers.forEach(ServerProcess::close);
        proxy.close();
        sim.close();
    }

    @Test
    void no_answered_call_is_lost_and_nothing_is_done_twice() throws Exception {
        database = postgres.database();
        var random = new Random(20261121);
        for (int i = 0; i < 2; i++) {
            servers.add(server());
        }
        for (var server : servers) {
            admit(server);
        }
        var clients = new ArrayList<Thread>();
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(Thread.ofVirtual().start(this::load));
        }
        for (int kill = 0; kill < KILLS; kill++) {
            untilAnswered(3 * CLIENTS);
            Thread.sleep(random.nextInt(100), random.nextInt(1_000_000));
            var victim = servers.removeFirst();
            victim.kill();
            proxy.remove(ports.get(victim));
            untilAnswered(CLIENTS);
            putAway();
            if (kill + 1 < KILLS) {
                var next = server();
                servers.add(next);
                admit(next);
            }
        }
        over = true;
        for (var client : clients) {
            client.join();
        }
        judge();
    }

    /// Each change reads the list it adds to, and the ledger keeps what was read: the list stays short. New rules are
    /// in front, so what is put away was done long ago.
    private void putAway() {
        sim.change(cluster -> {
            var rules = cluster.firewall.rules;
            while (rules.size() > MOST_RULES) {
                done.add(rules.removeLast().get("comment"));
            }
        });
    }

    private void untilAnswered(int more) throws InterruptedException {
        int until = answers.get() + more;
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (answers.get() < until) {
            assertThat(System.nanoTime()).as("answers come").isLessThan(end);
            Thread.sleep(5);
        }
    }

    // ---- what clients do ----

    private void load() {
        while (!over) {
            var name = "n" + numbers.incrementAndGet();
            change(name);
            look(name);
        }
    }

    /// Asks, and brings the yes for as long as nobody answers.
    private void change(String name) {
        var params = "{\"type\":\"in\",\"action\":\"ACCEPT\",\"comment\":\"" + name + "\"}";
        var call = "\"method\":\"post\",\"path\":\"/cluster/firewall/rules\",\"params\":" + params;
        var held = call("pve_api_write", call);
        var ticket = held.map(TICKET::matcher).filter(matcher -> matcher.find()).map(matcher -> matcher.group(1));
        if (ticket.isEmpty()) {
            return;
        }
        var confirmed = call + ",\"confirm\":\"" + ticket.get() + "\"";
        var answer = call("pve_api_write", confirmed);
        while (answer.isEmpty() && !over) {
            again.incrementAndGet();
            answer = call("pve_api_write", confirmed);
        }
        if (answer.isPresent() && !answer.get().contains("\"isError\":true")) {
            changed.add(name);
        }
    }

    private void look(String name) {
        if (call("pve_guest_list", "\"text\":\"" + name + "\"").isPresent()) {
            read.add(name);
        }
    }

    /// @return what the server says; empty where no whole answer came
    private Optional<String> call(String tool, String arguments) {
        var body = """
                {"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"%s","arguments":{%s},"_meta":{\
                "io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}""".formatted(tool, arguments);
        // HTTP/1.0: the connection ends with the answer, so that each call goes to the next server.
        var request = """
                POST /mcp HTTP/1.0\r
                Host: localhost\r
                Content-Type: application/json\r
                Accept: application/json, text/event-stream\r
                MCP-Protocol-Version: 2026-07-28\r
                Mcp-Method: tools/call\r
                Mcp-Name: %s\r
                Content-Length: %d\r
                \r
                %s""".formatted(tool, body.length(), body);
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            var answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!answer.contains("\"result\"") || !answer.stripTrailing().endsWith("}")) {
                return Optional.empty();
            }
            answers.incrementAndGet();
            return Optional.of(answer);
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    // ---- the servers ----

    private Map<String, String> environment() {
        return Map.ofEntries(
                Map.entry("HOME", folder.toString()),
                Map.entry("LC_ALL", "C.UTF-8"),
                Map.entry("PVE_MCP_URL", sim.url()),
                Map.entry("PVE_MCP_TOKEN_ID", sim.token().id()),
                Map.entry("PVE_MCP_TOKEN_SECRET", sim.token().secret()),
                Map.entry("PVE_MCP_FINGERPRINT", sim.fingerprint()),
                Map.entry("PVE_MCP_SURFACE", "all"),
                Map.entry("PVE_MCP_POLICY_CHANGE", "ask"),
                Map.entry("PVE_MCP_POLICY_LIMIT_CHANGE", "0"),
                Map.entry("PVE_MCP_POLICY_LIMIT_REPEATS", "0"),
                Map.entry("PVE_MCP_SHARED_DATABASE", database),
                Map.entry("PVE_MCP_SHARED_USER", postgres.user()),
                Map.entry("PVE_MCP_SHARED_KEY", KEY));
    }

    private ServerProcess server() throws IOException {
        var jvm = List.of("-XX:TieredStopAtLevel=1", "-Xmx256m");
        return ServerProcess.start(folder, environment(), jvm, "serve", "--http", "127.0.0.1:0");
    }

    /// Waits until it serves, and has the proxy send it requests.
    private void admit(ServerProcess server) throws IOException {
        ports.put(server, server.port());
        server.tells(System.err::println);
        proxy.add(ports.get(server));
    }

    // ---- what is true afterwards ----

    private void judge() throws IOException {
        // For fifteen seconds the dead would be waited for.
        postgres.tamper(database, "UPDATE pve_mcp.replica SET seen = now() - interval '1 minute'");
        var words = new ByteArrayOutputStream();
        var out = new PrintStream(words, true, StandardCharsets.UTF_8);
        var console = new Console(InputStream.nullInputStream(), out, out, false, false, 0);
        var here = new Surroundings(environment(), folder, folder);
        assertThat(Main.run(List.of("audit", "reconcile"), console, here))
                .as("%s", words)
                .isZero();
        assertThat(Main.run(List.of("audit", "verify"), console, here))
                .as("%s", words)
                .isZero();
        assertThat(words.toString(StandardCharsets.UTF_8))
                .contains("✓ lines 1 to ")
                .doesNotContain("begun, and no end");

        sim.ask(cluster -> List.copyOf(cluster.firewall.rules)).forEach(rule -> done.add(rule.get("comment")));
        assertThat(done).as("what was done").doesNotHaveDuplicates().containsAll(changed);

        var lines = new ArrayList<Entry>();
        try (var replica = new Replicas(
                new Address(database), postgres.user(), Optional.empty(), new Secret(KEY), Clock.systemUTC())) {
            replica.journal().ledger().forEach(lines::add);
        }
        assertThat(comments(lines, "begin"))
                .as("what was announced")
                .doesNotHaveDuplicates()
                .containsAll(done);
        assertThat(comments(lines, "end")).as("what has ended").containsAll(changed);
        assertThat(searches(lines)).as("what was read").containsAll(read);
        assertThat(foundNotDone(lines)).as("what was found not done").doesNotContainAnyElementsOf(done);
        Campaign.report("%d kills; %d calls answered, %d changes, %d brought again; %d lines"
                .formatted(KILLS, answers.get(), done.size(), again.get(), lines.size()));
        assertThat(changed).hasSizeGreaterThan(KILLS);
    }

    private static List<String> comments(List<Entry> lines, String event) {
        return lines.stream()
                .filter(line -> line.event().equals(event)
                        && (event.equals("begin") || line.fields().has("begin")))
                .flatMap(line -> comment(line).stream())
                .toList();
    }

    private static Optional<String> comment(Entry line) {
        return line.call()
                .object("arguments")
                .flatMap(arguments -> arguments.object("params"))
                .flatMap(params -> params.text("comment"));
    }

    private static Set<String> searches(List<Entry> lines) {
        var searches = new HashSet<String>();
        lines.forEach(line -> line.call()
                .object("arguments")
                .flatMap(arguments -> arguments.text("text"))
                .ifPresent(searches::add));
        return searches;
    }

    private static List<String> foundNotDone(List<Entry> lines) {
        return lines.stream()
                .filter(line -> line.fields().text("result").equals(Optional.of("found not done")))
                .flatMap(line -> comment(line).stream())
                .toList();
    }
}
