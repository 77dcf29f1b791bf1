package pvemcp.tool;

import java.util.LinkedHashMap;
import java.util.List;
import pvemcp.json.Json;

/// One input of a tool as its callers see it.
///
/// @param name in `snake_case`
/// @param fallback the value where none is given, as a caller would write it; empty where there is none
/// @param words all values it can have ([Kind#WORD]), or all its members can have ([Kind#WORDS]); empty: any
/// @param usual the values it mostly has, in lower case: all of them where `words` lists them
/// @param min the least number it can be, `Long.MIN_VALUE` where there is no limit
/// @param max the greatest, `Long.MAX_VALUE` where there is no limit
/// @param obvious whether its schema goes without `doc` and bounds
public record Param(
        String name,
        Kind kind,
        String doc,
        boolean required,
        String fallback,
        List<String> words,
        List<String> usual,
        long min,
        long max,
        boolean obvious) {
    public Param {
        words = List.copyOf(words);
        usual = List.copyOf(words.isEmpty() ? usual : words);
        doc = doc.isEmpty() ? kind.doc() : doc;
        // A `node` that is a node and nothing more.
        obvious |= name.equals(kind.candidates()) && doc.equals(kind.doc());
    }

    /// An input that may be left out.
    public static Param optional(String name, Kind kind, String doc) {
        return new Param(name, kind, doc, false, "", List.of(), List.of(), Long.MIN_VALUE, Long.MAX_VALUE, false);
    }

    /// The same, told to clients by its name alone.
    Param asObvious() {
        return new Param(name, kind, doc, required, fallback, words, usual, min, max, true);
    }

    /// Its JSON schema.
    public Json.Obj schema() {
        var schema = new LinkedHashMap<String, Json>();
        schema.put("type", Json.str(kind.json()));
        if (kind == Kind.WORDS) {
            var items = Json.obj("type", "string");
            schema.put("items", words.isEmpty() ? items : items.with("enum", Json.strings(words)));
        } else if (!words.isEmpty()) {
            schema.put("enum", Json.strings(words));
        }
        // Nobody asks for no rows, or fewer; of an obvious input the bounds are obvious too.
        if (min > 1 && !obvious) {
            schema.put("minimum", Json.num(min));
        }
        if (max != Long.MAX_VALUE && !obvious) {
            schema.put("maximum", Json.num(max));
        }
        // What happens without a word from the caller is worth its tokens where it can surprise.
        if (!fallback.isEmpty() && (!obvious || kind == Kind.FLAG) && !fallback.equals("false")) {
            schema.put("default", typedFallback());
        }
        if (!obvious) {
            schema.put("description", Json.str(doc));
        }
        return new Json.Obj(schema);
    }

    private Json typedFallback() {
        return switch (kind) {
            case COUNT, NUMBER -> new Json.Num(fallback);
            case FLAG -> Json.bool(fallback.equals("true"));
            case WORDS -> Json.strings(List.of(fallback.split(",")));
            default -> Json.str(fallback);
        };
    }
}
