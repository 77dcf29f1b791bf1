package pvemcp.schema;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import pvemcp.json.Json;

/// What each operation can do and what it is for: `operations.tsv`, reviewed by hand, and what single parameters
/// add: `dangers.tsv`. An operation the table does not know is the worst there is.
record OperationTable(Map<String, Row> rows) {
    static final OperationTable SHARED = read(FactsFile.resource("operations.tsv"));

    record Row(Danger danger, String summary) {}

    static OperationTable read(String text) {
        var rows = new HashMap<String, Row>();
        for (int start = 0; start < text.length(); ) {
            int end = text.indexOf('\n', start);
            int first = text.indexOf('\t', start);
            if (text.charAt(start) != '#') {
                int second = text.indexOf('\t', first + 1);
                rows.put(
                        text.substring(start, first),
                        new Row(Danger.valueOf(text.substring(first + 1, second)), text.substring(second + 1, end)));
            }
            start = end + 1;
        }
        return new OperationTable(Map.copyOf(rows));
    }

    /// Our summary; empty for an operation the table does not know.
    Optional<String> summary(String operation) {
        return Optional.ofNullable(rows.get(operation)).map(Row::summary);
    }

    Danger danger(Operation operation, Json.Obj arguments) {
        var row = rows.get(operation.toString());
        var worst = row == null ? Danger.EXECUTE : row.danger();
        if (operation.verb() == Verb.GET || worst == Danger.EXECUTE) {
            return worst;
        }
        for (var argument : arguments.members().entrySet()) {
            for (var text : texts(argument.getValue())) {
                for (var rule : Parameters.RULES) {
                    if (rule.danger().compareTo(worst) > 0 && rule.holds(operation.path(), argument.getKey(), text)) {
                        worst = rule.danger();
                    }
                }
            }
        }
        return worst;
    }

    private static List<String> texts(Json value) {
        return switch (value) {
            case Json.Arr list ->
                list.items().stream().flatMap(item -> texts(item).stream()).toList();
            case Json.Obj object -> List.of(object.write());
            default -> value.scalarText().map(List::of).orElse(List.of());
        };
    }

    /// Read with the first call that changes something.
    private static final class Parameters {
        static final List<Rule> RULES = rules();

        private static List<Rule> rules() {
            var rules = new ArrayList<Rule>();
            for (var line : FactsFile.resource("dangers.tsv").lines().toList()) {
                if (!line.startsWith("#")) {
                    var fields = line.split("\t");
                    rules.add(new Rule(
                            Pattern.compile(fields[0]),
                            Pattern.compile(fields[1]),
                            Pattern.compile(fields[2], Pattern.DOTALL),
                            Danger.valueOf(fields[3])));
                }
            }
            return List.copyOf(rules);
        }
    }

    private record Rule(Pattern path, Pattern parameter, Pattern value, Danger danger) {
        boolean holds(String template, String name, String text) {
            return parameter.matcher(name).matches()
                    && path.matcher(template).matches()
                    && value.matcher(text).matches();
        }
    }
}
