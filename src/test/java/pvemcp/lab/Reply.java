package pvemcp.lab;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// An HTTP answer that can be looked at and taken apart; each byte of its body is a character.
///
/// @param head the status line and the headers
public record Reply(List<String> head, String body) {
    static Reply read(InputStream in) throws IOException {
        var head = new ArrayList<String>();
        for (var line = Lines.read(in); !line.isEmpty(); line = Lines.read(in)) {
            head.add(line);
        }
        var length = new Reply(head, "").header("content-length");
        int size = length.isEmpty() ? 0 : Integer.parseInt(length);
        return new Reply(List.copyOf(head), new String(in.readNBytes(size), StandardCharsets.ISO_8859_1));
    }

    public int status() {
        return Integer.parseInt(head.getFirst().split(" ", 3)[1]);
    }

    public boolean isGood() {
        return status() < 300;
    }

    /// Empty where there is none.
    String header(String name) {
        for (var line : head.subList(1, head.size())) {
            if (line.toLowerCase(Locale.ROOT).startsWith(name + ":")) {
                return line.substring(name.length() + 1).strip();
            }
        }
        return "";
    }

    Reply without(String name) {
        return new Reply(
                head.stream()
                        .filter(line -> !line.toLowerCase(Locale.ROOT).startsWith(name + ":"))
                        .toList(),
                body);
    }

    /// Put where it is not looked for among others of its name: at the end.
    Reply with(String header) {
        var more = new ArrayList<>(head);
        more.add(header);
        return new Reply(more, body);
    }

    byte[] bytes() {
        var out = new ByteArrayOutputStream();
        out.writeBytes((String.join("\r\n", head) + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
        out.writeBytes(body.getBytes(StandardCharsets.ISO_8859_1));
        return out.toByteArray();
    }
}
