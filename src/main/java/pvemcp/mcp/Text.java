package pvemcp.mcp;

/// Words from the other side, made fit for a message or a log line.
final class Text {
    private static final int BRIEF = 100;

    private Text() {}

    /// At most 100 characters, without control characters.
    static String brief(String text) {
        var clean = new StringBuilder();
        for (int i = 0; i < text.length() && clean.length() < BRIEF; i++) {
            char c = text.charAt(i);
            clean.append(Character.isISOControl(c) ? ' ' : c);
        }
        return clean.toString().strip();
    }
}
