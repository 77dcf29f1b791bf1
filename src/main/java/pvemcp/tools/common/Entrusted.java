package pvemcp.tools.common;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import pvemcp.json.Json;
import pvemcp.tool.ToolContext;

/// Options that hold a secret of the owner's: a call gives the name of its file, `secret:FILE`, and what is in the
/// file is put in its place just before it is sent.
public final class Entrusted {
    private Entrusted() {}

    /// The options with the secrets in place of their names.
    ///
    /// @param names of the options that hold a secret
    /// @throws pvemcp.tool.BadArguments where a secret stands there itself, or there is none of that name
    public static Json.Obj filled(ToolContext ctx, Json.Obj options, List<String> names) {
        var all = options;
        for (var name : names) {
            var given = options.text(name);
            if (given.isPresent()) {
                all = all.with(name, ctx.vault().named(name, given.get()).reveal());
            }
        }
        return all;
    }

    /// What a reference stands for, in Base64.
    ///
    /// @param argument the input that the reference stands in
    public static String encoded(ToolContext ctx, String argument, String reference) {
        return base64(ctx.vault().named(argument, reference).reveal());
    }

    /// As [#filled] for lists of `name=KEY,value=secret:FILE`, whose values PVE takes in Base64.
    public static Json.Obj valued(ToolContext ctx, Json.Obj options, String name) {
        if (!options.has(name)) {
            return options;
        }
        var items = new ArrayList<Json>();
        var given = options.get(name).orElseThrow();
        for (var item : given instanceof Json.Arr(var several) ? several : List.of(given)) {
            var text = item.scalarText().orElse("");
            int value = text.indexOf(",value=");
            // Without a value, the one that is there stays.
            items.add(
                    value < 0 ? item : Json.str(text.substring(0, value) + ",value=" + value(ctx, name, text, value)));
        }
        return options.with(name, new Json.Arr(items));
    }

    private static String value(ToolContext ctx, String name, String text, int at) {
        return base64(
                ctx.vault().named(name, text.substring(at + ",value=".length())).reveal());
    }

    private static String base64(String secret) {
        return Base64.getEncoder().encodeToString(secret.getBytes(StandardCharsets.UTF_8));
    }
}
