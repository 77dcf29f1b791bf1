package pvemcp.tools.inside;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import pvemcp.pve.GuestRef;
import pvemcp.remote.Way;
import pvemcp.tool.Aim.OnGuest;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.ToolContext;
import pvemcp.view.Clean;
import pvemcp.view.View;

/// A file inside a guest, or a part of it: as lines where it is text, else in Base64.
record FileRead(
        @Doc GuestRef guest,

        @Doc(value = "Absolute path in the guest", exact = true)
        String path,

        @Doc(value = "First byte, from 0", or = "0", min = 0, obvious = true)
        long offset,

        @Doc(value = "Bytes at most", or = "16000", min = 1, max = 1_000_000, obvious = true)
        int limit,

        @Doc(value = "Answer in Base64, for what is no text", or = "false", obvious = true)
        boolean base64,

        @Doc(value = "How to get in", or = "auto", obvious = true)
        Way via)
        implements Call<FileRead.Content>, OnGuest {
    record Content(String path, long offset, int bytes, boolean more, String base64, List<View> text, String next) {}

    @Override
    public Content run(ToolContext ctx) {
        var found = ctx.pve().guest(guest);
        var part =
                ctx.shells().files(ctx.pve(), found, via, Limits.FILES).read(GuestPath.absolute(path), offset, limit);
        var bytes = part.bytes();
        var text = base64 ? Optional.<String>empty() : text(bytes, part.more());
        var next = part.more() ? "offset=" + (offset + bytes.length) : "";
        if (text.isEmpty()) {
            return new Content(
                    Clean.oneLine(path),
                    offset,
                    bytes.length,
                    part.more(),
                    base64 ? Base64.getEncoder().encodeToString(bytes) : "",
                    List.of(),
                    base64 ? next : "these bytes are no UTF-8 text; base64=true gives them as they are");
        }
        var lines = Quotes.lines(text.get());
        boolean longLines = text.get().lines().anyMatch(line -> line.length() > 1_000);
        var quoted = new View.Log("file of guest " + found.vmid(), lines);
        return new Content(
                Clean.oneLine(path),
                offset,
                bytes.length,
                part.more(),
                "",
                lines.isEmpty() ? List.of() : List.of(quoted),
                longLines && next.isEmpty() ? "lines over 1,024 characters are cut; base64=true is exact" : next);
    }

    /// The text that the bytes are. A character that the end of the part cuts in two does not count.
    private static Optional<String> text(byte[] bytes, boolean more) {
        for (int cut = 0; cut <= (more ? 3 : 0) && cut <= bytes.length; cut++) {
            try {
                var text = StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(bytes, 0, bytes.length - cut))
                        .toString();
                return text.indexOf('\0') >= 0 ? Optional.empty() : Optional.of(text);
            } catch (CharacterCodingException _) {
                // One byte less may be whole characters.
            }
        }
        return Optional.empty();
    }
}
