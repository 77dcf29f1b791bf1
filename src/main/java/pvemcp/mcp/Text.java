package pvemcp.mcp;

import pvemcp.view.Clean;

/// Words from the other side, made fit for a message or a log line.
final class Text {
    private static final int BRIEF = 100;

    private Text() {}

    /// One line of at most 100 characters, all of them visible.
    static String brief(String text) {
        return Clean.cell(text, BRIEF);
    }
}
