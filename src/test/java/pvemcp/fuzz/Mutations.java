package pvemcp.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/// Changes what is usual into what is not: bytes turned, pieces doubled, cut out, put elsewhere, replaced by what has
/// meant trouble before. The same seed gives the same bytes.
final class Mutations {
    private static final List<byte[]> TROUBLE = List.of(
                    "\u0000",
                    "\"",
                    "\\",
                    "\\u0000",
                    "\\ud800",
                    "{",
                    "[",
                    "]",
                    "}",
                    ",",
                    ":",
                    "=",
                    "%",
                    "%2f",
                    "%2e%2e",
                    "../",
                    "\r\n",
                    "\n",
                    "\u202e",
                    "\u200b",
                    "\u001b[",
                    "\ufeff",
                    "1e999",
                    "-0",
                    "NaN",
                    "'",
                    "$(id)",
                    "#",
                    ";",
                    "&",
                    "?",
                    "@",
                    " ",
                    "\u00e9",
                    "\ud83d\ude00",
                    "999999999999999999999",
                    "[[",
                    "\"\"\"")
            .stream()
            .map(text -> text.getBytes(StandardCharsets.UTF_8))
            .toList();

    private final Random random;
    private final List<byte[]> examples;

    Mutations(long seed, List<byte[]> examples) {
        this.random = new Random(seed);
        this.examples = examples;
    }

    byte[] next() {
        var data = any(examples).clone();
        for (int i = random.nextInt(6); i >= 0; i--) {
            data = once(data);
        }
        return data;
    }

    private byte[] once(byte[] data) {
        int at = random.nextInt(data.length + 1);
        int end = Math.min(data.length, at + random.nextInt(12));
        return switch (random.nextInt(7)) {
            case 0 -> joined(data, at, any(TROUBLE), end);
            case 1 -> joined(data, at, any(TROUBLE), at);
            case 2 -> joined(data, at, new byte[0], end);
            case 3 -> joined(data, end, Arrays.copyOfRange(data, at, end), end);
            case 4 -> joined(data, at, any(examples), end);
            case 5 -> Arrays.copyOf(data, at);
            default -> turned(data, at);
        };
    }

    private byte[] any(List<byte[]> several) {
        return several.get(random.nextInt(several.size()));
    }

    /// What stands before `at`, something, and what stands behind `end`.
    private static byte[] joined(byte[] data, int at, byte[] middle, int end) {
        var out = new ByteArrayOutputStream();
        out.write(data, 0, at);
        out.writeBytes(middle);
        out.write(data, end, data.length - end);
        return out.toByteArray();
    }

    private byte[] turned(byte[] data, int at) {
        var copy = data.clone();
        if (at < copy.length) {
            copy[at] = (byte) (copy[at] ^ (1 << random.nextInt(8)));
        }
        return copy;
    }
}
