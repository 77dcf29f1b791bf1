package pvemcp.pve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static pvemcp.lab.Answer.data;
import static pvemcp.lab.Answer.reasonOnly;
import static pvemcp.lab.Answer.status;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import pvemcp.json.Json;
import pvemcp.lab.Answer;
import pvemcp.lab.FaultProxy;
import pvemcp.lab.Meeting;
import pvemcp.sim.PveSim;
import pvemcp.sim.Scenario;
import pvemcp.sim.scenario.Scenarios;
import pvemcp.sim.time.SimTime;
import pvemcp.sim.world.Token;

/// What happens when the way to PVE fails, phase by phase: who is told what, and above all how often the
/// request was sent.
class HttpFaultsTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofMillis(150);

    /// Time enough for a busy machine to connect and to send a request, and none to waste.
    private static final Duration FAIR = Duration.ofSeconds(2);

    private final HandMoved time = new HandMoved();

    @AutoClose
    private final Wires wires = new Wires();

    private FaultProxy server(Answer... answers) {
        return wires.server(answers);
    }

    private HttpTransport to(FaultProxy... servers) {
        return to(LONG, servers);
    }

    private HttpTransport to(Duration timeout, FaultProxy... servers) {
        var uris = Arrays.stream(servers).map(FaultProxy::uri).toList();
        return wires.to(timeout, time, uris, servers);
    }

    private HttpTransport to(Duration timeout, Connection.Trust trust, List<URI> uris) {
        return wires.to(timeout, time, uris, trust);
    }

    private static PveFault reading(HttpTransport transport) {
        return faultOf(transport, Verb.GET, "/nodes/pve1/status");
    }

    private static PveFault writing(HttpTransport transport) {
        return faultOf(transport, Verb.POST, "/nodes/pve1/qemu/101/status/start");
    }

    private static PveFault faultOf(HttpTransport transport, Verb verb, String path) {
        var thrown = catchThrowableOfType(PveException.class, () -> transport.send(verb, path, Json.Obj.EMPTY));
        assertThat(thrown).as("%s %s should have failed", verb, path).isNotNull();
        return thrown.fault();
    }

    // --- before anything is sent ---

    @Test
    void f01_a_host_without_address_is_unreachable_and_named() {
        var transport = to(LONG, new Connection.Trust.Authorities(), List.of(URI.create("https://pve1.invalid:8006")));

        assertThat(reading(transport)).isInstanceOfSatisfying(PveFault.Unreachable.class, fault -> {
            assertThat(fault.endpoint()).isEqualTo("https://pve1.invalid:8006");
            assertThat(fault.why()).contains("no such host: pve1.invalid").doesNotContain("secret");
        });
    }

    @Test
    void f02_a_refused_connection_goes_to_the_next_endpoint_even_for_a_write() throws IOException {
        var server = server(data("\"ok\""));
        var trust = new Connection.Trust.Fingerprints(List.of(server.fingerprint()));
        var transport = to(LONG, trust, List.of(wires.nobody(), server.uri()));

        transport.send(Verb.POST, "/nodes/pve1/qemu/101/status/start", Json.Obj.EMPTY);

        assertThat(server.seen()).hasSize(1);
        assertThat(time.pauses()).isEmpty();
    }

    @Test
    void f02_an_endpoint_that_failed_five_times_is_left_alone_for_15_seconds() throws IOException {
        var gone = wires.nobody();
        var transport = to(LONG, new Connection.Trust.Authorities(), List.of(gone));
        for (int i = 0; i < 5; i++) {
            assertThat(writing(transport)).isInstanceOf(PveFault.Unreachable.class);
        }

        assertThat(((PveFault.Unreachable) writing(transport)).why()).contains("left alone");
        time.pass(Duration.ofSeconds(16));
        assertThat(((PveFault.Unreachable) writing(transport)).why()).contains("refused");
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"WELL", "SLOW"})
    void f05_a_handshake_that_goes_wrong_leaves_a_write_unsent(Meeting meeting) {
        var server = server(data("1")).meets(meeting);

        assertThat(writing(to(SHORT, server))).isInstanceOf(PveFault.Unreachable.class);
        assertThat(server.seen()).isEmpty();
    }

    @Test
    void f06_an_expired_certificate_is_told_with_its_date_and_nothing_is_sent() {
        var server = FaultProxy.as("expired", data("1"));
        wires.closing(server);
        var transport = to(LONG, new Connection.Trust.CaFile(authority()), List.of(server.uri()));

        assertThat(reading(transport))
                .isInstanceOfSatisfying(
                        PveFault.Untrusted.class,
                        fault -> assertThat(fault.why()).contains("expired at 20"));
        assertThat(server.seen()).isEmpty();
    }

    @Test
    void f07_an_unknown_certificate_is_told_with_its_fingerprint_and_nothing_is_sent() {
        var server = server(data("1"));
        var transport = to(LONG, new Connection.Trust.Authorities(), List.of(server.uri()));

        assertThat(reading(transport)).isInstanceOfSatisfying(PveFault.Untrusted.class, fault -> {
            assertThat(fault.fingerprint()).isEqualTo(server.fingerprint()).matches("([0-9A-F]{2}:){31}[0-9A-F]{2}");
            assertThat(fault.endpoint()).isEqualTo(server.uri().toString());
        });
        assertThat(server.seen()).isEmpty();
    }

    @Test
    void f08_a_certificate_for_another_host_is_told_with_its_names() {
        var server = FaultProxy.as("elsewhere", data("1"));
        wires.closing(server);
        var transport = to(LONG, new Connection.Trust.CaFile(authority()), List.of(server.uri()));

        assertThat(reading(transport))
                .isInstanceOfSatisfying(
                        PveFault.Untrusted.class,
                        fault -> assertThat(fault.why()).contains("pve2.example"));
        assertThat(server.seen()).isEmpty();
    }

    @Test
    void f09_a_certificate_that_is_not_the_pinned_one_is_refused_without_trying_the_next_endpoint() {
        var changed = server(data("1"));
        var good = FaultProxy.as("elsewhere", data("1"));
        wires.closing(good);
        var trust = new Connection.Trust.Fingerprints(List.of(good.fingerprint()));

        assertThat(reading(to(LONG, trust, List.of(changed.uri(), good.uri())))).isInstanceOf(PveFault.Untrusted.class);
        assertThat(changed.seen()).isEmpty();
        assertThat(good.seen()).isEmpty();
    }

    @Test
    void a_pinned_certificate_may_be_for_another_host_and_expired_and_be_written_in_lower_case() {
        var server = FaultProxy.as("expired", data("1"));
        wires.closing(server);
        var pin = server.fingerprint().toLowerCase(Locale.ROOT).replace(":", "");

        var transport = to(LONG, new Connection.Trust.Fingerprints(List.of(pin)), List.of(server.uri()));

        assertThat(transport.data(Verb.GET, "/version", Json.Obj.EMPTY)).isEqualTo(Json.num(1));
    }

    @Test
    void a_certificate_signed_by_the_given_authority_is_believed() {
        var server = server(data("1"));

        var transport = to(LONG, new Connection.Trust.CaFile(authority()), List.of(server.uri()));

        assertThat(transport.data(Verb.GET, "/version", Json.Obj.EMPTY)).isEqualTo(Json.num(1));
    }

    /// Has signed all certificates of the fixture.
    private static Path authority() {
        return Path.of("src/test/resources/pvemcp/pve/authority.pem");
    }

    @Test
    void plain_http_is_no_endpoint() {
        assertThatThrownBy(() ->
                        to(LONG, new Connection.Trust.Authorities(), List.of(URI.create("http://127.0.0.1:8006"))))
                .hasMessageContaining("https://host:8006");
    }

    // --- after it was sent ---

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 307, 308})
    void f10_a_redirect_is_not_followed(int status) {
        var elsewhere = server(data("1"));
        var server = server((_, out, _) ->
                Answer.head(out, status, "Moved", "Location: " + elsewhere.uri() + "/x", "Content-Length: 0"));

        assertThat(reading(to(server))).isInstanceOf(PveFault.NotPve.class);
        assertThat(elsewhere.connections()).isZero();
    }

    @Test
    void f11_a_read_whose_connection_dies_is_sent_again_three_times_at_most() {
        var server = server(Answer.nothing());

        assertThat(reading(to(server))).isInstanceOf(PveFault.Unreachable.class);

        assertThat(server.seen()).hasSize(3);
        assertThat(time.pauses()).hasSize(2).allMatch(pause -> pause.compareTo(Duration.ofSeconds(2)) <= 0);
    }

    @Test
    void f11_a_read_that_succeeds_the_second_time_has_succeeded() {
        var server = server(Answer.nothing(), data("\"there\""));

        assertThat(to(server).data(Verb.GET, "/version", Json.Obj.EMPTY)).isEqualTo(Json.str("there"));
    }

    @Test
    void f12_a_write_whose_connection_dies_is_never_sent_again() {
        var server = server(Answer.nothing());
        var other = server(data("1"));

        assertThat(writing(to(server, other))).isInstanceOfSatisfying(PveFault.Ambiguous.class, fault -> {
            assertThat(fault.verb()).isEqualTo(Verb.POST);
            assertThat(fault.path()).isEqualTo("/nodes/pve1/qemu/101/status/start");
        });
        assertThat(server.seen()).hasSize(1);
        assertThat(other.seen()).isEmpty();
    }

    @Test
    void f13_reads_share_a_connection_and_each_write_has_its_own() {
        var server = server(data("1"));
        var transport = to(server);

        transport.send(Verb.GET, "/version", Json.Obj.EMPTY);
        transport.send(Verb.GET, "/nodes", Json.Obj.EMPTY);
        transport.send(Verb.PUT, "/a", Json.Obj.EMPTY);
        transport.send(Verb.DELETE, "/b", Json.Obj.EMPTY);

        assertThat(server.seen()).extracting(FaultProxy.Seen::connection).containsExactly(1, 1, 2, 3);
    }

    @Test
    void f15_a_body_shorter_than_its_length_is_no_answer() {
        var cut = Answer.raw(
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n{\"data\":1}");
        var reads = server(cut);
        var writes = server(cut);

        assertThat(reading(to(reads))).isInstanceOf(PveFault.Unreachable.class);
        assertThat(reads.seen()).hasSize(3);
        assertThat(writing(to(writes))).isInstanceOf(PveFault.Ambiguous.class);
        assertThat(writes.seen()).hasSize(1);
    }

    @Test
    void f16_json_cut_short_without_a_length_is_no_answer() {
        var cut = Answer.raw("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"data\":[{\"vmid\":");
        var reads = server(cut);
        var writes = server(cut);

        assertThat(reading(to(reads))).isInstanceOf(PveFault.Unreachable.class);
        assertThat(reads.seen()).hasSize(3);
        assertThat(writing(to(writes))).isInstanceOf(PveFault.Ambiguous.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Type: text/html\r\nContent-Length: 13\r\n\r\n<html></html>",
                "Content-Length: 0\r\n\r\n",
                "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
                "Content-Type: application/json\r\nContent-Length: 12\r\n\r\n{\"data\":1} x",
                "Content-Type: application/json\r\nContent-Length: 21\r\n\r\n{\"data\":1,\"data\":2   }"
            })
    void f17_what_is_no_answer_of_pve_is_said_so_and_a_write_is_left_in_doubt(String answer) {
        var odd = Answer.raw("HTTP/1.1 200 OK\r\n" + answer);

        assertThat(reading(to(server(odd)))).isInstanceOf(PveFault.NotPve.class);
        assertThat(writing(to(server(odd)))).isInstanceOf(PveFault.Ambiguous.class);
    }

    @Test
    void a_compressed_answer_is_read() {
        var body = "{\"data\":\"" + "é€".repeat(5_000) + "\"}";
        var server = server(Answer.gzip(body.getBytes(StandardCharsets.UTF_8)));

        assertThat(to(server).data(Verb.GET, "/nodes", Json.Obj.EMPTY)).isEqualTo(Json.str("é€".repeat(5_000)));
        assertThat(server.seen().getFirst().header("Accept-Encoding")).isEqualTo("gzip");
    }

    @Test
    void f18_a_gzip_bomb_is_dropped_before_it_has_grown() {
        var bomb = new byte[96 << 20];
        Arrays.fill(bomb, (byte) ' ');
        var server = server(Answer.gzip(bomb));

        assertThat(reading(to(server)))
                .isInstanceOfSatisfying(
                        PveFault.NotPve.class,
                        fault -> assertThat(fault.why()).contains("compressed more than 200 times"));
        assertThat(server.seen()).hasSize(1);
    }

    @Test
    void f18_damaged_gzip_is_as_good_as_a_cut_answer() {
        var damaged = Answer.raw("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                + "Content-Encoding: gzip\r\nConnection: close\r\nContent-Length: 9\r\n\r\nnot gzip!");
        var server = server(damaged);

        assertThat(reading(to(server))).isInstanceOf(PveFault.Unreachable.class);
        assertThat(server.seen()).hasSize(3);
    }

    @Test
    void f19_a_dripping_answer_ends_with_the_time_that_was_given() {
        var server = server(Answer.drip());

        assertThat(reading(to(FAIR, server))).isInstanceOf(PveFault.Unreachable.class);

        assertThat(server.seen()).hasSize(1);
    }

    @Test
    void f19_a_write_that_gets_no_answer_in_time_is_left_in_doubt() {
        var server = server(Answer.silence());

        assertThat(writing(to(FAIR, server))).isInstanceOf(PveFault.Ambiguous.class);
        assertThat(server.seen()).hasSize(1);
    }

    @Test
    void f20_an_answer_larger_than_64_mib_is_given_up() {
        var large = new byte[66 << 20];
        var noise = new Random(20);
        for (int at = 0; at < large.length; at += 1 << 20) {
            var block = new byte[12 << 10]; // Keeps it from looking like a bomb.
            noise.nextBytes(block);
            System.arraycopy(block, 0, large, at, block.length);
        }
        var server = server(Answer.gzip(large));

        assertThat(reading(to(server)))
                .isInstanceOfSatisfying(
                        PveFault.NotPve.class, fault -> assertThat(fault.why()).contains("larger than 64 MiB"));
        assertThat(server.seen()).hasSize(1);
    }

    @Test
    void f21_a_flood_of_headers_is_no_answer() {
        assertThat(writing(to(server(Answer.headerFlood())))).isInstanceOf(PveFault.Ambiguous.class);
    }

    // --- refusals ---

    @Test
    void f22_problems_with_parameters_are_told_one_by_one() {
        var server = server(
                status(
                        400,
                        "Parameter verification failed.",
                        "{\"data\":null,\"message\":\"Parameter verification failed.\\n\","
                                + "\"errors\":{\"bogus\":\"property is not defined in schema\\n\",\"vms[0]\":\"not integer\"}}"));

        var fault = (PveFault.Invalid) writing(to(server));

        assertThat(fault.message()).isEqualTo("Parameter verification failed.");
        assertThat(fault.problems())
                .containsEntry("bogus", "property is not defined in schema")
                .containsEntry("vms[0]", "not integer");
    }

    @Test
    void f23_a_refused_token_is_not_tried_again() {
        var server = server(reasonOnly(401, "Authentication failed!"));

        assertThat(reading(to(server)))
                .isEqualTo(new PveFault.Unauthorized(server.uri().toString(), "Authentication failed!"));
        assertThat(server.seen()).hasSize(1);
    }

    @Test
    void f23_a_refused_token_is_shown_again_after_30_seconds() {
        var server = server(reasonOnly(401, "Authentication failed!"), data("1"));
        var transport = to(server);
        reading(transport);

        assertThat(((PveFault.Unauthorized) writing(transport)).why())
                .contains("Authentication failed!", "not asked again");
        assertThat(server.seen()).hasSize(1);
        time.pass(Duration.ofSeconds(30));
        assertThat(transport.data(Verb.GET, "/version", Json.Obj.EMPTY)).isEqualTo(Json.num(1));
    }

    @Test
    void f27_a_missing_privilege_is_told_with_its_path() {
        var server = server(status(
                403,
                "Permission check failed (/vms/101, VM.PowerMgmt)",
                "{\"data\":null,\"message\":\"Permission check failed (/vms/101, VM.PowerMgmt)\\n\"}"));

        assertThat(writing(to(server)))
                .isEqualTo(new PveFault.Forbidden(
                        "/vms/101", "VM.PowerMgmt", "Permission check failed (/vms/101, VM.PowerMgmt)"));
    }

    @Test
    void f31_before_pve_8_4_the_reason_phrase_alone_says_why() {
        var server = server(status(500, "VM is locked (backup)", "{\"data\":null}"));

        assertThat(writing(to(server))).isEqualTo(new PveFault.Locked("VM 101", "backup", "VM is locked (backup)"));
        assertThat(server.seen()).hasSize(1);
    }

    @Test
    void f32_a_body_larger_than_pve_takes_is_not_sent() {
        var server = server(data("1"));
        var transport = to(server);

        assertThatThrownBy(() ->
                        transport.send(Verb.POST, "/nodes/pve1/qemu", Json.obj("description", "x".repeat(600_000))))
                .isInstanceOfSatisfying(
                        PveException.class, e -> assertThat(e.fault()).isInstanceOf(PveFault.Invalid.class));
        assertThat(server.connections()).isZero();
    }

    @Test
    void f33_a_gateway_in_front_leaves_a_write_in_doubt_and_a_read_is_repeated() {
        var html = Answer.raw("HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nxx");
        var reads = server(html, data("1"));

        assertThat(writing(to(server(html)))).isInstanceOf(PveFault.Ambiguous.class);
        assertThat(to(reads).data(Verb.GET, "/version", Json.Obj.EMPTY)).isEqualTo(Json.num(1));
    }

    @Test
    void f33_a_gateway_that_names_a_time_is_asked_again_after_it() {
        var busy = Answer.raw("HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n");
        var server = server(busy, data("1"));

        assertThat(to(server).data(Verb.GET, "/version", Json.Obj.EMPTY)).isEqualTo(Json.num(1));
        assertThat(time.pauses()).containsExactly(Duration.ofSeconds(7));
    }

    @Test
    void f34_a_node_that_this_endpoint_cannot_reach_is_tried_through_another_also_for_a_write() {
        var server = server(reasonOnly(595, "No route to host"));
        var other = server(data("\"done\""));

        assertThat(to(server, other).data(Verb.POST, "/nodes/pve2/qemu/101/status/start", Json.Obj.EMPTY))
                .isEqualTo(Json.str("done"));
        assertThat(server.seen()).hasSize(1);
        assertThat(other.seen()).hasSize(1);
    }

    @Test
    void f34_a_node_that_nobody_reaches_is_unreachable_and_named() {
        var server = server(reasonOnly(595, "No route to host"));

        assertThat(writing(to(server)))
                .isEqualTo(
                        new PveFault.Unreachable("node pve1 (through %s)".formatted(server.uri()), "No route to host"));
        assertThat(server.seen()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {596, 597, 599})
    void f35_to_f37_a_write_lost_between_two_nodes_is_in_doubt_and_a_read_is_not(int status) {
        var writes = server(reasonOnly(status, "Connection timed out"));
        var reads = server(reasonOnly(status, "Connection timed out"));

        assertThat(writing(to(writes)))
                .isEqualTo(new PveFault.Ambiguous(
                        Verb.POST, "/nodes/pve1/qemu/101/status/start", status + " Connection timed out"));
        assertThat(writes.seen()).hasSize(1);
        assertThat(reading(to(reads))).isInstanceOf(PveFault.Unreachable.class);
        assertThat(reads.seen()).hasSize(3);
    }

    @Test
    void f57_when_all_endpoints_are_down_each_says_why() throws IOException {
        var first = wires.nobody();
        var second = URI.create("https://pve2.invalid:8006");

        var fault =
                (PveFault.Unreachable) writing(to(LONG, new Connection.Trust.Authorities(), List.of(first, second)));

        assertThat(fault.why()).contains(first + ": ").contains("refused").contains("no such host: pve2.invalid");
    }

    @Test
    void f58_an_endpoint_of_another_cluster_is_refused_before_anything_is_asked_of_it() {
        try (var home = sim(Scenarios.homelab());
                var work = sim(Scenarios.fleet(2, 3, 1));
                var one = FaultProxy.before(home);
                var other = FaultProxy.before(work)) {
            lettingIn(home, work);
            var transport = transport(home, one, other);
            transport.send(Verb.GET, "/version", Json.Obj.EMPTY);
            one.meets(Meeting.CLOSED);

            assertThat(writing(transport)).isInstanceOfSatisfying(PveFault.OtherCluster.class, fault -> {
                assertThat(fault.endpoint()).isEqualTo(other.uri().toString());
                assertThat(fault.why()).contains(one.uri().toString(), "authority");
            });
            assertThat(other.seen()).noneMatch(FaultProxy.Seen::isWrite);
        }
    }

    @Test
    void f58_a_host_of_another_cluster_that_tells_no_authority_is_known_by_its_nodes() {
        try (var home = sim(Scenarios.homelab());
                var work = sim(Scenarios.fleet(2, 3, 1));
                var one = FaultProxy.before(home);
                var other = FaultProxy.before(work)) {
            for (var proxy : List.of(one, other)) {
                proxy.answers(request -> request.target().endsWith("/certificates/info")
                        ? status(403, "Permission check failed", "{\"data\":null}")
                        : Answer.passed());
            }
            lettingIn(home, work);
            var transport = transport(home, one, other);
            transport.send(Verb.GET, "/version", Json.Obj.EMPTY);
            one.meets(Meeting.CLOSED);

            assertThat(writing(transport))
                    .isInstanceOfSatisfying(
                            PveFault.OtherCluster.class,
                            fault -> assertThat(fault.why()).contains("has the nodes "));
        }
    }

    @Test
    void f58_two_ways_to_one_cluster_are_both_taken() {
        try (var home = sim(Scenarios.homelab());
                var one = FaultProxy.before(home);
                var other = FaultProxy.before(home)) {
            var transport = transport(home, one, other);
            transport.send(Verb.GET, "/version", Json.Obj.EMPTY);
            one.meets(Meeting.CLOSED);

            transport.send(Verb.POST, "/nodes/pve1/qemu/101/status/start", Json.Obj.EMPTY);

            assertThat(other.seen()).anyMatch(FaultProxy.Seen::isWrite);
        }
    }

    private static PveSim sim(Scenario scenario) {
        return PveSim.start(scenario, SimTime.byHand(Instant.parse("2026-11-21T12:00:00Z")));
    }

    /// Has one cluster take the token of another: most would refuse it, which is the milder end.
    private static void lettingIn(PveSim whose, PveSim where) {
        var name = whose.token().id().replaceFirst(".*!", "");
        where.change(cluster -> cluster.access
                .users
                .get(where.token().id().replaceFirst("!.*", ""))
                .tokens
                .put(name, new Token(name, whose.token().secret(), "", 0, false)));
    }

    private static HttpTransport transport(PveSim credentials, FaultProxy one, FaultProxy other) {
        var token = credentials.token();
        return new HttpTransport(
                new Connection(
                        "lab",
                        List.of(one.uri(), other.uri()),
                        new Connection.Credential.Token(token.id(), new Secret(token.secret())),
                        new Connection.Trust.Fingerprints(List.of(one.fingerprint())),
                        LONG),
                Clock.systemUTC());
    }

    @Test
    void the_endpoint_that_answered_last_is_asked_first() {
        var first = server(Answer.nothing());
        var second = server(data("1"));
        var transport = to(first, second);

        transport.send(Verb.GET, "/version", Json.Obj.EMPTY);
        int asked = first.seen().size();
        transport.send(Verb.GET, "/nodes", Json.Obj.EMPTY);

        assertThat(first.seen()).hasSize(asked);
    }

    @Test
    void a_get_with_effects_is_repeated_once() {
        var server = server(Answer.nothing());

        faultOf(to(server), Verb.GET, "/nodes/pve1/scan/nfs");

        assertThat(server.seen()).hasSize(2);
    }

    // --- giving up ---

    @Test
    void interrupting_a_reader_ends_the_exchange() throws Exception {
        var asked = new CountDownLatch(1);
        var ended = new CountDownLatch(1);
        var server = server((_, out, _) -> {
            asked.countDown();
            try {
                while (true) {
                    out.write(' ');
                    out.flush();
                    Thread.onSpinWait();
                }
            } catch (IOException _) {
                ended.countDown();
            }
        });
        var transport = to(server);
        var outcome = new CompletableFuture<Throwable>();
        var reader = Thread.ofVirtual().start(() -> {
            try {
                transport.send(Verb.GET, "/version", Json.Obj.EMPTY);
            } catch (RuntimeException e) {
                outcome.complete(e);
            }
        });
        asked.await();

        reader.interrupt();

        assertThat(outcome.get()).isInstanceOf(CancellationException.class);
        ended.await(); // The server notices that nobody listens any more.
    }

    @Test
    void interrupting_a_writer_leaves_it_in_doubt_what_was_done() throws Exception {
        var asked = new CountDownLatch(1);
        var server = server((_, _, server1) -> {
            asked.countDown();
            Answer.silence().to(null, null, server1);
        });
        var transport = to(server);
        var outcome = new CompletableFuture<Throwable>();
        var writer = Thread.ofPlatform().start(() -> {
            try {
                transport.send(Verb.POST, "/a", Json.Obj.EMPTY);
            } catch (RuntimeException e) {
                outcome.complete(e);
            }
        });
        asked.await();

        writer.interrupt();

        assertThat(outcome.get())
                .isInstanceOfSatisfying(
                        PveException.class, e -> assertThat(e.fault()).isInstanceOf(PveFault.Ambiguous.class));
    }

    @Test
    void no_fault_repeats_a_secret() {
        var server = server(
                status(500, "no", "{\"data\":null,\"message\":\"value 'hunter22-hunter' of 12345678-secret is bad\"}"));

        assertThatThrownBy(() -> to(server).send(Verb.PUT, "/access/password", Json.obj("password", "hunter22-hunter")))
                .hasMessageContaining("value '•••' of ••• is bad");
    }
}
