package pvemcp.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import pvemcp.json.Json;
import pvemcp.lab.Campaign;

/// Clients that come and never go: sessions that nobody ends, streams that nobody reads to their end.
@Timeout(900)
class ManySessionsTest {
    private static final int SESSIONS = Campaign.of(1_500, 100_000);
    private static final int STREAMS = Campaign.of(40, 10_000);
    private static final int AT_ONCE = 200;

    /// What a thousand sessions and their garbage may take.
    private static final long ROOM = 32L << 20;

    private static final String INITIALIZE = Json.obj(
                    "jsonrpc",
                    "2.0",
                    "id",
                    1,
                    "method",
                    "initialize",
                    "params",
                    Json.obj(
                            "protocolVersion",
                            "2025-11-25",
                            "capabilities",
                            Json.Obj.EMPTY,
                            "clientInfo",
                            Json.obj("name", "forgetful", "version", "1")))
            .write();

    private final McpServer server = Peer.server(new Workshop(), Emits.EVERYTHING);

    @Test
    void sessions_that_nobody_ends_take_no_more_room_than_a_thousand() throws IOException {
        try (var http = serving();
                var client = new Client(http.port())) {
            for (int i = 0; i < 1_100; i++) {
                client.opens();
            }
            long before = used();
            for (int i = 1_100; i < SESSIONS; i++) {
                client.opens();
            }
            long after = used();
            Campaign.report("%d sessions: %d KiB in use after 1,100, %d KiB in the end"
                    .formatted(SESSIONS, before >> 10, after >> 10));
            assertThat(after - before).isLessThan(ROOM);
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void streams_that_are_broken_off_leave_no_connection_behind() throws IOException, InterruptedException {
        try (var http = serving()) {
            int before = descriptors();
            for (int done = 0; done < STREAMS; done += AT_ONCE) {
                breakOff(http.port(), Math.min(AT_ONCE, STREAMS - done));
                var until = Instant.now().plus(Duration.ofSeconds(60));
                while (isLeft(http.port(), before) && Instant.now().isBefore(until)) {
                    Thread.sleep(20);
                }
                assertThat(isLeft(http.port(), before)).as("after a minute").isFalse();
            }
            Campaign.report(
                    "%d streams broken off: %d descriptors before, %d after".formatted(STREAMS, before, descriptors()));
        }
    }

    /// Who listens is told of nothing for long, so a client that has gone is noticed late.
    @Test
    @EnabledOnOs(OS.LINUX)
    void subscriptions_that_are_broken_off_take_no_more_places_than_there_are() throws Exception {
        int places = Campaign.of(50, 2_000);
        var beat = Campaign.isOn() ? Endpoint.SLOW_BEAT : Duration.ofMillis(100);
        var bounds = new Http.Bounds(places, beat);
        try (var http = Http.start(HttpSettings.local(), Entrance.open(server), new Metrics(), Instant::now, bounds)) {
            int before = descriptors();
            int most = 0;
            int refused = 0;
            for (int i = 0; i < 3 * places; i++) {
                refused += subscribesAndGoes(http.port()) ? 0 : 1;
                most = Math.max(most, descriptors() - before);
            }
            assertThat(most).isLessThan(places + 20);
            var until = Instant.now().plus(beat.multipliedBy(2)).plusSeconds(20);
            while (isLeft(http.port(), before) && Instant.now().isBefore(until)) {
                Thread.sleep(20);
            }
            assertThat(isLeft(http.port(), before)).as("in the end").isFalse();
            assertThat(subscribesAndGoes(http.port())).isTrue();
            Campaign.report("%d subscriptions broken off, %d of them refused: at most %d descriptors more than before"
                    .formatted(3 * places, refused, most));
        }
    }

    /// Whether there was a place.
    private static boolean subscribesAndGoes(int port) throws IOException {
        var body = Peer.modern(1, "subscriptions/listen", "\"notifications\":{\"toolsListChanged\":true}");
        try (var client = new Client(port)) {
            client.posts(body, "MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: subscriptions/listen\r\n");
            var status = client.line();
            assertThat(status).containsAnyOf(" 200 ", " 503 ");
            return status.contains(" 200 ");
        }
    }

    private Http serving() throws IOException {
        return Http.start(HttpSettings.local(), Entrance.open(server), new Metrics(), Instant::now);
    }

    /// Makes that many calls at once that take long, and hangs up as soon as their streams are open.
    private static void breakOff(int port, int times) throws IOException {
        var body = Peer.modern(1, "tools/call", "\"name\":\"slow\"");
        var clients = new ArrayList<Client>();
        for (int i = 0; i < times; i++) {
            var client = new Client(port);
            clients.add(client);
            client.posts(body, "MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: tools/call\r\nMcp-Name: slow\r\n");
        }
        for (var client : clients) {
            assertThat(client.line()).contains("200");
            client.close();
        }
    }

    private static long used() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        var runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    private static boolean isLeft(int port, int before) throws IOException {
        return closeWait(port) > 0 || descriptors() > before + 20;
    }

    private static int descriptors() throws IOException {
        try (var open = Files.list(Path.of("/proc/self/fd"))) {
            return (int) open.count();
        }
    }

    /// proc_net_tcp(5): the local address in the second column, the state in the fourth.
    private static long closeWait(int port) throws IOException {
        long found = 0;
        for (var table : new String[] {"/proc/self/net/tcp", "/proc/self/net/tcp6"}) {
            try (var lines = Files.lines(Path.of(table))) {
                found += lines.map(line -> line.strip().split("\\s+"))
                        .filter(cells -> cells[1].endsWith(":%04X".formatted(port)) && cells[3].equals("08"))
                        .count();
            }
        }
        return found;
    }

    /// One connection that is kept.
    private static final class Client implements AutoCloseable {
        private final Socket socket;
        private final InputStream in;
        private final int port;

        Client(int port) throws IOException {
            this.port = port;
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setTcpNoDelay(true);
            in = new BufferedInputStream(socket.getInputStream());
        }

        void posts(String body, String headers) throws IOException {
            var bytes = body.getBytes(StandardCharsets.UTF_8);
            var head = "POST /mcp HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: application/json\r\n".formatted(port)
                    + "Accept: application/json, text/event-stream\r\n%sContent-Length: %d\r\n\r\n"
                            .formatted(headers, bytes.length);
            socket.getOutputStream().write((head + body).getBytes(StandardCharsets.UTF_8));
        }

        /// Opens a session, and forgets it.
        void opens() throws IOException {
            posts(INITIALIZE, "");
            assertThat(line()).contains("200");
            int length = -1;
            boolean named = false;
            for (var header = line(); !header.isEmpty(); header = line()) {
                named |= header.regionMatches(true, 0, "Mcp-Session-Id:", 0, 15);
                if (header.regionMatches(true, 0, "Content-Length:", 0, 15)) {
                    length = Integer.parseInt(header.substring(15).strip());
                }
            }
            assertThat(named).as("a session was opened").isTrue();
            if (length >= 0) {
                in.readNBytes(length);
            } else {
                chunks();
            }
        }

        private void chunks() throws IOException {
            for (int size = Integer.parseInt(line(), 16); size > 0; size = Integer.parseInt(line(), 16)) {
                in.readNBytes(size + 2);
            }
            line();
        }

        String line() throws IOException {
            var line = new StringBuilder();
            for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
                if (c != '\r') {
                    line.append((char) c);
                }
            }
            return line.toString();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
