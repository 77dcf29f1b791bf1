package pvemcp.pve;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// An amount of memory, disk or traffic. Prints with the largest binary unit that keeps it above one (`1.5
/// GiB`), as PVE counts.
public record Bytes(long count) implements Comparable<Bytes> {
    public static final Bytes ZERO = new Bytes(0);

    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

    public static Bytes of(long count) {
        return new Bytes(count);
    }

    public static Bytes ofMebi(long count) {
        return new Bytes(Math.multiplyExact(count, 1L << 20));
    }

    public static Bytes ofGibi(long count) {
        return new Bytes(Math.multiplyExact(count, 1L << 30));
    }

    /// Reads what people and PVE write: `32G`, `512M`, `1.5 GiB`, `64 kB`, a plain number of bytes. `K`, `KB`
    /// and `KiB` are all 1024, as in PVE.
    ///
    /// @throws IllegalArgumentException for anything else
    public static Bytes parse(String text) {
        return tryParse(text)
                .orElseThrow(() -> new IllegalArgumentException(
                        "'%s' is not a size: write a number and a unit, such as 32G".formatted(text)));
    }

    /// As [#parse], of what somebody says of memory or a disk: a small number without a unit is of some other unit
    /// that was not said. A VM with 4096 bytes is nobody's wish.
    ///
    /// @throws IllegalArgumentException also for that
    public static Bytes said(String text) {
        var size = parse(text);
        boolean bare = text.chars().noneMatch(Character::isLetter);
        if (bare && !size.isZero() && size.count < 1L << 20) {
            throw new IllegalArgumentException(
                    "'%1$s' has no unit and would be bytes: %1$sM is MiB, %1$sG is GiB".formatted(text.strip()));
        }
        return size;
    }

    /// As [#parse]; empty for anything else.
    public static Optional<Bytes> tryParse(String text) {
        var matcher = Form.PATTERN.matcher(text.strip());
        if (!matcher.matches()) {
            return Optional.empty();
        }
        var unit = matcher.group(2).toUpperCase(Locale.ROOT);
        int power = unit.isEmpty() ? 0 : "KMGTPE".indexOf(unit) + 1;
        double count = Double.parseDouble(matcher.group(1)) * Math.pow(1024, power);
        return count < Long.MAX_VALUE ? Optional.of(new Bytes(Math.round(count))) : Optional.empty();
    }

    /// Compiled when the first size is read.
    private static final class Form {
        static final Pattern PATTERN = Pattern.compile("(\\d{1,18}(?:\\.\\d{1,9})?) ?([kKmMgGtTpPeE]?)(?:i?[bB])?");
    }

    public boolean isZero() {
        return count == 0;
    }

    public Bytes minus(Bytes other) {
        return new Bytes(count - other.count);
    }

    /// How much of `whole` this is; nothing of nothing is 0 %.
    public Percent of(Bytes whole) {
        return whole.count == 0 ? Percent.ZERO : Percent.ofFraction((double) count / whole.count);
    }

    @Override
    public int compareTo(Bytes other) {
        return Long.compare(count, other.count);
    }

    /// At most one decimal, none where it would be zero: `512 MiB`, `1.5 GiB`, `0 B`.
    @Override
    public String toString() {
        double value = count;
        int unit = 0;
        // 1023.95 would print as 1024.0.
        while (Math.abs(value) >= 1023.95 && unit < UNITS.length - 1) {
            value /= 1024;
            unit++;
        }
        return Percent.oneDecimal(value) + " " + UNITS[unit];
    }
}
