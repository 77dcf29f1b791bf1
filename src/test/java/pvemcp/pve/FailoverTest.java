package pvemcp.pve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static pvemcp.lab.Answer.data;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import pvemcp.json.Json;
import pvemcp.lab.Answer;
import pvemcp.lab.FaultProxy;
import pvemcp.lab.Meeting;

/// What a dead endpoint costs, the first time and later, in real time; and that one which hangs keeps nobody else
/// waiting.
class FailoverTest {
    @AutoClose
    private final Wires wires = new Wires();

    private FaultProxy server(Answer... answers) {
        return wires.server(answers);
    }

    private HttpTransport to(Duration timeout, Waiting waiting, FaultProxy known, URI... uris) {
        return wires.to(timeout, waiting, List.of(uris), known);
    }

    private static Duration taken(HttpTransport transport, Verb verb) {
        var start = System.nanoTime();
        transport.send(verb, "/nodes/pve1/x", Json.Obj.EMPTY);
        return Duration.ofNanos(System.nanoTime() - start);
    }

    /// A host that drops every packet that would open a connection: nobody accepts here, and the queue is full.
    private URI blackHole() throws IOException {
        var hole = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        wires.closing(hole);
        for (boolean taken = true; taken; ) {
            var socket = new Socket();
            wires.closing(socket);
            try {
                socket.connect(hole.getLocalSocketAddress(), 150);
            } catch (SocketTimeoutException _) {
                taken = false;
            }
        }
        return URI.create("https://127.0.0.1:" + hole.getLocalPort());
    }

    @Test
    void f03_a_dead_endpoint_costs_six_seconds_once_and_next_to_nothing_later() throws Exception {
        var alive = server(data("1"));
        var mute = server(data("1")).meets(Meeting.SILENT);
        var dead = List.of(blackHole(), mute.uri(), wires.nobody(), URI.create("https://255.255.255.255:8006"));
        var transports = dead.stream()
                .map(first -> to(Duration.ofSeconds(30), Waiting.REAL, alive, first, alive.uri()))
                .toList();

        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var firsts = new ArrayList<Future<Duration>>();
            for (var transport : transports) {
                firsts.add(threads.submit(() -> taken(transport, Verb.POST)));
            }
            for (var first : firsts) {
                // After five it is given up; the rest is for a machine that is busy.
                assertThat(first.get()).isLessThan(Duration.ofSeconds(25));
            }
        }

        assertThat(alive.seen()).as("writes, each of them sent once").hasSize(dead.size());
        for (var transport : transports) {
            var later = new ArrayList<Duration>();
            for (int i = 0; i < 11; i++) {
                later.add(taken(transport, Verb.GET));
            }
            assertThat(later.stream().sorted().toList().get(5)).isLessThan(Duration.ofSeconds(4));
        }
    }

    @Test
    void f04_a_host_without_a_route_is_unreachable_and_the_next_is_asked() {
        var alive = server(data("1"));

        taken(
                to(
                        Duration.ofSeconds(30),
                        Waiting.REAL,
                        alive,
                        URI.create("https://255.255.255.255:8006"),
                        alive.uri()),
                Verb.PUT);

        assertThat(alive.seen()).hasSize(1);
    }

    @Test
    void an_endpoint_that_comes_back_is_used_again() {
        var time = new HandMoved();
        var first = server(data("1")).meets(Meeting.RESET);
        var second = server(data("2"));
        var transport = to(Duration.ofSeconds(30), time, first, first.uri(), second.uri());
        assertThat(transport.data(Verb.GET, "/version", Json.Obj.EMPTY)).isEqualTo(Json.num(2));

        first.meets(Meeting.WELL);
        second.answers(_ -> Answer.nothing());

        assertThat(transport.data(Verb.GET, "/version", Json.Obj.EMPTY)).isEqualTo(Json.num(1));
    }

    @Test
    void a_read_that_hangs_at_one_endpoint_is_made_at_another_in_half_its_time() {
        var hanging = server(Answer.silence());
        var alive = server(data("1"));
        var transport = to(Duration.ofSeconds(1), new HandMoved(), alive, hanging.uri(), alive.uri());

        assertThat(transport.data(Verb.GET, "/version", Json.Obj.EMPTY)).isEqualTo(Json.num(1));
        assertThat(transport.data(Verb.GET, "/nodes", Json.Obj.EMPTY)).isEqualTo(Json.num(1));

        assertThat(hanging.seen()).hasSize(1);
    }

    @Test
    void a_write_that_hangs_is_not_made_at_another() {
        var hanging = server(Answer.silence());
        var alive = server(data("1"));
        var transport = to(Duration.ofSeconds(1), new HandMoved(), alive, hanging.uri(), alive.uri());

        assertThatThrownBy(() -> transport.send(Verb.POST, "/pools", Json.Obj.EMPTY))
                .isInstanceOfSatisfying(
                        PveException.class, e -> assertThat(e.fault()).isInstanceOf(PveFault.Ambiguous.class));
        assertThat(alive.seen()).isEmpty();
    }

    @Test
    void a_node_that_hangs_leaves_half_of_the_places_to_the_others() throws Exception {
        var eight = new CountDownLatch(8);
        var released = new CountDownLatch(1);
        var server = server((request, out, proxy) -> {
            if (request.target().contains("/nodes/pve2/")) {
                eight.countDown();
                released.await();
            }
            data("1").to(request, out, proxy);
        });
        var transport = to(Duration.ofSeconds(30), Waiting.REAL, server, server.uri());
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 20; i++) {
                var path = "/nodes/pve2/qemu/" + (100 + i) + "/config";
                var _ = threads.submit(() -> transport.send(Verb.GET, path, Json.Obj.EMPTY));
            }
            eight.await();

            transport.send(Verb.GET, "/nodes/pve1/status", Json.Obj.EMPTY);
            transport.send(Verb.GET, "/cluster/resources", Json.Obj.EMPTY);

            assertThat(server.seen().stream().filter(request -> request.target().contains("pve2")))
                    .hasSize(8);
            released.countDown();
        }
        assertThat(server.seen()).hasSize(22);
    }
}
