package pvemcp.pve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static pvemcp.lab.Answer.data;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import pvemcp.json.Json;
import pvemcp.lab.Answer;
import pvemcp.lab.FaultProxy;

/// What is sent, and how an answer is read, where all goes well.
class HttpTransportTest {
    private static final Connection.Credential TOKEN =
            new Connection.Credential.Token("mcp@pve!claude", new Secret("12345678-secret"));

    private static HttpTransport to(FaultProxy server) {
        return new HttpTransport(
                new Connection(
                        "lab",
                        List.of(server.uri()),
                        TOKEN,
                        new Connection.Trust.Fingerprints(List.of(server.fingerprint())),
                        Duration.ofSeconds(60)),
                Clock.systemUTC());
    }

    @Test
    void a_read_carries_the_token_and_its_parameters_in_the_query() {
        try (var server = FaultProxy.answering(data("{\"version\":\"9.2.11\"}"));
                var transport = to(server)) {
            var answer = transport.send(
                    Verb.GET,
                    "/nodes/pve1/storage/local/content/local%3Aiso%2Fa.iso",
                    Json.obj(
                            "a",
                            "x=1;2&3+4 é",
                            "on",
                            true,
                            "off",
                            false,
                            "n",
                            5,
                            "gone",
                            null,
                            "l",
                            List.of("p", "q")));

            assertThat(answer.write()).isEqualTo("{\"data\":{\"version\":\"9.2.11\"}}");
            var request = server.seen().getFirst();
            assertThat(request.method()).isEqualTo("GET");
            assertThat(request.target())
                    .isEqualTo("/api2/json/nodes/pve1/storage/local/content/local%3Aiso%2Fa.iso"
                            + "?a=x%3D1%3B2%263%2B4%20%C3%A9&on=1&off=0&n=5&l=p&l=q");
            assertThat(request.header("Authorization")).isEqualTo("PVEAPIToken=mcp@pve!claude=12345678-secret");
            assertThat(request.header("Cookie")).isEmpty();
            assertThat(request.header("Content-Length")).isEmpty();
        }
    }

    @Test
    void a_write_carries_its_parameters_in_the_body() {
        try (var server = FaultProxy.answering(data("null"));
                var transport = to(server)) {
            transport.send(
                    Verb.PUT,
                    "/nodes/pve1/qemu/101/config",
                    Json.obj("net0", "virtio,bridge=vmbr0", "tags", "a;b", "size", "+10G", "onboot", true));
            transport.send(Verb.POST, "/nodes/pve1/qemu/101/status/start", Json.Obj.EMPTY);
            transport.send(Verb.DELETE, "/nodes/pve1/qemu/101", Json.obj("purge", true));

            var put = server.seen().get(0);
            assertThat(put.target()).isEqualTo("/api2/json/nodes/pve1/qemu/101/config");
            assertThat(put.header("Content-Type")).startsWith("application/x-www-form-urlencoded");
            assertThat(put.body()).isEqualTo("net0=virtio%2Cbridge%3Dvmbr0&tags=a%3Bb&size=%2B10G&onboot=1");
            var post = server.seen().get(1);
            assertThat(post.header("Content-Length")).isEqualTo("0");
            assertThat(post.header("Transfer-Encoding")).isEmpty();
            var delete = server.seen().get(2);
            assertThat(delete.target()).isEqualTo("/api2/json/nodes/pve1/qemu/101?purge=1");
            assertThat(delete.header("Content-Length")).isEmpty();
        }
    }

    @Test
    void nested_values_are_refused_before_anything_is_sent() {
        try (var server = FaultProxy.answering(data("null"));
                var transport = to(server)) {
            assertThatThrownBy(() ->
                            transport.send(Verb.PUT, "/a", Json.obj("net0", Json.obj("bridge", "vmbr0"), "x", "y")))
                    .isInstanceOfSatisfying(
                            PveException.class,
                            e -> assertThat(((PveFault.Invalid) e.fault()).problems())
                                    .containsOnlyKeys("net0"));
            assertThat(server.connections()).isZero();
        }
    }

    @Test
    void a_page_is_asked_for_without_credentials() {
        try (var server = FaultProxy.answering(Answer.raw(
                        "HTTP/1.1 200 OK\r\nContent-Type: application/javascript\r\nContent-Length: 21\r\n\r\n"
                                + "const apiSchema = [];"));
                var transport = to(server)) {
            assertThat(transport.page("/pve-docs/api-viewer/apidoc.js")).isEqualTo("const apiSchema = [];");

            var request = server.seen().getFirst();
            assertThat(request.target()).isEqualTo("/pve-docs/api-viewer/apidoc.js");
            assertThat(request.header("Authorization")).isEmpty();
        }
    }

    @Test
    void warming_up_opens_the_connection_that_the_first_request_uses() throws InterruptedException {
        var asked = new CountDownLatch(1);
        try (var server = FaultProxy.answering((request, out, self) -> {
                    data("1").to(request, out, self);
                    asked.countDown();
                });
                var transport = to(server)) {
            transport.prewarm();
            asked.await();
            transport.send(Verb.GET, "/version", Json.Obj.EMPTY);

            assertThat(server.seen()).allMatch(request -> request.target().equals("/api2/json/version"));
            assertThat(server.connections()).isBetween(1, 2); // The answer may still be on its way.
        }
    }

    @Test
    void a_guest_that_has_moved_since_it_was_found_is_followed() {
        var asked = new AtomicInteger();
        try (var server = FaultProxy.answering((request, out, self) -> {
                    if (request.target().contains("/cluster/resources")) {
                        var node = asked.incrementAndGet() == 1 ? "pve1" : "pve2";
                        data("[{\"type\":\"qemu\",\"vmid\":101,\"name\":\"web\",\"node\":\"%s\"}]".formatted(node))
                                .to(request, out, self);
                    } else if (request.target().contains("/nodes/pve1/")) {
                        Answer.status(
                                        500,
                                        "Configuration file 'nodes/pve1/qemu-server/101.conf' does not exist",
                                        "{\"data\":null}")
                                .to(request, out, self);
                    } else {
                        data("{\"vmid\":101,\"status\":\"running\"}").to(request, out, self);
                    }
                });
                var transport = to(server)) {
            var guest = new Pve(transport).guest(new GuestRef("web"));

            assertThat(guest.status().running()).isTrue();
            assertThat(guest.node()).isEqualTo("pve2");
        }
    }

    @Test
    void a_guest_that_is_gone_is_missing() {
        try (var server = FaultProxy.answering((request, out, self) -> {
                    if (request.target().contains("/cluster/resources")) {
                        data("[{\"type\":\"qemu\",\"vmid\":101,\"name\":\"web\",\"node\":\"pve1\"}]")
                                .to(request, out, self);
                    } else {
                        Answer.status(
                                        500,
                                        "Configuration file 'nodes/pve1/qemu-server/101.conf' does not exist",
                                        "{\"data\":null}")
                                .to(request, out, self);
                    }
                });
                var transport = to(server)) {
            var guest = new Pve(transport).guest(new GuestRef("web"));

            assertThatThrownBy(guest::status)
                    .isInstanceOfSatisfying(
                            PveException.class, e -> assertThat(e.fault()).isInstanceOf(PveFault.Missing.class));
            assertThat(server.seen()).hasSizeLessThan(5);
        }
    }

    @Test
    void more_than_sixteen_requests_wait_for_their_turn() throws Exception {
        var sixteen = new CountDownLatch(16);
        try (var server = FaultProxy.answering((request, out, self) -> {
                    sixteen.countDown();
                    sixteen.await();
                    data("1").to(request, out, self);
                });
                var transport = to(server);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var answers = new ArrayList<Future<?>>();
            for (int i = 0; i < 60; i++) {
                var path = "/nodes/pve" + i + "/status";
                answers.add(threads.submit(() -> transport.send(Verb.GET, path, Json.Obj.EMPTY)));
            }
            for (var answer : answers) {
                answer.get();
            }
            assertThat(server.seen()).hasSize(60);
            assertThat(server.connections()).isEqualTo(16);
        }
    }
}
