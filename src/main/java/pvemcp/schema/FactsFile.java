package pvemcp.schema;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import pvemcp.json.Json;

/// The facts of one PVE version as this project keeps them: a resource with one fact a line.
///
///     version 9.2
///     index net 31                      indexed parameters net0 … net31
///     format pve-qm-boot {…}            the keys of a property string, by the name of its format
///     words pve-priv Datastore.Audit …  what may stand in a list whose words the code knows, not the declaration
///     GET /pools index {…}              an operation: verb, template, PVE's method name, declaration
///
/// The file is shipped as it is: packing the jar compresses it to a seventh, lines are cut without parsing what
/// they hold, and nothing generated can fall behind its source.
record FactsFile(
        String version,
        Map<String, Integer> indexes,
        Map<String, String> formats,
        Map<String, List<String>> words,
        List<Line> operations) {
    /// An operation's line; `declaration` is unparsed JSON.
    record Line(Verb verb, String path, String name, String declaration) {}

    static FactsFile of(String version) {
        return parse(resource("pve-" + version + ".facts"));
    }

    static String resource(String name) {
        try (var in = FactsFile.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("resource " + name + " is missing");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static FactsFile parse(String text) {
        var version = "";
        var indexes = new HashMap<String, Integer>();
        var formats = new HashMap<String, String>();
        var words = new HashMap<String, List<String>>();
        var operations = new ArrayList<Line>();
        for (int start = 0; start < text.length(); ) {
            int end = text.indexOf('\n', start);
            var line = text.substring(start, end);
            start = end + 1;
            int first = line.indexOf(' ');
            int second = line.indexOf(' ', first + 1);
            switch (line.substring(0, first)) {
                case "#" -> {}
                case "version" -> version = line.substring(first + 1);
                case "index" ->
                    indexes.put(
                            line.substring(first + 1, second), Integer.parseInt(line, second + 1, line.length(), 10));
                case "format" -> formats.put(line.substring(first + 1, second), line.substring(second + 1));
                case "words" ->
                    words.put(
                            line.substring(first + 1, second),
                            List.of(line.substring(second + 1).split(" ")));
                case String verb -> {
                    int third = line.indexOf(' ', second + 1);
                    operations.add(new Line(
                            Verb.valueOf(verb),
                            line.substring(first + 1, second),
                            line.substring(second + 1, third),
                            line.substring(third + 1)));
                }
            }
        }
        return new FactsFile(
                version, Map.copyOf(indexes), Map.copyOf(formats), Map.copyOf(words), List.copyOf(operations));
    }

    static Json.Obj object(String json) {
        return (Json.Obj) Json.parse(json);
    }
}
