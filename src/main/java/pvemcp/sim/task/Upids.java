package pvemcp.sim.task;

import java.util.Optional;
import java.util.regex.Pattern;

/// Reads task ids (PVE::UPID::upid_decode).
public final class Upids {
    private static final Pattern FORM =
            Pattern.compile("UPID:([a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?):([0-9A-Fa-f]{8}):"
                    + "([0-9A-Fa-f]{8,9}):([0-9A-Fa-f]{8}):([^:\\s]+):([^:\\s]*):([^:\\s]+):");

    private Upids() {}

    /// The user of a well-formed id, with his token where there is one.
    public static Optional<String> user(String upid) {
        var match = FORM.matcher(upid);
        return match.matches() ? Optional.of(match.group(8)) : Optional.empty();
    }

    /// A colon would end the field (PVE::Tools::encode_text).
    static String field(String text) {
        return text.replace("%", "%25").replace(":", "%3A").replace(" ", "%20");
    }
}
