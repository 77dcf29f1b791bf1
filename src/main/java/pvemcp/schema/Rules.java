package pvemcp.schema;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import pvemcp.json.Json;

/// What one PVE version's declarations refer to: named property strings, how far indexed parameters go, patterns.
///
/// Thread-safe; what is parsed or compiled is kept.
final class Rules {
    private final Map<String, Integer> indexes;
    private final Map<String, String> formats;
    private final Map<String, List<String>> words;
    private final Map<String, Json.Obj> parsed = new ConcurrentHashMap<>();
    private final Map<String, Pattern> patterns = new ConcurrentHashMap<>();

    /// @param formats declarations of property strings as JSON, by format name
    Rules(Map<String, Integer> indexes, Map<String, String> formats, Map<String, List<String>> words) {
        this.indexes = Map.copyOf(indexes);
        this.formats = Map.copyOf(formats);
        this.words = Map.copyOf(words);
    }

    /// The words of a list that PVE's code knows: `pve-priv`, `cpu-flag`, `cpu-model`.
    List<String> words(String list) {
        return words.getOrDefault(list, List.of());
    }

    /// The keys of a named property string; empty where the name stands for code ([ValueFormats]).
    Optional<Json.Obj> propertyString(String format) {
        var declaration = formats.get(format);
        return declaration == null
                ? Optional.empty()
                : Optional.of(parsed.computeIfAbsent(format, _ -> FactsFile.object(declaration)));
    }

    /// The highest index of parameters such as `net[n]`; -1 where the name is not indexed.
    int highest(String stem) {
        return indexes.getOrDefault(stem, -1);
    }

    /// Whether `m/^…$/` in Perl would match, as PVE::JSONSchema tests a `pattern`: without a group around it.
    boolean matches(String perl, String value) {
        return finds("^" + perl + "$", value);
    }

    /// Whether `m/…/` in Perl would match somewhere.
    boolean finds(String perl, String value) {
        var pattern = patterns.computeIfAbsent(perl, Rules::compile);
        try {
            return pattern.matcher(value).find();
        } catch (StackOverflowError _) {
            // java.util.regex recurses for each round of a group; no sensible value is that long.
            return false;
        }
    }

    /// Perl's `(?^i:`, `{,n}` and `\0` are the only things in PVE's patterns that Java writes otherwise.
    static Pattern compile(String perl) {
        var java = perl.replace("(?^", "(?").replace("{,", "{0,").replace("\\0", "\\x00");
        return Pattern.compile(java, Pattern.UNIX_LINES | Pattern.UNICODE_CHARACTER_CLASS);
    }
}
