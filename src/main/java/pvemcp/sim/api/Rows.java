package pvemcp.sim.api;

import java.util.LinkedHashMap;
import java.util.Optional;
import pvemcp.json.Json;

/// Puts a JSON object together, leaving out what is not there.
final class Rows {
    private final LinkedHashMap<String, Json> members = new LinkedHashMap<>();

    static Rows of(Object... namesAndValues) {
        var row = new Rows();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            row.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return row;
    }

    Rows put(String name, Object value) {
        members.put(name, Json.of(value));
        return this;
    }

    /// Only where the text is not empty, as Perl's `if $value`.
    Rows putText(String name, String value) {
        return value.isEmpty() ? this : put(name, value);
    }

    Rows putIf(boolean condition, String name, Object value) {
        return condition ? put(name, value) : this;
    }

    Rows putIf(String name, Optional<?> value) {
        return value.isPresent() ? put(name, value.get()) : this;
    }

    Json.Obj json() {
        return new Json.Obj(members);
    }
}
