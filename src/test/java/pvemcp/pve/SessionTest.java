package pvemcp.pve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static pvemcp.lab.Answer.data;
import static pvemcp.lab.Answer.reasonOnly;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import pvemcp.json.Json;
import pvemcp.lab.Answer;
import pvemcp.lab.FaultProxy;
import pvemcp.lab.FaultProxy.Seen;

/// Tickets on the wire: when they are fetched, what they are sent with, and what follows a refusal.
class SessionTest {
    private static final Connection.Credential PASSWORD =
            new Connection.Credential.Password("ops@pve", new Secret("hunter22+hunter"), Optional.empty());

    private final HandMoved time = new HandMoved();
    private final List<AutoCloseable> open = new ArrayList<>();
    private int tickets;

    @AfterEach
    void close() throws Exception {
        for (var resource : open.reversed()) {
            resource.close();
        }
    }

    /// Hands out tickets, and answers everything else in the order given.
    private FaultProxy server(Answer... answers) {
        var rest = new ArrayList<>(List.of(answers));
        var server = FaultProxy.answering((request, out, self) -> {
            if (request.target().equals("/api2/json/access/ticket")) {
                tickets++;
                data("{\"username\":\"ops@pve\",\"ticket\":\"PVE:ops@pve:%d::SIG+NATURE=\",\"CSRFPreventionToken\":\"%d:CSRF\"}"
                                .formatted(tickets, tickets))
                        .to(request, out, self);
                return;
            }
            (rest.size() > 1 ? rest.removeFirst() : rest.getFirst()).to(request, out, self);
        });
        open.add(server);
        return server;
    }

    private HttpTransport to(FaultProxy server, Connection.Credential credential) {
        var trust = new Connection.Trust.Fingerprints(List.of(server.fingerprint()));
        var transport = new HttpTransport(
                new Connection("lab", List.of(server.uri()), credential, trust, Duration.ofSeconds(60)),
                Clock.systemUTC(),
                time);
        open.add(transport);
        return transport;
    }

    @Test
    void a_ticket_is_fetched_before_the_first_request_and_kept() {
        var server = server(data("1"));
        var transport = to(server, PASSWORD);

        transport.send(Verb.GET, "/version", Json.Obj.EMPTY);
        transport.send(Verb.PUT, "/cluster/options", Json.obj("keyboard", "de"));

        assertThat(server.seen())
                .extracting(Seen::method, Seen::target)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("POST", "/api2/json/access/ticket"),
                        org.assertj.core.groups.Tuple.tuple("GET", "/api2/json/version"),
                        org.assertj.core.groups.Tuple.tuple("PUT", "/api2/json/cluster/options"));
        var login = server.seen().get(0);
        assertThat(login.body()).isEqualTo("username=ops%40pve&password=hunter22%2Bhunter");
        assertThat(login.header("Cookie")).isEmpty();
        var read = server.seen().get(1);
        assertThat(read.header("Cookie")).isEqualTo("PVEAuthCookie=PVE%3Aops%40pve%3A1%3A%3ASIG%2BNATURE%3D");
        assertThat(read.header("CSRFPreventionToken")).isEmpty();
        assertThat(server.seen().get(2).header("CSRFPreventionToken")).isEqualTo("1:CSRF");
    }

    @Test
    void after_an_hour_the_ticket_is_renewed_with_itself() {
        var server = server(data("1"));
        var transport = to(server, PASSWORD);
        transport.send(Verb.GET, "/version", Json.Obj.EMPTY);

        time.pass(Duration.ofMinutes(61));
        transport.send(Verb.GET, "/version", Json.Obj.EMPTY);

        var renewal = server.seen().get(2);
        assertThat(renewal.body()).isEqualTo("username=ops%40pve&password=PVE%3Aops%40pve%3A1%3A%3ASIG%2BNATURE%3D");
        assertThat(server.seen().get(3).header("Cookie")).contains("%3A2%3A");
    }

    @Test
    void f24_a_refused_ticket_is_replaced_once() {
        var server = server(reasonOnly(401, "Authentication failed!"), data("\"in\""));

        assertThat(to(server, PASSWORD).data(Verb.GET, "/version", Json.Obj.EMPTY))
                .isEqualTo(Json.str("in"));
        assertThat(tickets).isEqualTo(2);
    }

    @Test
    void f25_a_write_refused_for_its_csrf_token_is_repeated_with_a_new_one() {
        var server = server(reasonOnly(401, "Permission denied - invalid csrf token"), data("\"done\""));

        assertThat(to(server, PASSWORD).data(Verb.POST, "/pools", Json.Obj.EMPTY))
                .isEqualTo(Json.str("done"));
        assertThat(server.seen().getLast().header("CSRFPreventionToken")).isEqualTo("2:CSRF");
    }

    @Test
    void a_ticket_that_is_refused_again_is_not_replaced_for_ever() {
        var server = server(reasonOnly(401, "permission denied - invalid ticket"));
        var transport = to(server, PASSWORD);

        var thrown =
                catchThrowableOfType(PveException.class, () -> transport.send(Verb.GET, "/version", Json.Obj.EMPTY));

        assertThat(thrown.fault())
                .isEqualTo(new PveFault.Unauthorized(server.uri().toString(), "permission denied - invalid ticket"));
        assertThat(tickets).isEqualTo(2);
    }

    @Test
    void many_who_come_at_once_log_in_once() throws Exception {
        var server = server(data("1"));
        var transport = to(server, PASSWORD);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var answers = new ArrayList<Future<?>>();
            for (int i = 0; i < 20; i++) {
                var path = "/nodes/pve" + i + "/status";
                answers.add(threads.submit(() -> transport.send(Verb.GET, path, Json.Obj.EMPTY)));
            }
            for (var answer : answers) {
                answer.get();
            }
        }
        assertThat(tickets).isEqualTo(1);
    }

    @Test
    void a_ticket_from_elsewhere_without_csrf_token_can_only_read() {
        var server = server(data("1"));
        var transport = to(server, new Connection.Credential.Ticket(new Secret("PVE:ops@pve:1::X"), Optional.empty()));

        transport.send(Verb.GET, "/version", Json.Obj.EMPTY);
        var thrown =
                catchThrowableOfType(PveException.class, () -> transport.send(Verb.POST, "/pools", Json.Obj.EMPTY));

        assertThat(((PveFault.Unauthorized) thrown.fault()).why()).contains("can only read");
        assertThat(server.seen()).hasSize(1);
        assertThat(tickets).isZero();
    }
}
