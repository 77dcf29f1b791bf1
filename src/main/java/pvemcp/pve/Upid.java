package pvemcp.pve;

import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/// The unique id of a task: which node runs it, since when, of which type, on what, for whom (PVE::UPID).
///
/// @param id what the task works on, often a vmid; may be empty
/// @param user `user@realm`, with `!token` where a token started it
public record Upid(
        String node, long pid, long pstart, Instant started, String type, String id, String user, String text) {
    // PVE::UPID::upid_decode; pstart has 8 digits, 9 on hosts that are up for more than 497 days.
    private static final Pattern FORM =
            Pattern.compile("UPID:([a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?):([0-9A-Fa-f]{8}):"
                    + "([0-9A-Fa-f]{8,9}):([0-9A-Fa-f]{8}):([^:\\s]+):([^:\\s]*):([^:\\s]+):");

    /// Reads a UPID to the letter; an `IllegalArgumentException` for any other text.
    public static Upid parse(String text) {
        return tryParse(text)
                .orElseThrow(() -> new IllegalArgumentException(
                        "'%s' is not a task id: it looks like UPID:node:pid:pstart:starttime:type:id:user:"
                                .formatted(text)));
    }

    /// Empty for what is no task id.
    public static Optional<Upid> tryParse(String text) {
        var matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        return Optional.of(new Upid(
                matcher.group(1),
                Long.parseLong(matcher.group(3), 16),
                Long.parseLong(matcher.group(4), 16),
                Instant.ofEpochSecond(Long.parseLong(matcher.group(5), 16)),
                matcher.group(6),
                matcher.group(7),
                matcher.group(8),
                text));
    }

    /// Whether the task only hands a wish to HA: its success comes before the guest has been started, stopped
    /// or moved (PVE::API2::Qemu and PVE::API2::LXC fork `hastart`, `hastop`, `hamigrate`).
    public boolean queuesOnly() {
        return switch (type) {
            case "hastart", "hastop", "hamigrate", "harelocate" -> true;
            default -> false;
        };
    }

    /// Exactly the text that was parsed.
    @Override
    public String toString() {
        return text;
    }
}
