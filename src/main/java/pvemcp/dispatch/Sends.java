package pvemcp.dispatch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import pvemcp.schema.ApiSchema;
import pvemcp.schema.Verb;

/// The operations that tell whether a tool can work, by its name: of one that changes something those that do, of one
/// that reads those without which it has no answer. Made by a test out of what the tools send; a tool that is not in
/// it may always work.
final class Sends {
    private static final String TABLE = "sends.tsv";

    private Sends() {}

    /// The privileges for want of which nothing of what the tool sends is open to this caller on any path; empty
    /// where something may be.
    ///
    /// @param schema of the cluster: what it does not know says nothing
    /// @param held what the caller has on some path or other
    static Set<String> lacking(String tool, ApiSchema schema, Set<String> held) {
        var lacking = new TreeSet<String>();
        for (var name : Table.ROWS.getOrDefault(tool, List.of())) {
            int space = name.indexOf(' ');
            var operation = schema.operation(Verb.valueOf(name.substring(0, space)), name.substring(space + 1));
            var ofOne = operation.map(known -> known.lacking(held)).orElse(Set.of());
            if (ofOne.isEmpty()) {
                return Set.of();
            }
            lacking.addAll(ofOne);
        }
        return lacking;
    }

    /// Read when it is first asked for, which is after the start.
    private static final class Table {
        static final Map<String, List<String>> ROWS = read();

        private static Map<String, List<String>> read() {
            var rows = new HashMap<String, List<String>>();
            try (var stream = Sends.class.getResourceAsStream(TABLE)) {
                var text = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
                for (var line : text.lines().toList()) {
                    if (!line.startsWith("#")) {
                        var cells = List.of(line.split("\t", -1));
                        rows.put(cells.getFirst(), cells.subList(1, cells.size()));
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return rows;
        }
    }
}
