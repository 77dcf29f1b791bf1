package pvemcp.dispatch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import pvemcp.gate.Commons;
import pvemcp.gate.Seal;
import pvemcp.json.Json;
import pvemcp.json.JsonException;
import pvemcp.pve.Upid;

/// The names by which callers ask for work that outlived its call. All there is to know is in a name, so nothing has
/// to be remembered for it; a seal keeps others from making one up (Tasks extension, Security Considerations). Every
/// server that shares the [Commons] understands it, now and after a restart. Safe for several threads.
final class Handles {
    private static final int LONGEST = 1_000;

    private final Commons commons;

    Handles(Commons commons) {
        this.commons = commons;
    }

    /// Empty where there is no key to seal it with.
    Optional<String> name(Handle handle) {
        try {
            var parts = handle.json();
            var text = Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(parts.write().getBytes(StandardCharsets.UTF_8));
            return Optional.of(text + "." + seal().of(sealed(parts)));
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    /// Empty for what was not made here.
    Optional<Handle> parse(String name) {
        int dot = name.lastIndexOf('.');
        if (name.length() > LONGEST || dot < 0) {
            return Optional.empty();
        }
        try {
            var bytes = Base64.getUrlDecoder().decode(name.substring(0, dot));
            return Json.parse(new String(bytes, StandardCharsets.UTF_8)) instanceof Json.Arr parts
                            && seal().fits(name.substring(dot + 1), sealed(parts))
                    ? handle(parts)
                    : Optional.empty();
        } catch (IllegalArgumentException | JsonException | IOException _) {
            return Optional.empty();
        }
    }

    private static Optional<Handle> handle(Json.Arr parts) {
        return parts.items().size() == 3
                        && parts.items().get(0) instanceof Json.Str(var principal)
                        && parts.items().get(1) instanceof Json.Str(var cluster)
                        && parts.items().get(2) instanceof Json.Str(var task)
                ? Upid.tryParse(task).map(upid -> new Handle(principal, cluster, upid))
                : Optional.empty();
    }

    /// Tickets are sealed with the same key, and neither may be taken for the other.
    private static Json sealed(Json.Arr parts) {
        return Json.obj("work", parts);
    }

    private Seal seal() throws IOException {
        return new Seal(commons.key());
    }
}
