package pvemcp.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.json.JsonException;

/// One line of the ledger.
///
/// @param hash the SHA-256 of the line, which the next one carries as `prev`
/// @param fields all that the line says, `seq`, `time` and `prev` among it
public record Entry(long seq, String hash, Json.Obj fields) {
    /// The longest line that is written; what is longer is not a line of ours.
    static final int LONGEST = 1 << 20;

    /// The line without its end; empty where it is none of ours.
    static Optional<Entry> read(byte[] line) {
        if (line.length == 0 || line.length > LONGEST) {
            return Optional.empty();
        }
        try {
            // Decoded strictly: bytes that are no UTF-8 must not be mistaken for others that hash alike.
            var text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(line))
                    .toString();
            if (!(Json.parse(text) instanceof Json.Obj fields) || !fields.has("prev")) {
                return Optional.empty();
            }
            return fields.whole("seq").map(seq -> new Entry(seq, Hash.of(line), fields));
        } catch (CharacterCodingException | JsonException _) {
            return Optional.empty();
        }
    }

    /// What stands in the ledger for an event.
    ///
    /// @param previous the hash of the line before
    static String line(long seq, Instant time, Json.Obj event, String previous) throws IOException {
        var line = Json.obj("seq", seq, "time", time.toString()).with(event).with("prev", previous);
        var text = line.write();
        int length = text.getBytes(StandardCharsets.UTF_8).length + 1;
        if (length > LONGEST) {
            throw new IOException("an entry of %d bytes is longer than any may be".formatted(length));
        }
        return text;
    }

    String prev() {
        return fields.text("prev").orElse("");
    }

    /// What kind of line it is: `begin`, `end`, `checkpoint` and others that docs/guide/audit.md lists.
    public String event() {
        return fields.text("event").orElse("");
    }

    /// What was asked for, of a line that is about a call; empty for others.
    public Json.Obj call() {
        return fields.object("call").orElse(Json.Obj.EMPTY);
    }

    /// The line as it stands in the file, which is also the order of its members.
    public String text() {
        return fields.write();
    }
}
