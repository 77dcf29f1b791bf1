package pvemcp.mcp;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import pvemcp.json.Json;

/// What the headers of a modern request repeat of its body, so that a proxy can route without reading that. They must
/// agree (MCP 2026-07-28, basic/transports/streamable-http): where a proxy and the server would read different
/// things, one could be used to get past the other.
final class HeaderRules {
    static final String VERSION = "MCP-Protocol-Version";
    static final String METHOD = "Mcp-Method";
    static final String NAME = "Mcp-Name";
    private static final String PARAM = "Mcp-Param-";

    /// The member of an input's schema that names its header.
    private static final String ANNOTATION = "x-mcp-header";

    private static final int LONGEST_NUMBER = 40;

    private final Map<String, List<String>> headers;

    /// @param headers whose look-up does not heed case
    HeaderRules(Map<String, List<String>> headers) {
        this.headers = headers;
    }

    /// The header's only value, without white space around it; empty where it is missing. Two that say the same are
    /// two.
    Optional<String> only(String name) {
        var values = headers.get(name);
        return values == null || values.size() != 1
                ? Optional.empty()
                : Optional.of(values.getFirst().strip());
    }

    /// What is wrong with the headers every message has; empty where nothing is.
    Optional<RpcError> check(String method, Json.Obj params) {
        if (params.members().get("_meta") instanceof Json.Obj meta
                && meta.members().get(Modern.VERSION) instanceof Json.Str(var version)) {
            var wrong = equal(VERSION, version);
            if (wrong.isPresent()) {
                return wrong;
            }
        } else if (only(VERSION).isEmpty()) {
            return mismatch(VERSION + " is missing");
        }
        var wrong = equal(METHOD, method);
        var named = named(method);
        if (wrong.isPresent() || named.isEmpty() || !(params.members().get(named) instanceof Json.Str(var name))) {
            return wrong;
        }
        return equal(NAME, name);
    }

    /// The parameter that `Mcp-Name` repeats; empty where there is none.
    private static String named(String method) {
        return switch (method) {
            case "tools/call", "prompts/get" -> "name";
            case "resources/read" -> "uri";
            case "tasks/get", "tasks/update", "tasks/cancel" -> "taskId";
            default -> "";
        };
    }

    private Optional<RpcError> equal(String header, String body) {
        var value = only(header);
        if (value.isEmpty()) {
            return mismatch(header + " is missing or stands there twice");
        }
        return decoded(value.get()).filter(body::equals).isPresent()
                ? Optional.empty()
                : mismatch(
                        header + " is '" + Text.brief(value.get()) + "', but the body has '" + Text.brief(body) + "'");
    }

    /// What is wrong with the headers for single arguments, for which the tool's schema asks.
    ///
    /// @param schema the tool's `inputSchema`
    Optional<RpcError> checkArguments(Json.Obj schema, Json.Obj arguments) {
        if (!(schema.members().get("properties") instanceof Json.Obj(var properties))) {
            return Optional.empty();
        }
        for (var property : properties.entrySet()) {
            if (!(property.getValue() instanceof Json.Obj input)) {
                continue;
            }
            var value = arguments.members().getOrDefault(property.getKey(), Json.Null.NULL);
            var wrong = input.text(ANNOTATION).flatMap(suffix -> checkArgument(PARAM + suffix, value));
            if (wrong.isEmpty() && value instanceof Json.Obj inner) {
                wrong = checkArguments(input, inner);
            }
            if (wrong.isPresent()) {
                return wrong;
            }
        }
        return Optional.empty();
    }

    private Optional<RpcError> checkArgument(String header, Json value) {
        boolean sent = headers.get(header) != null;
        if (value == Json.Null.NULL) {
            return sent ? mismatch(header + " is there, but the body has no such argument") : Optional.empty();
        }
        var body = value.scalarText().orElse("");
        if (!(value instanceof Json.Num)) {
            return equal(header, body);
        }
        var same = only(header).flatMap(HeaderRules::decoded).filter(text -> sameNumber(text, body));
        return same.isPresent() ? Optional.empty() : equal(header, body);
    }

    /// `1`, `1.0` and `1e0` are one number.
    private static boolean sameNumber(String one, String other) {
        try {
            return one.length() < LONGEST_NUMBER && new BigDecimal(one).compareTo(new BigDecimal(other)) == 0;
        } catch (NumberFormatException _) {
            return false;
        }
    }

    /// The value as it was meant: what headers cannot carry is in Base64 between `=?base64?` and `?=`. Empty where
    /// that is no Base64.
    private static Optional<String> decoded(String value) {
        var start = "=?base64?";
        if (!value.startsWith(start) || !value.endsWith("?=") || value.length() < start.length() + 2) {
            return Optional.of(value);
        }
        var coded = value.substring(start.length(), value.length() - 2);
        try {
            var bytes = Base64.getDecoder().decode(coded);
            // The decoder forgives missing padding; RFC 4648 §3.2 does not.
            return coded.length() % 4 == 0 ? Optional.of(new String(bytes, StandardCharsets.UTF_8)) : Optional.empty();
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }

    private static Optional<RpcError> mismatch(String what) {
        return Optional.of(new RpcError(RpcError.HEADER_MISMATCH, "Header mismatch: " + what));
    }
}
