package pvemcp.dispatch;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.json.JsonException;
import pvemcp.pve.Upid;

/// The name by which a caller asks for work that outlived its call: who, on which cluster, which task. Nothing has to
/// be remembered for it, so it outlives this process too and any other one understands it.
///
/// It is not sealed, and need not be: asking and stopping go the road of any call, where policy has its say, so a
/// handle that somebody makes up gets them nothing that a call would not.
record Handle(String principal, String cluster, Upid task) {
    private static final int LONGEST = 1_000;

    String text() {
        var parts = Json.arr(Json.str(principal), Json.str(cluster), Json.str(task.toString()));
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(parts.write().getBytes(StandardCharsets.UTF_8));
    }

    /// Empty for what is no handle.
    static Optional<Handle> parse(String text) {
        if (text.length() > LONGEST) {
            return Optional.empty();
        }
        try {
            var json = Json.parse(new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8));
            if (json instanceof Json.Arr(var parts)
                    && parts.size() == 3
                    && parts.get(0) instanceof Json.Str(var principal)
                    && parts.get(1) instanceof Json.Str(var cluster)
                    && parts.get(2) instanceof Json.Str(var task)) {
                return Upid.tryParse(task).map(upid -> new Handle(principal, cluster, upid));
            }
        } catch (IllegalArgumentException | JsonException _) {
            // no handle
        }
        return Optional.empty();
    }
}
