package pvemcp.tool;

/// A read that is about every cluster where its caller names none. It asks them by [ToolContext#everywhere], and has
/// nothing else to ask.
public interface Everywhere {}
