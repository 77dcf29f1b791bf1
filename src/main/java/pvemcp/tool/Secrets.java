package pvemcp.tool;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import pvemcp.json.Json;

/// Takes secret values out of arguments and answers before they are written down or shown.
public final class Secrets {
    private static final List<String> WORDS = List.of(
            "password",
            "passphrase",
            "secret",
            "token",
            "ticket",
            "private",
            "keyring",
            "otp",
            "encryption-key",
            "client-key",
            "apikey",
            "hmac",
            "credential");
    private static final Json MASK = Json.str("•••");

    private Secrets() {}

    /// What is sent to a path.
    public static Json.Obj masked(String path, Json.Obj params) {
        // Credentials of a DNS provider, under a name that elsewhere is no secret (PVE::API2::ACMEPlugin).
        boolean credentials = path.startsWith("/cluster/acme/plugins") && params.has("data");
        return masked(credentials ? params.with("data", MASK) : params);
    }

    /// What came back from a path: new secrets stand under names of their own there.
    public static Json masked(String path, Json answer) {
        if (!(answer instanceof Json.Obj object)) {
            return masked(answer);
        }
        // PVE::API2::User, generate_token; PVE::API2::TFA, add_tfa_entry
        var named = object.has("full-tokenid") ? hidden(object, "value") : object;
        return masked(path, path.startsWith("/access/tfa") ? hidden(named, "recovery") : named);
    }

    private static Json.Obj hidden(Json.Obj object, String name) {
        return object.has(name) ? object.with(name, MASK) : object;
    }

    /// All members whose names say that they are secret, at any depth.
    public static Json.Obj masked(Json.Obj arguments) {
        var members = new LinkedHashMap<String, Json>();
        arguments.members().forEach((name, value) -> members.put(name, isSecret(name) ? MASK : masked(value)));
        return new Json.Obj(members);
    }

    public static Json masked(Json value) {
        return switch (value) {
            case Json.Obj object -> masked(object);
            case Json.Arr(var items) ->
                new Json.Arr(items.stream().map(Secrets::masked).toList());
            default -> value;
        };
    }

    private static boolean isSecret(String name) {
        var plain = name.toLowerCase(Locale.ROOT);
        // `tokenid` names a token and `tokens` several, neither is one.
        return !plain.endsWith("id")
                && !plain.equals("tokens")
                && (plain.equals("key") || WORDS.stream().anyMatch(plain::contains));
    }
}
