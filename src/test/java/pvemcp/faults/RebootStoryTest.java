package pvemcp.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static pvemcp.lab.LabAssert.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import pvemcp.json.Json;
import pvemcp.lab.Lab;
import pvemcp.lab.Scenes;
import pvemcp.tool.ToolResult;

/// A node that goes down while something runs on it, from the call to the verdict.
class RebootStoryTest {
    @Test
    void f40_a_task_on_a_node_that_reboots_is_waited_for_and_in_the_end_said_to_be_unknown() {
        try (var lab = Lab.of(Scenes.household())) {
            var going = (ToolResult.Done)
                    lab.call("pve_guest_power", "guest", "web", "action", "shutdown", "timeout", "1s");
            var upid = ((Json.Obj) going.data()).text("task").orElseThrow();

            lab.call("pve_node_power", "node", "pve1", "action", "reboot");

            assertThat(lab.call("pve_task_wait", "task", upid, "timeout", "5s"))
                    .shows("still running", "not reachable");
            lab.advance(Duration.ofMinutes(5));
            assertThat(lab.call("pve_task_wait", "task", upid))
                    .failsWith("task_vanished")
                    .saying("cannot be known", "unexpected status")
                    .hinting("look at the state of what it worked on");
        }
    }
}
