package pvemcp.text;

import java.util.Locale;
import java.util.Optional;

/// Yes and no as people and clients write them.
public final class YesNo {
    private YesNo() {}

    /// `true`, `yes`, `on` and `1`, or `false`, `no`, `off` and `0`, in any case; empty for anything else.
    public static Optional<Boolean> parse(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true", "1", "yes", "on" -> Optional.of(true);
            case "false", "0", "no", "off" -> Optional.of(false);
            default -> Optional.empty();
        };
    }
}
