package pvemcp.pve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import pvemcp.json.Json;

/// Following a task, told by a node that answers as PVE::API2::Tasks does, in time that is moved by hand.
class TaskTest {
    private static final Upid UPID = Upid.parse("UPID:pve1:0000214B:000F6268:6B011B60:qmmove:145:root@pam!test:");

    private final HandMoved time = new HandMoved();
    private final OneTask node = new OneTask();
    private final Task task = new Pve(node, time).task(UPID);

    /// A node with one task: a log that grows with time, and an end.
    private final class OneTask implements Transport {
        private final TreeMap<Duration, String> log = new TreeMap<>();
        private final List<String> asked = new ArrayList<>();
        private Duration end = Duration.ofDays(1);
        private String exit = "OK";
        private Duration unreachableUntil = Duration.ZERO;
        private boolean known = true;

        void says(double atSecond, String line) {
            log.put(Duration.ofMillis((long) (atSecond * 1000)), line);
        }

        void ends(double atSecond, String status) {
            end = Duration.ofMillis((long) (atSecond * 1000));
            exit = status;
        }

        @Override
        public Json.Obj send(Verb verb, String path, Json.Obj params) {
            asked.add(verb + " " + path);
            if (time.elapsed().compareTo(unreachableUntil) < 0) {
                throw new PveException(new PveFault.Unreachable("node pve1", "No route to host"));
            }
            if (verb == Verb.DELETE) {
                ends((double) time.elapsed().toSeconds(), "received interrupt");
                return Json.obj("data", null);
            }
            return path.endsWith("/status") ? status() : log(params);
        }

        private Json.Obj status() {
            if (!known) {
                throw new PveException(
                        new PveFault.Invalid("Parameter verification failed.", Map.of("upid", "no such task")));
            }
            boolean running = time.elapsed().compareTo(end) < 0;
            var status =
                    Json.obj("upid", UPID.toString(), "status", running ? "running" : "stopped", "user", "root@pam");
            return Json.obj("data", running ? status : status.with("exitstatus", exit));
        }

        private Json.Obj log(Json.Obj params) {
            var lines = List.copyOf(log.headMap(time.elapsed(), true).values());
            if (lines.isEmpty()) {
                return Json.obj("data", List.of(Json.obj("n", 1, "t", "no content")), "total", 1);
            }
            int from = (int) Math.min(lines.size(), params.whole("start").orElse(0L));
            int to = (int) Math.min(lines.size(), from + params.whole("limit").orElse(50L));
            var rows = new ArrayList<Json>();
            for (int i = from; i < to; i++) {
                rows.add(Json.obj("n", i + 1, "t", lines.get(i)));
            }
            return Json.obj("data", rows, "total", lines.size());
        }
    }

    private static final class Listener implements Watcher {
        private final List<String> heard = new ArrayList<>();
        private int looksLeft = Integer.MAX_VALUE;

        @Override
        public void progress(double fraction, String line) {
            heard.add(fraction + " " + line);
        }

        @Override
        public void checkCancelled() {
            if (looksLeft-- == 0) {
                throw new IllegalStateException("taken back");
            }
        }
    }

    private PveFault faultOfWaiting() {
        return catchThrowableOfType(PveException.class, () -> task.await(Duration.ofMinutes(1), Watcher.NOBODY))
                .fault();
    }

    @Test
    void a_task_that_ends_well_is_finished_and_was_asked_of_its_own_node() {
        node.ends(3, "OK");

        assertThat(task.await(Duration.ofMinutes(1), Watcher.NOBODY))
                .isEqualTo(new TaskReport.Finished(UPID, List.of()));
        assertThat(node.asked)
                .first()
                .isEqualTo("GET /nodes/pve1/tasks/"
                        + "UPID%3Apve1%3A0000214B%3A000F6268%3A6B011B60%3Aqmmove%3A145%3Aroot%40pam%21test%3A/status");
    }

    @Test
    void it_is_looked_at_often_at_first_and_every_two_seconds_later() {
        node.ends(30, "OK");

        task.await(Duration.ofMinutes(1), Watcher.NOBODY);

        assertThat(time.pauses()).startsWith(Duration.ofMillis(200), Duration.ofMillis(300), Duration.ofMillis(450));
        assertThat(time.pauses()).endsWith(Duration.ofSeconds(2));
        assertThat(time.pauses().size()).isLessThan(25);
    }

    @Test
    void warnings_are_a_success_with_the_lines_that_carry_them() {
        node.says(0, "extracting archive");
        node.says(1, "WARN: Systemd 257 detected. You may need to enable nesting.");
        node.says(2, "TASK WARNINGS: 1");
        node.ends(2, "WARNINGS: 1");

        assertThat(task.await(Duration.ofMinutes(1), Watcher.NOBODY))
                .isEqualTo(new TaskReport.Finished(
                        UPID, List.of("WARN: Systemd 257 detected. You may need to enable nesting.")));
    }

    @Test
    void a_failure_is_told_with_the_lines_that_say_why() {
        node.says(0, "INFO: starting new backup job");
        node.says(0.1, "ERROR: Backup of VM 101 failed - no space left on device");
        for (int i = 0; i < 20; i++) {
            node.says(0.2 + i / 100.0, "INFO: line " + i);
        }
        node.says(1, "TASK ERROR: job errors");
        node.ends(1, "job errors");

        assertThat(faultOfWaiting()).isInstanceOfSatisfying(PveFault.TaskFailed.class, fault -> {
            assertThat(fault.exit()).isEqualTo("job errors");
            assertThat(fault.tail())
                    .hasSize(6)
                    .startsWith("ERROR: Backup of VM 101 failed - no space left on device")
                    .endsWith("TASK ERROR: job errors");
        });
    }

    @Test
    void a_task_whose_worker_was_killed_is_neither_success_nor_failure() {
        node.ends(1, "unexpected status");

        assertThat(faultOfWaiting()).isEqualTo(new PveFault.TaskVanished(UPID, "unexpected status"));
    }

    @Test
    void a_task_its_node_does_not_know_has_vanished() {
        node.known = false;

        assertThat(faultOfWaiting()).isEqualTo(new PveFault.TaskVanished(UPID, "no such task"));
    }

    @Test
    void when_the_time_is_up_the_task_goes_on_and_its_last_line_is_told() {
        node.says(0, "transferred 1.0 GiB of 32.0 GiB (3.12%)");
        node.says(9, "transferred 4.0 GiB of 32.0 GiB (12.50%)");

        var report = task.await(Duration.ofSeconds(10), Watcher.NOBODY);

        assertThat(report)
                .isEqualTo(
                        new TaskReport.Going(UPID, Duration.ofSeconds(10), "transferred 4.0 GiB of 32.0 GiB (12.50%)"));
    }

    @Test
    void progress_is_told_for_new_lines_with_the_percentage_they_have() {
        node.says(0, "create full clone of drive scsi0");
        node.says(1, "transferred 16.0 GiB of 32.0 GiB (50.00%)");
        node.ends(4, "OK");
        var listener = new Listener();

        task.await(Duration.ofMinutes(1), listener);

        assertThat(listener.heard)
                .containsExactly(
                        "-1.0 create full clone of drive scsi0", "0.5 transferred 16.0 GiB of 32.0 GiB (50.00%)");
    }

    @Test
    void a_node_that_cannot_be_reached_is_waited_for() {
        node.unreachableUntil = Duration.ofSeconds(20);
        node.ends(25, "OK");

        assertThat(task.await(Duration.ofMinutes(1), Watcher.NOBODY)).isInstanceOf(TaskReport.Finished.class);
    }

    @Test
    void a_node_that_stays_away_leaves_the_task_going() {
        node.unreachableUntil = Duration.ofDays(1);

        assertThat(task.await(Duration.ofSeconds(5), Watcher.NOBODY))
                .isEqualTo(new TaskReport.Going(UPID, Duration.ofSeconds(5), "not reachable: No route to host"));
    }

    @Test
    void whoever_watches_can_end_the_waiting_but_not_the_task() {
        var listener = new Listener();
        listener.looksLeft = 3;

        assertThatThrownBy(() -> task.await(Duration.ofMinutes(1), listener)).hasMessage("taken back");
        assertThat(node.asked).noneMatch(request -> request.startsWith("DELETE"));
    }

    @Test
    void an_interrupt_ends_the_waiting() {
        var waiting = new Waiting() {
            @Override
            public void pause(Duration length) throws InterruptedException {
                throw new InterruptedException();
            }

            @Override
            public Duration elapsed() {
                return Duration.ZERO;
            }
        };

        assertThatThrownBy(() -> new Pve(node, waiting).task(UPID).await(Duration.ofMinutes(1), Watcher.NOBODY))
                .isInstanceOf(CancellationException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void a_stopped_task_has_failed_by_interrupt() {
        task.stop();

        assertThat(((PveFault.TaskFailed) faultOfWaiting()).exit()).isEqualTo("received interrupt");
    }

    @Test
    void a_log_without_lines_is_empty() {
        assertThat(task.log(0, 50)).isEqualTo(new Task.Log(List.of(), 0));
        assertThat(task.tail(10)).isEmpty();
    }

    @Test
    void the_tail_is_the_last_lines() {
        for (int i = 0; i < 100; i++) {
            node.says(i / 1000.0, "line " + i);
        }
        time.pass(Duration.ofSeconds(1));

        assertThat(task.tail(2)).containsExactly("line 98", "line 99");
        assertThat(task.log(10, 3)).isEqualTo(new Task.Log(List.of("line 10", "line 11", "line 12"), 100));
    }

    @Test
    void the_status_keeps_what_has_no_name_here() {
        var status = task.status();

        assertThat(status.running()).isTrue();
        assertThat(status.upid()).isEqualTo(UPID);
        assertThat(status.rest().text("user")).contains("root@pam");
    }
}
