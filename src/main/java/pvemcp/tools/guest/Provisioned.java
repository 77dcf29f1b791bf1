package pvemcp.tools.guest;

import java.util.List;
import pvemcp.tools.common.Steps;

/// How far a guest or template has come.
///
/// @param outcome `ready`, `made`, `started, no address yet` or `still running`
/// @param next what is left to do; empty where nothing is
record Provisioned(String outcome, String guest, String address, List<String> done, String next) {
    /// It is being made.
    ///
    /// @param rest what is left to do when the task that goes on has ended
    static Provisioned unfinished(Steps steps, String made, String rest) {
        return new Provisioned(
                "still running",
                made,
                "",
                steps.done(),
                "pve_task_wait task=%s, then %s".formatted(steps.going(), rest));
    }
}
