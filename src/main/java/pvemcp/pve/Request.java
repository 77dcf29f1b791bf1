package pvemcp.pve;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import pvemcp.json.Json;

/// One request as PVE wants it written, and how often it may be sent.
///
/// @param query the parameters of a GET or DELETE, encoded; PVE refuses a body there (501)
/// @param form the parameters of a POST or PUT, encoded
/// @param tries how often it may reach PVE: a write once, whatever comes of it
/// @param secrets values that must not appear in a fault
/// @param cargo the file that goes along or comes back
record Request(
        Verb verb, String path, String query, String form, int tries, List<String> secrets, Optional<Cargo> cargo) {
    // PVE::APIServer::AnyEvent: $limit_max_post since libpve-http-server-perl 5.2.1.
    private static final int LONGEST_FORM = 512 << 10;
    // The same: $limit_max_headers_size, for the request line and all headers; some room is left for ours.
    private static final int LONGEST_TARGET = 6 << 10;

    Request(Verb verb, String path, String query, String form, int tries, List<String> secrets) {
        this(verb, path, query, form, tries, secrets, Optional.empty());
    }

    static Request of(Verb verb, String path, Json.Obj params) {
        ApiPath.check(path);
        var encoded = encode(params);
        boolean inQuery = verb == Verb.GET || verb == Verb.DELETE;
        int longest = inQuery ? LONGEST_TARGET - path.length() : LONGEST_FORM;
        if (encoded.length() > longest) {
            throw new PveException(new PveFault.Invalid(
                    "the parameters are %d bytes long when encoded, PVE takes %d here"
                            .formatted(encoded.length(), longest),
                    Map.of()));
        }
        int tries = verb != Verb.GET ? 1 : Effects.of(path) ? 2 : 3;
        return new Request(verb, path, inQuery ? encoded : "", inQuery ? "" : encoded, tries, secrets(params));
    }

    /// A POST with a file, whose parameters are in the query; or a GET that is answered by one.
    static Request carrying(Verb verb, String path, Json.Obj params, Cargo cargo) {
        ApiPath.check(path);
        var query = encode(params);
        if (query.length() > LONGEST_TARGET - path.length()) {
            throw new PveException(new PveFault.Invalid("the parameters are too long for a query", Map.of()));
        }
        return new Request(verb, path, query, "", 1, secrets(params), Optional.of(cargo));
    }

    /// A login: a POST that changes nothing, so it may be repeated.
    static Request login(Json.Obj params) {
        return new Request(Verb.POST, "/access/ticket", "", encode(params), 3, secrets(params));
    }

    /// Whether it is known that nothing came of it, should no answer come: it changes nothing, or PVE has not got
    /// all of it.
    boolean safe() {
        return tries > 1
                || cargo.map(file -> file instanceof Cargo.Down || !file.isWhole())
                        .orElse(false);
    }

    /// Empty where the path names none.
    String node() {
        var parts = path.split("/", 4);
        return parts.length > 2 && parts[1].equals("nodes") ? parts[2] : "";
    }

    boolean hasBody() {
        return verb == Verb.POST || verb == Verb.PUT;
    }

    /// `k=v&k=v`, with everything reserved percent-encoded: PVE also splits at `;` and cuts a value at a second
    /// `=` (PVE::APIServer::AnyEvent::decode_urlencoded).
    private static String encode(Json.Obj params) {
        var out = new StringBuilder();
        var problems = new LinkedHashMap<String, String>();
        params.members().forEach((name, value) -> {
            for (var single : value instanceof Json.Arr(var items) ? items : List.of(value)) {
                if (single instanceof Json.Obj || single instanceof Json.Arr) {
                    problems.put(
                            name,
                            "nested values cannot be sent: PVE takes them as text, such as 'key=value,key=value'");
                } else if (single != Json.Null.NULL) {
                    out.append(out.isEmpty() ? "" : "&");
                    out.append(ApiPath.encode(name)).append('=').append(ApiPath.encode(text(single)));
                }
            }
        });
        if (!problems.isEmpty()) {
            throw new PveException(new PveFault.Invalid("Some parameters cannot be sent.", problems));
        }
        return out.toString();
    }

    /// PVE::JSONSchema::parse_boolean at the top level knows `1` and `0` alone.
    private static String text(Json value) {
        return value instanceof Json.Bool(var flag)
                ? (flag ? "1" : "0")
                : value.scalarText().orElseThrow();
    }

    private static List<String> secrets(Json.Obj params) {
        var secrets = new ArrayList<String>();
        params.members().forEach((name, value) -> {
            var lower = name.toLowerCase(Locale.ROOT);
            if (lower.contains("password")
                    || lower.contains("secret")
                    || lower.contains("token")
                    || lower.contains("ticket")
                    || lower.endsWith("key")
                    || lower.equals("otp")) {
                value.scalarText().ifPresent(secrets::add);
            }
        });
        return secrets;
    }
}
