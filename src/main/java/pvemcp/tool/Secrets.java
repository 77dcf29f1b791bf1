package pvemcp.tool;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import pvemcp.json.Json;
import pvemcp.pve.ApiPath;
import pvemcp.pve.Secret;

/// Where secrets stand in what is sent to PVE and in what it answers.
public final class Secrets {
    /// Everywhere. Of all parameters and answers of the API, these names mean a secret and nothing else.
    private static final Set<String> NAMES = Set.of(
            "password",
            "cipassword",
            "confirmation-password",
            "client-key",
            "private-key",
            "keyring",
            "encryption-key",
            "eab-hmac-key",
            "secret",
            "otp",
            "totp",
            "tfa-challenge",
            "ticket",
            "vncticket",
            "token",
            "target-endpoint",
            "recovery",
            "corosync_authkey",
            "csrfpreventiontoken",
            "otel-headers");

    /// Words in names that may mean one: enough to mask the value where it is only written down or shown.
    private static final List<String> WORDS = List.of(
            "password", "passwd", "passphrase", "secret", "token", "ticket", "private", "apikey", "hmac", "credential");

    private static final Json MASK = Json.str(Secret.MASK);

    /// A name that means a secret below this path alone.
    private enum Below {
        KEY("key", "/cluster/sdn/dns.*|/nodes/[^/]+/certificates/custom|/nodes/[^/]+/subscription"),
        DATA("data", "/cluster/acme/plugins.*"),
        VALUE("value", "/access/users/[^/]+/token/.*|/access/tfa.*"),
        KEYS("keys", "/access/users.*");

        private final String member;
        private final Pattern paths;

        Below(String member, String paths) {
            this.member = member;
            this.paths = Pattern.compile(paths);
        }
    }

    private Secrets() {}

    /// Arguments of a call, or parameters of a request of which the path is not known, without what is secret.
    public static Json.Obj masked(Json.Obj arguments) {
        return masked(arguments.text("path").orElse(""), arguments);
    }

    /// What came back from a path, without what is secret.
    public static Json masked(String path, Json answer) {
        return maskedBelow(path, answer);
    }

    /// Parameters or an answer of this path, without what is secret.
    public static Json.Obj masked(String path, Json.Obj values) {
        var members = new LinkedHashMap<String, Json>();
        var plain = ApiPath.plain(path);
        values.members().forEach((name, value) -> members.put(name, masked(plain, name, value)));
        return new Json.Obj(members);
    }

    private static Json masked(String path, String name, Json value) {
        if (mayBeSecret(path, name)) {
            return MASK;
        }
        boolean asked = name.equals("path") && value instanceof Json.Str;
        return asked ? Json.str(withoutSecrets(((Json.Str) value).value())) : maskedBelow(path, value);
    }

    /// A path that brings its parameters along, behind a `?`.
    private static String withoutSecrets(String path) {
        int query = path.indexOf('?');
        if (query < 0) {
            return path;
        }
        var out = new StringBuilder(path.substring(0, query));
        var below = ApiPath.plain(path.substring(0, query));
        for (var pair : path.substring(query + 1).split("&", -1)) {
            int equals = pair.indexOf('=');
            boolean secret = equals > 0 && mayBeSecret(below, pair.substring(0, equals));
            out.append(out.length() == query ? '?' : '&')
                    .append(secret ? pair.substring(0, equals + 1) + Secret.MASK : pair);
        }
        return out.toString();
    }

    private static Json maskedBelow(String path, Json value) {
        return switch (value) {
            case Json.Obj object -> masked(path, object);
            case Json.Arr(var items) ->
                new Json.Arr(items.stream().map(item -> maskedBelow(path, item)).toList());
            default -> value;
        };
    }

    /// The texts that stand where secrets do.
    public static List<String> in(String path, Json value) {
        var found = new ArrayList<String>();
        collect(ApiPath.plain(path), value, false, found);
        return found;
    }

    private static void collect(String path, Json value, boolean secret, List<String> found) {
        switch (value) {
            case Json.Obj(var members) ->
                // A secret with a name of its own, as those of webhooks: the name is none.
                members.forEach((name, member) ->
                        collect(path, member, isSecret(path, name) || (secret && !name.equals("name")), found));
            case Json.Arr(var items) -> items.forEach(item -> collect(path, item, secret, found));
            case Json.Str(var text) when secret -> found.add(text);
            default -> {} // Numbers and flags are no secrets.
        }
    }

    private static boolean mayBeSecret(String path, String name) {
        var plain = name.toLowerCase(Locale.ROOT).replace("-", "").replace("_", "");
        // `tokenid` names a token and `tokens` several, neither is one.
        boolean sounds = plain.equals("key")
                || (!plain.endsWith("id")
                        && !plain.equals("tokens")
                        && WORDS.stream().anyMatch(plain::contains));
        return sounds || isSecret(path, name);
    }

    private static boolean isSecret(String path, String name) {
        var plain = name.toLowerCase(Locale.ROOT);
        if (NAMES.contains(plain)) {
            return true;
        }
        for (var below : Below.values()) {
            if (below.member.equals(plain) && below.paths.matcher(path).lookingAt()) {
                return true;
            }
        }
        return false;
    }
}
