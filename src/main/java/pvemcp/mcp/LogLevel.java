package pvemcp.mcp;

import java.util.Optional;
import pvemcp.text.Word;

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
        return Word.of(this);
    }
}
