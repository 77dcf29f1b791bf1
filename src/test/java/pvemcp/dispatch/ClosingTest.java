package pvemcp.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import pvemcp.audit.AuditLog;
import pvemcp.audit.Ledger;
import pvemcp.audit.Writer;
import pvemcp.json.Json;
import pvemcp.lab.Lab;
import pvemcp.lab.LabAssert;
import pvemcp.lab.Scenes;

/// Processes died in the middle of calls. What became of those is found out afterwards, and written down.
class ClosingTest {
    private static final String DEAD = "999999999 1";

    private final Lab lab = Lab.of(Scenes.small());

    @AfterEach
    void close() {
        lab.close();
    }

    private Path log() {
        return lab.state().resolve("audit.jsonl");
    }

    /// A call is written down as begun, does this, and is never heard of again.
    private void dies(String process, Json.Obj... traces) throws IOException {
        diesAs(lab.sim().token().id(), process, traces);
    }

    /// The same for one that was made with these credentials.
    private void diesAs(String as, String process, Json.Obj... traces) throws IOException {
        var noon = Clock.fixed(Instant.parse("2026-11-21T12:00:00Z"), ZoneOffset.UTC);
        try (var log = new AuditLog(log(), noon)) {
            var call = Json.obj("tool", "pve_guest_power", "principal", "test", "cluster", "default", "as", as);
            long begin = log.record(Json.obj("event", "begin", "process", process, "guests", List.of("pve1/101"))
                    .with("call", call));
            for (var trace : traces) {
                log.note(trace.with("begin", Json.num(begin)));
            }
        }
    }

    /// What PVE goes on with, as its answer would have named it.
    private String stopped() {
        lab.auditingTo(lab.state().resolve("elsewhere.jsonl"));
        LabAssert.assertThat(lab.call("pve_guest_power", "guest", "web", "action", "stop"))
                .isDone();
        var task = lab.audit().getLast().array("tasks").orElseThrow().items().getFirst();
        lab.auditingTo(log());
        return task.scalarText().orElseThrow();
    }

    private List<Dispatcher.Closed> closed() throws IOException {
        return lab.dispatcher().closeUnended(lab.caller());
    }

    private List<Long> open() throws IOException {
        return new Ledger(log()).verify(Optional.empty()).open();
    }

    @Test
    void a_task_that_was_written_down_tells_how_the_call_ended() throws IOException {
        dies(DEAD, Json.obj("event", "task", "task", stopped()));
        assertThat(open()).containsExactly(1L);
        assertThat(closed()).singleElement().satisfies(end -> {
            assertThat(end.found()).isEqualTo("found done");
            assertThat(end.tool()).isEqualTo("pve_guest_power");
        });
        assertThat(open()).isEmpty();
        assertThat(closed()).isEmpty();
    }

    @Test
    void a_task_that_nobody_had_written_down_is_found_on_its_guest() throws IOException {
        var task = stopped();
        dies(DEAD);
        assertThat(closed()).singleElement().satisfies(end -> {
            assertThat(end.found()).isEqualTo("found done");
            assertThat(end.evidence()).contains(task);
        });
    }

    @Test
    void what_was_done_with_other_credentials_is_left_open_where_no_task_of_it_is_known() throws IOException {
        stopped();
        diesAs("anna@pve!mcp", DEAD);

        assertThat(closed()).isEmpty();
        assertThat(open()).containsExactly(1L);
    }

    @Test
    void a_task_that_failed_is_a_call_that_failed() throws IOException {
        lab.sim().faults().fail("qmstop").with("got timeout");
        lab.auditingTo(lab.state().resolve("elsewhere.jsonl"));
        LabAssert.assertThat(lab.call("pve_guest_power", "guest", "web", "action", "stop"))
                .failsWith("task_failed");
        lab.auditingTo(log());
        dies(DEAD);
        assertThat(closed()).singleElement().satisfies(end -> {
            assertThat(end.found()).isEqualTo("found failed");
            assertThat(end.evidence()).contains("got timeout");
        });
    }

    @Test
    void what_was_about_to_be_replaced_and_stands_was_not_done() throws IOException {
        var power = Json.obj("power", "running");
        var prior = Json.obj("event", "prior", "kind", "power", "path", "/nodes/pve1/qemu/101", "was", power);
        dies(DEAD, prior);
        assertThat(closed())
                .singleElement()
                .satisfies(end -> assertThat(end.found()).isEqualTo("found not done"));
    }

    @Test
    void what_left_no_trace_stays_unknown_and_is_closed_as_that() throws IOException {
        dies(DEAD);
        assertThat(closed())
                .singleElement()
                .satisfies(end -> assertThat(end.found()).isEqualTo("unknown"));
        assertThat(open()).isEmpty();
    }

    @Test
    void a_call_that_is_under_way_is_left_alone() throws IOException {
        dies(Writer.current().toString());
        assertThat(closed()).isEmpty();
        assertThat(open()).containsExactly(1L);
    }

    @Test
    void a_task_that_goes_on_leaves_its_call_open() throws IOException {
        lab.auditingTo(lab.state().resolve("elsewhere.jsonl"));
        lab.with(cluster -> cluster.guest(101).hasSystem = false);
        lab.call("pve_guest_power", "guest", "web", "action", "shutdown", "timeout", "5s");
        var task = lab.audit().getLast().array("tasks").orElseThrow().items().getFirst();
        lab.auditingTo(log());
        dies(DEAD, Json.obj("event", "task", "task", task.scalarText().orElseThrow()));
        assertThat(closed()).isEmpty();
        lab.advance(Duration.ofMinutes(15));
        assertThat(closed())
                .singleElement()
                .satisfies(end -> assertThat(end.found()).isEqualTo("found failed"));
    }

    @Test
    void the_first_call_of_a_server_sees_to_it_by_the_way() throws Exception {
        dies(DEAD);
        lab.call("pve_node_list");
        for (int look = 0; look < 12_000 && !open().isEmpty(); look++) {
            Thread.sleep(5);
        }
        assertThat(open()).isEmpty();
    }

    @Test
    void a_cluster_that_does_not_answer_is_asked_another_time() throws IOException {
        dies(DEAD);
        lab.sim().faults().drop("pve1");
        assertThat(closed()).isEmpty();
        lab.sim().faults().restore("pve1");
        assertThat(closed()).hasSize(1);
    }
}
