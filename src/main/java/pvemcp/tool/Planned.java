package pvemcp.tool;

/// A call that can say better what it would do than its name and target do. It may read, through a context that only
/// reads. A preview without requests is completed with the first request the call would make.
public interface Planned {
    Preview preview(ToolContext ctx);
}
