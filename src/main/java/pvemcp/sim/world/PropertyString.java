package pvemcp.sim.world;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;

/// PVE's `value,key=value,key=value` text: one leading key may be left out (PVE::JSONSchema::parse_property_string).
///
/// @param bareKey the key of a part that comes without one
public record PropertyString(String bareKey, SequencedMap<String, String> parts) {
    public PropertyString {
        parts = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(parts));
    }

    public static PropertyString parse(String text, String bareKey) {
        var parts = new LinkedHashMap<String, String>();
        for (var part : text.split(",")) {
            if (part.isEmpty()) {
                continue;
            }
            int equals = part.indexOf('=');
            if (equals < 0) {
                parts.put(bareKey, part);
            } else {
                parts.put(part.substring(0, equals), part.substring(equals + 1));
            }
        }
        return new PropertyString(bareKey, parts);
    }

    public Optional<String> get(String key) {
        return Optional.ofNullable(parts.get(key));
    }

    /// The value of the key that may come without its name; empty text where there is none.
    public String bare() {
        return parts.getOrDefault(bareKey, "");
    }

    public boolean flag(String key) {
        return switch (parts.getOrDefault(key, "0")) {
            case "1", "on", "yes", "true" -> true;
            default -> false;
        };
    }

    public PropertyString with(String key, String value) {
        var copy = new LinkedHashMap<>(parts);
        copy.put(key, value);
        return new PropertyString(bareKey, copy);
    }

    public PropertyString without(String... keys) {
        var copy = new LinkedHashMap<>(parts);
        for (var key : keys) {
            copy.remove(key);
        }
        return new PropertyString(bareKey, copy);
    }

    /// As PVE writes it: the bare part first, the others by name.
    @Override
    public String toString() {
        var sorted = new TreeMap<>(parts);
        var text = new StringBuilder();
        var bare = sorted.remove(bareKey);
        if (bare != null) {
            text.append(bare);
        }
        sorted.forEach((key, value) ->
                text.append(text.isEmpty() ? "" : ",").append(key).append('=').append(value));
        return text.toString();
    }
}
