package pvemcp.schema;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import pvemcp.json.Json;

/// PVE's `key=value,key=value` values, where one key may be left out and some have other names.
final class PropertyString {
    private PropertyString() {}

    /// The text does not follow the grammar; the message is PVE's.
    static final class Malformed extends Exception {
        Malformed(String message) {
            super(message, null, false, false);
        }
    }

    /// The keys and their values under their proper names, in the order they were written. Unknown keys are kept,
    /// as PVE::JSONSchema::parse_property_string keeps them for the check that follows.
    ///
    /// @param keys the declaration of the format, by key
    static Json.Obj parse(Json.Obj keys, String text) throws Malformed {
        var values = new LinkedHashMap<String, Json>();
        boolean bareSeen = false;
        for (var part : text.split(",", -1)) {
            if (isBlank(part)) {
                continue;
            }
            int equals = part.indexOf('=');
            if (equals < 0) {
                var key = defaultKey(keys);
                if (bareSeen || isTrue(values.get(key))) {
                    throw new Malformed("duplicate key in comma-separated list property: " + key);
                }
                values.put(key, Json.str(normal(keys, key, part)));
                bareSeen = true;
            } else if (equals == 0 || !hasValue(part, equals)) {
                throw new Malformed("missing key in comma-separated list property");
            } else {
                put(values, keys, part.substring(0, equals), part.substring(equals + 1));
            }
        }
        return new Json.Obj(values);
    }

    private static void put(Map<String, Json> values, Json.Obj keys, String written, String text) throws Malformed {
        if (values.containsKey(written)) {
            throw new Malformed("duplicate key in comma-separated list property: " + written);
        }
        var schema = keys.object(written).orElse(Json.Obj.EMPTY);
        var key = schema.text("alias").orElse(written);
        if (!key.equals(written)) {
            var keyAlias = schema.text("keyAlias");
            if (keyAlias.isPresent()) {
                if (values.containsKey(keyAlias.get())) {
                    throw new Malformed("key alias '" + keyAlias.get() + "' is already defined");
                }
                values.put(keyAlias.get(), Json.str(written));
            }
            if (values.containsKey(key)) {
                throw new Malformed("key '" + key + "' is already defined (via alias)");
            }
        }
        values.put(key, Json.str(normal(keys, key, text)));
    }

    private static String defaultKey(Json.Obj keys) throws Malformed {
        for (var key : keys.members().keySet()) {
            if (keys.object(key).flatMap(schema -> schema.flag("default_key")).orElse(false)) {
                return key;
            }
        }
        throw new Malformed("value without key, but schema does not define a default key");
    }

    /// Inside a property string `yes`, `on` and `true` are booleans too.
    private static String normal(Json.Obj keys, String key, String text) {
        if (!keys.object(key).flatMap(schema -> schema.text("type")).orElse("").equals("boolean")) {
            return text;
        }
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "1", "on", "yes", "true" -> "1";
            case "0", "off", "no", "false" -> "0";
            default -> text;
        };
    }

    private static boolean hasValue(String part, int equals) {
        int lineFeed = part.indexOf('\n');
        return equals + 1 < part.length() && (lineFeed < 0 || (lineFeed == part.length() - 1 && lineFeed > equals + 1));
    }

    private static boolean isTrue(Json value) {
        return value instanceof Json.Str(var text) && !text.isEmpty() && !text.equals("0");
    }

    private static boolean isBlank(String part) {
        return part.chars().allMatch(c -> c == ' ' || (c >= '\t' && c <= '\r'));
    }
}
