package pvemcp.dispatch;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import pvemcp.json.Json;

/// What is different between two states of the same thing.
final class Changes {
    private Changes() {}

    /// The names that only one has, or that both have with other values.
    static List<String> between(Json.Obj one, Json.Obj other) {
        var names = new LinkedHashSet<>(one.members().keySet());
        names.addAll(other.members().keySet());
        var different = new ArrayList<String>();
        for (var name : names) {
            if (!one.get(name).equals(other.get(name))) {
                different.add(name);
            }
        }
        return different;
    }

    /// Of a state, these members alone.
    static Json.Obj only(Json.Obj state, List<String> names) {
        var members = new LinkedHashMap<String, Json>();
        names.forEach(name -> state.get(name).ifPresent(value -> members.put(name, value)));
        return new Json.Obj(members);
    }
}
