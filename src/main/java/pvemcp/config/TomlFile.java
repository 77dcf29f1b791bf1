package pvemcp.config;

import com.electronwill.nightconfig.core.Config;
import com.electronwill.nightconfig.core.UnmodifiableConfig;
import com.electronwill.nightconfig.core.io.ParsingException;
import com.electronwill.nightconfig.core.io.ParsingMode;
import com.electronwill.nightconfig.toml.TomlParser;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import pvemcp.text.Reason;

/// The configuration file, flattened to dotted keys. The one class that knows the TOML library, so that it is loaded
/// only where there is a file.
///
/// @param values by dotted key; several texts where the value is an array
/// @param lines the line each key stands on, as far as it was found
record TomlFile(Path file, SequencedMap<String, List<String>> values, Map<String, Integer> lines) {

    static TomlFile read(Path file, List<String> problems) {
        var values = new LinkedHashMap<String, List<String>>();
        try {
            var text = Files.readString(file);
            flatten("", parsed(text), values, file, problems);
            var lines = lines(text);
            return new TomlFile(file, ordered(values, lines), lines);
        } catch (IOException e) {
            problems.add("%s: cannot be read (%s)".formatted(file, Reason.alone(e)));
        } catch (ParsingException e) {
            problems.add("%s:%s".formatted(file, e.getMessage()));
        }
        return new TomlFile(file, values, Map.of());
    }

    /// Into a table of ours: for one of its own the library looks on the class path for three other formats, and
    /// opens each jar there.
    private static UnmodifiableConfig parsed(String text) throws IOException {
        var table = Config.inMemoryUniversal();
        var reader = new StringReader(text);
        try {
            new TomlParser().parse(reader, table, ParsingMode.REPLACE);
        } catch (ParsingException e) {
            throw new ParsingException("%d: this is not TOML: %s".formatted(line(text, reader), e.getMessage()), e);
        }
        return table;
    }

    /// The line of the last character that was read: the parser gives none.
    private static long line(String text, StringReader reader) throws IOException {
        int read = text.length() - (int) reader.skip(text.length());
        return 1
                + text.substring(0, Math.max(0, read - 1))
                        .chars()
                        .filter(c -> c == '\n')
                        .count();
    }

    /// As the owner wrote them, which the parser does not keep: of several clusters the first one counts.
    private static SequencedMap<String, List<String>> ordered(
            SequencedMap<String, List<String>> values, Map<String, Integer> lines) {
        var names = new ArrayList<>(values.keySet());
        // No Comparator.comparingInt: it is serializable, so no start-up cache holds it (ADR 0012).
        names.sort((one, other) -> Integer.compare(
                lines.getOrDefault(one, Integer.MAX_VALUE), lines.getOrDefault(other, Integer.MAX_VALUE)));
        var ordered = new LinkedHashMap<String, List<String>>();
        names.forEach(name -> ordered.put(name, values.get(name)));
        return ordered;
    }

    /// Where a key stands, such as `pve-mcp.toml:12`.
    String origin(String key) {
        var line = lines.get(key);
        return line == null ? file.toString() : file + ":" + line;
    }

    private static void flatten(
            String prefix,
            UnmodifiableConfig table,
            SequencedMap<String, List<String>> values,
            Path file,
            List<String> problems) {
        for (var entry : table.entrySet()) {
            var name = prefix + entry.getKey();
            Object value = entry.getValue();
            // Not a pattern switch, whose first use costs each start 5 ms and more (ADR 0012).
            if (value instanceof UnmodifiableConfig inner) {
                flatten(name + ".", inner, values, file, problems);
            } else if (value instanceof List<?> items && isTables(items)) {
                // `policy.rule[1].tags`, counted from one.
                int number = 1;
                for (var item : items) {
                    flatten(name + "[" + number++ + "].", (UnmodifiableConfig) item, values, file, problems);
                }
            } else if (value instanceof List<?> items) {
                var texts = new ArrayList<String>();
                items.forEach(item -> texts.add(String.valueOf(item)));
                values.put(name, texts);
            } else if (value instanceof String || value instanceof Number || value instanceof Boolean) {
                values.put(name, List.of(value.toString()));
            } else {
                problems.add("%s: '%s' has a value of a kind that no key takes".formatted(file, name));
            }
        }
    }

    private static boolean isTables(List<?> items) {
        return !items.isEmpty() && items.getFirst() instanceof UnmodifiableConfig;
    }

    /// The parser keeps no positions, so the lines are found again: a table's header, then `key =` below it.
    private static Map<String, Integer> lines(String text) {
        var lines = new HashMap<String, Integer>();
        var counts = new HashMap<String, Integer>();
        var table = "";
        int number = 0;
        for (var raw : text.split("\n", -1)) {
            number++;
            var line = raw.strip();
            int equals = line.indexOf('=');
            if (line.startsWith("[[") && line.indexOf(']') > 0) {
                var name = plain(line.substring(2, line.indexOf(']')));
                table = "%s[%d].".formatted(name, counts.merge(name, 1, Integer::sum));
            } else if (line.startsWith("[") && line.indexOf(']') > 0) {
                table = plain(line.substring(1, line.indexOf(']'))) + ".";
            } else if (equals > 0 && !line.startsWith("#")) {
                lines.putIfAbsent(table + plain(line.substring(0, equals)), number);
            }
        }
        return lines;
    }

    private static String plain(String key) {
        return key.replace("\"", "").replace("'", "").replace(" ", "").replace("\t", "");
    }
}
