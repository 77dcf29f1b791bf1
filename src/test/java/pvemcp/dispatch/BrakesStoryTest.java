package pvemcp.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import pvemcp.json.Json;
import pvemcp.lab.Lab;
import pvemcp.lab.LabAssert;
import pvemcp.lab.Scenes;
import pvemcp.tool.ToolResult;

/// What stops a caller whose calls are each allowed, and all together are not what the owner wanted.
class BrakesStoryTest {
    private static final String OPEN = """
            [policy]
            operate = "allow"
            change = "allow"
            destroy = "allow"
            execute = "allow"
            """;

    private static LabAssert that(ToolResult result) {
        return LabAssert.assertThat(result);
    }

    private static ToolResult notes(Lab lab, String guest, String text) {
        return lab.call("pve_guest_notes", "guest", guest, "text", text);
    }

    private static ToolResult power(Lab lab, String guest, String action) {
        return lab.call("pve_guest_power", "guest", guest, "action", action);
    }

    // ---- budgets ----

    @Test
    void what_does_more_than_read_has_a_budget_an_hour() {
        try (var lab = Lab.of(Scenes.small()).owner(OPEN + "limit.change = 2\n")) {
            that(notes(lab, "web", "one")).isDone();
            that(notes(lab, "web", "two")).isDone();
            that(notes(lab, "web", "three")).isRefusedBy("policy.limit.change").hinting("policy.limit.change");
            that(lab.call("pve_guest_list")).isDone();
            that(lab.call("pve_guest_notes", "guest", "web", "text", "x", "dry_run", true))
                    .isDone();
            lab.as("somebody else");
            that(notes(lab, "web", "four")).isDone();
            lab.as("test").advance(Duration.ofMinutes(61));
            that(notes(lab, "web", "five")).isDone();
        }
    }

    @Test
    void destroying_has_a_smaller_one() {
        try (var lab = Lab.of(Scenes.small()).owner(OPEN + "limit.destroy = 1\n")) {
            lab.with(cluster -> Scenes.container(cluster, 103, "pve1", "old"));
            that(lab.call("pve_guest_delete", "guest", "dns")).isDone();
            that(lab.call("pve_guest_delete", "guest", "old"))
                    .isRefusedBy("policy.limit.destroy")
                    .saying("1 call that destroys within an hour");
            that(notes(lab, "old", "still here")).isDone();
        }
    }

    @Test
    void so_has_the_number_of_guests() {
        try (var lab = Lab.of(Scenes.small()).owner(OPEN + "limit.guests = 2\n")) {
            that(notes(lab, "web", "one")).isDone();
            that(notes(lab, "dns", "two")).isDone();
            that(notes(lab, "web", "three")).isDone();
            that(notes(lab, "db", "four")).isRefusedBy("policy.limit.guests").saying("3 different guests");
            that(lab.as("other").call("pve_api_write", "method", "post", "path", "/nodes/pve1/stopall"))
                    .isRefusedBy("policy.limit.guests");
        }
    }

    @Test
    void held_and_refused_calls_cost_nothing() {
        try (var lab = Lab.of(Scenes.small()).owner("policy.limit.change = 1\n")) {
            that(notes(lab, "web", "one")).isHeld();
            that(lab.call("pve_guest_delete", "guest", "web")).isRefusedBy("policy.destroy");
            var held = notes(lab, "web", "two");
            that(lab.call("pve_guest_notes", "guest", "web", "text", "two", "confirm", Lab.yes(held)))
                    .isDone();
            var late = notes(lab, "web", "three");
            that(lab.call("pve_guest_notes", "guest", "web", "text", "three", "confirm", Lab.yes(late)))
                    .isRefusedBy("policy.limit.change");
        }
    }

    // ---- the same again and again ----

    @Test
    void a_tool_that_keeps_failing_rests() {
        try (var lab = Lab.of(Scenes.small())
                .owner(OPEN + "limit.failures = 2\n")
                .with(cluster -> cluster.guest(101).config.put("lock", "backup"))) {
            that(power(lab, "web", "stop")).failsWith("task_failed");
            that(power(lab, "web", "reboot")).failsWith("task_failed");
            that(power(lab, "web", "stop")).isRefusedBy("policy.limit.failures");
            that(notes(lab, "dns", "another tool")).isDone();
            lab.advance(Duration.ofSeconds(61));
            that(power(lab, "dns", "start")).isDone();
            that(power(lab, "dns", "stop")).isDone();
        }
    }

    @Test
    void the_same_call_with_the_same_answer_is_not_made_for_ever() {
        try (var lab = Lab.of(Scenes.small()).owner(OPEN + "limit.repeats = 3\n")) {
            for (int i = 0; i < 3; i++) {
                that(lab.call("pve_next_id")).isDone();
            }
            that(lab.call("pve_next_id")).isRefusedBy("policy.limit.repeats");
            that(lab.call("pve_guest_list")).isDone();
            that(lab.call("pve_next_id")).isDone();
            for (int i = 0; i < 2; i++) {
                that(lab.call("pve_next_id")).isDone();
            }
            lab.advance(Duration.ofMinutes(6));
            that(lab.call("pve_next_id")).isDone();
        }
    }

    @Test
    void a_call_whose_answer_changes_is_no_loop() {
        try (var lab = Lab.of(Scenes.small()).owner(OPEN + "limit.repeats = 2\n")) {
            for (int i = 0; i < 6; i++) {
                that(lab.call("pve_next_id")).isDone();
                int vmid = 103 + i;
                lab.with(cluster -> Scenes.container(cluster, vmid, "pve1", "c" + vmid));
            }
        }
    }

    // ---- the owner's stop ----

    private static Freeze owner(Lab lab) {
        return new FreezeFile(lab.state(), Clock.systemUTC());
    }

    @Test
    void a_freeze_stops_every_server_at_once_and_lets_them_read() throws IOException {
        try (var one = Lab.of(Scenes.small()).owner(OPEN)) {
            that(power(one, "web", "stop")).isDone();
            owner(one).freeze("looking into something");
            var refused = power(one, "web", "start");
            that(refused).isRefusedBy("frozen").saying("looking into something");
            assertThat(refused.toString())
                    .contains("pve-mcp unfreeze")
                    .doesNotContain(one.state().toString());
            that(one.call("pve_api_write", "method", "post", "path", "/nodes/pve1/startall"))
                    .isRefusedBy("frozen");
            that(one.call("pve_guest_list")).isDone();
            that(one.call("pve_guest_power", "guest", "web", "action", "start", "dry_run", true))
                    .isDone();
            assertThat(owner(one).unfreeze()).isTrue();
            assertThat(owner(one).unfreeze()).isFalse();
            that(power(one, "web", "start")).isDone();
        }
    }

    @Test
    void a_yes_given_before_a_freeze_does_not_outlast_it() throws IOException {
        try (var lab = Lab.of(Scenes.small()).owner("")) {
            var held = notes(lab, "web", "one");
            owner(lab).freeze("");
            that(lab.call("pve_guest_notes", "guest", "web", "text", "one", "confirm", Lab.yes(held)))
                    .isRefusedBy("frozen");
        }
    }

    @Test
    void a_call_that_is_under_way_sends_nothing_more() throws Exception {
        try (var lab = Lab.of(Scenes.small()).owner(OPEN)) {
            var clone = Json.obj("template", "dns", "name", "copy", "start", true);
            var result = during(lab, "pve_guest_provision", clone, () -> {
                try {
                    owner(lab).freeze("now");
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            // However far it came: what had to be sent after the freeze was not.
            assertThat(result.toString()).contains("frozen");
        }
    }

    /// Makes a call, and something happen when it first waits.
    private static ToolResult during(Lab lab, String tool, Json.Obj arguments, Runnable meanwhile) {
        var road = lab.dispatcher();
        var once = new AtomicBoolean();
        return road.call(road.tool(tool).orElseThrow(), arguments, new Looking(() -> {
            if (once.compareAndSet(false, true)) {
                meanwhile.run();
            }
        }));
    }

    /// Asked again and again whether the call is still wanted, while it waits.
    private static final class Looking extends Quiet {
        private final Runnable asked;

        Looking(Runnable asked) {
            super("looking");
            this.asked = asked;
        }

        @Override
        public boolean cancelled() {
            asked.run();
            return false;
        }
    }

    // ---- one after the other ----

    @Test
    void one_call_at_a_time_works_on_a_guest() throws Exception {
        try (var lab = Lab.of(Scenes.small()).owner(OPEN + "limit.wait = \"0s\"\n")) {
            var second = new AtomicReference<ToolResult>();
            var third = new AtomicReference<ToolResult>();
            var read = new AtomicReference<ToolResult>();
            during(lab, "pve_guest_power", Json.obj("guest", "web", "action", "stop"), () -> {
                var other = Thread.ofVirtual().start(() -> {
                    second.set(notes(lab, "web", "meanwhile"));
                    third.set(notes(lab, "dns", "meanwhile"));
                    read.set(lab.call("pve_guest_get", "guest", "web"));
                });
                try {
                    other.join();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            that(second.get()).failsWith("busy").saying("guest 101");
            that(third.get()).isDone();
            that(read.get()).isDone();
            that(notes(lab, "web", "afterwards")).isDone();
        }
    }

    @Test
    void only_so_many_work_on_a_node() throws Exception {
        try (var lab = Lab.of(Scenes.small()).owner(OPEN + "limit.per_node = 1\nlimit.wait = \"0s\"\n")) {
            var second = new AtomicReference<ToolResult>();
            during(lab, "pve_guest_power", Json.obj("guest", "web", "action", "stop"), () -> {
                var other = Thread.ofVirtual().start(() -> second.set(notes(lab, "dns", "meanwhile")));
                try {
                    other.join();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            that(second.get()).failsWith("busy").saying("node pve1");
        }
    }
}
