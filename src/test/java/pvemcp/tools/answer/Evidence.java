package pvemcp.tools.answer;

import java.util.List;
import java.util.Optional;
import pvemcp.json.Json;

/// What an answer shows to prove what it says.
final class Evidence {
    private Evidence() {}

    /// The rows of a table, the cells of each with `|` between them; empty where there is no such table.
    static Optional<List<String>> rows(Json answer, String table) {
        return ((Json.Obj) answer)
                .object("evidence")
                .orElseThrow()
                .object(table)
                .map(found -> found.array("rows").orElseThrow().items().stream()
                        .map(row -> String.join("|", cells((Json.Arr) row)))
                        .toList());
    }

    private static List<String> cells(Json.Arr row) {
        return row.items().stream().map(cell -> cell.scalarText().orElse("")).toList();
    }
}
