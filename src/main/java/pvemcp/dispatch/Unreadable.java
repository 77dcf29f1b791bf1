package pvemcp.dispatch;

import pvemcp.tool.ToolResult;

/// Something exists, but could not be read now: a resource, what policy goes by. In the words a failed tool call
/// would have.
public final class Unreadable extends RuntimeException {
    private final transient ToolResult.Failed why;

    public Unreadable(ToolResult.Failed why) {
        super(why.code() + ": " + why.what());
        this.why = why;
    }

    public ToolResult.Failed why() {
        return why;
    }
}
