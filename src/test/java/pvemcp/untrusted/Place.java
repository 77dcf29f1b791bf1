package pvemcp.untrusted;

import java.util.LinkedHashMap;
import java.util.Set;
import pvemcp.json.Json;
import pvemcp.schema.ApiSchema;

/// A place in the answers of one operation where a text stands.
///
/// @param operation such as `GET /nodes/{node}/qemu/{vmid}/config`
/// @param member the names of the members on the way there, `[]` for the items of a list; behind the last point
///     [#NAME] stands for the name of a member, and [#REFUSAL] for words that PVE refuses with
record Place(String operation, String member) {
    static final String NAME = "(name)";
    static final String REFUSAL = "(refusal)";

    static String operation(ApiSchema schema, pvemcp.pve.Verb verb, String path) {
        return schema.match(pvemcp.schema.Verb.valueOf(verb.name()), path)
                .map(match -> match.operation().toString())
                .orElse(verb + " " + path);
    }

    /// All places of an answer.
    static void of(String operation, Json data, Set<Place> places) {
        places.add(new Place(operation, REFUSAL));
        gather(operation, data, "", places);
    }

    private static void gather(String operation, Json value, String member, Set<Place> places) {
        switch (value) {
            case Json.Str _, Json.Num _ -> places.add(new Place(operation, member));
            case Json.Arr(var items) -> items.forEach(item -> gather(operation, item, member + "[]", places));
            case Json.Obj(var members) -> {
                places.add(new Place(operation, member + "." + NAME));
                members.forEach((name, inner) -> gather(operation, inner, member + "." + name, places));
            }
            default -> {} // a flag or nothing
        }
    }

    /// The answer with something else at this place.
    Json in(Json value, Json other) {
        return replaced(value, "", other);
    }

    private Json replaced(Json value, String at, Json other) {
        if (!member.startsWith(at)) {
            return value;
        }
        return switch (value) {
            case Json.Str _, Json.Num _ -> at.equals(member) ? other : value;
            case Json.Arr(var items) ->
                new Json.Arr(items.stream()
                        .map(item -> replaced(item, at + "[]", other))
                        .toList());
            case Json.Obj(var members) -> {
                var changed = new LinkedHashMap<String, Json>();
                members.forEach((name, inner) -> changed.put(name, replaced(inner, at + "." + name, other)));
                if (member.equals(at + "." + NAME)) {
                    changed.put(other.scalarText().orElse("x"), other);
                }
                yield new Json.Obj(changed);
            }
            default -> value;
        };
    }

    @Override
    public String toString() {
        return operation + " " + member;
    }
}
