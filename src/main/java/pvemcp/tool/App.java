package pvemcp.tool;

/// A page that clients can show their user beside a conversation (MCP Apps, SEP-1865). It has nothing from anywhere
/// else: what it shows it gets by calling tools.
public interface App {
    /// `ui://…`, under which clients read it.
    String uri();

    String name();

    String title();

    String doc();

    /// The whole page: one HTML document with its style and script.
    String page();

    /// Whether the page is shown with answers of this tool.
    boolean shows(Tool<?> tool);

    /// Whether the page knows what to do with the answers of this tool as JSON.
    boolean reads(Tool<?> tool);
}
