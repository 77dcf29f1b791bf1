package pvemcp.tools;

import java.util.List;
import pvemcp.json.Json;
import pvemcp.tool.ToolContext;

/// Passwords of guests, which calls give by reference.
final class Passwords {
    private static final List<String> OPTIONS = List.of("cipassword", "password");

    private Passwords() {}

    /// The options with the owner's passwords in place of their names.
    ///
    /// @throws pvemcp.tool.BadArguments where a password stands there itself, or there is none of that name
    static Json.Obj filled(ToolContext ctx, Json.Obj options) {
        var all = options;
        for (var name : OPTIONS) {
            var given = options.get(name);
            if (given.isPresent()) {
                var secret = ctx.vault().named(name, given.get().scalarText().orElse(""));
                all = all.with(name, secret.reveal());
            }
        }
        return all;
    }
}
