package pvemcp.tool;

/// A call that can say what it would do before it does it. It may read, through a context that only reads.
public interface Planned {
    Preview preview(ToolContext ctx);
}
