package pvemcp.replicas;

/// Where a PostgreSQL database is.
///
/// @param text `postgresql://HOST:PORT/NAME?sslmode=…`, with or without `jdbc:` in front, and without a password
public record Address(String text) {
    String jdbc() {
        var jdbc = text.startsWith("jdbc:") ? text : "jdbc:" + text;
        if (jdbc.matches(".*[?&](sslmode|sslfactory|socketFactory)=.*") || isOnThisMachine()) {
            return jdbc;
        }
        // The driver's own default takes plain text for an answer.
        return jdbc + (jdbc.contains("?") ? "&" : "?") + "sslmode=verify-full";
    }

    private boolean isOnThisMachine() {
        return text.matches("(jdbc:)?postgresql://(localhost|127\\.0\\.0\\.1|\\[::1])(:[0-9]+)?/.*");
    }

    /// Without its options, for a sentence.
    String place() {
        return "the shared database " + text.replaceFirst("^jdbc:", "").replaceFirst("\\?.*", "");
    }
}
