package pvemcp.mcp;

import java.util.Locale;
import java.util.Optional;

/// RFC 5424's severities, mildest first, as MCP names them.
enum LogLevel {
    DEBUG,
    INFO,
    NOTICE,
    WARNING,
    ERROR,
    CRITICAL,
    ALERT,
    EMERGENCY;

    static Optional<LogLevel> of(String name) {
        for (var level : values()) {
            if (level.toString().equals(name)) {
                return Optional.of(level);
            }
        }
        return Optional.empty();
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
