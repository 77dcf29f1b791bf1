package pvemcp.dispatch;

import java.time.Instant;
import java.util.Optional;
import pvemcp.tool.Tool;
import pvemcp.tool.ToolResult;

/// Where work stands that went on when its call had ended.
///
/// @param state what has become of it
/// @param began when the cluster began with it
/// @param seen when this was so
/// @param message the last that was heard of it; may be empty
/// @param end empty while it goes on and where it was stopped
public record Work(State state, Instant began, Instant seen, String message, Optional<End> end) {
    /// How it ended.
    ///
    /// @param tool whose answer says so
    public record End(Tool<?> tool, ToolResult result) {}

    public enum State {
        GOING,
        ENDED,
        STOPPED
    }
}
