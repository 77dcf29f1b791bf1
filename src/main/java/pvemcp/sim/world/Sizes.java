package pvemcp.sim.world;

import java.util.Locale;
import java.util.regex.Pattern;

/// Sizes as PVE writes and reads them.
public final class Sizes {
    private static final Pattern SIZE = Pattern.compile("(\\d+(?:\\.\\d+)?)([KMGT])?(?:i?B)?");

    private Sizes() {}

    /// The largest unit without a remainder: `1G`, `16168K`; none is `0T` (PVE::JSONSchema::format_size).
    public static String format(long bytes) {
        long size = bytes;
        var units = new String[] {"", "K", "M", "G", "T"};
        int unit = 0;
        while (unit < units.length - 1 && size % 1024 == 0) {
            size /= 1024;
            unit++;
        }
        return size + units[unit];
    }

    /// Bytes of a text such as `32G`; without a unit it is bytes. An `IllegalArgumentException` for anything else.
    public static long parse(String text) {
        var match = SIZE.matcher(text.toUpperCase(Locale.ROOT));
        if (!match.matches()) {
            throw new IllegalArgumentException("'%s' is not a size".formatted(text));
        }
        int shift = match.group(2) == null ? 0 : 10 * (1 + "KMGT".indexOf(match.group(2)));
        return (long) (Double.parseDouble(match.group(1)) * (1L << shift));
    }

    /// For log lines: `2.0 GiB` (PVE::Tools / PVE::QemuServer render_bytes).
    public static String human(long bytes) {
        var units = new String[] {"B", "KiB", "MiB", "GiB", "TiB"};
        double value = bytes;
        int unit = 0;
        while (unit < units.length - 1 && value >= 1024) {
            value /= 1024;
            unit++;
        }
        return "%.1f %s".formatted(value, units[unit]);
    }
}
