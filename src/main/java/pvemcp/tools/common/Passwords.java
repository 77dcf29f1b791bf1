package pvemcp.tools.common;

import java.util.List;
import pvemcp.json.Json;
import pvemcp.tool.ToolContext;
import pvemcp.tool.Vault;

/// Passwords and keys, which calls give by reference. Others than these parameters are never looked up: their values
/// can be read back.
public final class Passwords {
    private static final List<String> OPTIONS =
            List.of("cipassword", "password", "confirmation-password", "client-key", "keyring", "encryption-key");

    private Passwords() {}

    /// The same where a secret may stand there itself: in requests that somebody writes out.
    public static Json.Obj lookedUp(ToolContext ctx, Json.Obj params) {
        var references = OPTIONS.stream()
                .filter(name -> params.text(name)
                        .filter(text -> text.startsWith(Vault.REFERENCE))
                        .isPresent())
                .toList();
        return Entrusted.filled(ctx, params, references);
    }

    /// The options with the owner's secrets in place of their names.
    ///
    /// @throws pvemcp.tool.BadArguments where a secret stands there itself, or there is none of that name
    public static Json.Obj filled(ToolContext ctx, Json.Obj options) {
        return Entrusted.filled(ctx, options, OPTIONS);
    }
}
