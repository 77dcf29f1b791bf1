package pvemcp.tools.guest;

import java.nio.charset.StandardCharsets;
import java.util.List;
import pvemcp.json.Json;

/// PVE's habits with cloud-init.
final class CloudInit {
    private CloudInit() {}

    /// `sshkeys` is percent-encoded text inside whatever encodes the request, with `%20` for a blank and never `+`
    /// (PVE::QemuServer, the option's format `urlencoded`).
    static String keys(List<String> keys) {
        var text = String.join("\n", keys);
        var out = new StringBuilder();
        for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (octet & 0xff);
            boolean plain = (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || "-._~".indexOf(c) >= 0;
            if (plain) {
                out.append(c);
            } else {
                out.append('%').append(hex(octet >> 4)).append(hex(octet));
            }
        }
        return out.toString();
    }

    private static char hex(int digit) {
        return "0123456789ABCDEF".charAt(digit & 0xf);
    }

    /// The options with their keys as PVE wants them; a key has a blank only while it is not encoded.
    static Json.Obj encoded(Json.Obj options) {
        var keys = options.text("sshkeys").filter(text -> text.contains(" "));
        return keys.map(text -> options.with("sshkeys", keys(List.of(text.strip()))))
                .orElse(options);
    }
}
