package pvemcp.site;

/// Text where HTML is written.
final class Escape {
    private Escape() {}

    /// Good between tags and in attributes in double quotes.
    static String html(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
