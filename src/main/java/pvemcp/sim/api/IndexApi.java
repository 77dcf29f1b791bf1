package pvemcp.sim.api;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import pvemcp.json.Json;
import pvemcp.schema.ApiSchema;
import pvemcp.schema.Operation;
import pvemcp.schema.Verb;

/// The directories of the API: a GET that only names what is below it. They are read off the schema.
final class IndexApi {
    private IndexApi() {}

    /// Adds an index for each directory that nobody has a handler for.
    static void add(Routes routes, ApiSchema schema) {
        var below = new LinkedHashMap<String, TreeSet<String>>();
        for (var operation : schema.operations()) {
            var path = operation.path();
            for (int slash = path.lastIndexOf('/'); slash >= 0; slash = path.lastIndexOf('/', slash - 1)) {
                var parent = slash == 0 ? "/" : path.substring(0, slash);
                var rest = path.substring(slash + 1);
                int end = rest.indexOf('/');
                below.computeIfAbsent(parent, _ -> new TreeSet<>()).add(end < 0 ? rest : rest.substring(0, end));
                if (slash == 0) {
                    break;
                }
            }
        }
        for (var operation : schema.operations()) {
            var children = below.getOrDefault(operation.path(), new TreeSet<>());
            if (isIndex(operation, children) && routes.handler(operation).isEmpty()) {
                var rows = rows(operation, children);
                routes.on(operation.verb(), operation.path(), _ -> rows);
            }
        }
    }

    private static boolean isIndex(Operation operation, SortedSet<String> children) {
        return operation.verb() == Verb.GET
                && !children.isEmpty()
                && children.stream().noneMatch(child -> child.startsWith("{"))
                && operation
                        .facts()
                        .object("returns")
                        .flatMap(returns -> returns.text("child"))
                        .isPresent();
    }

    private static Json rows(Operation operation, SortedSet<String> children) {
        var link =
                operation.facts().object("returns").orElseThrow().text("child").orElseThrow();
        var key = link.substring(link.indexOf('{') + 1, link.indexOf('}'));
        List<Json> rows = new ArrayList<>();
        children.forEach(child -> rows.add(Json.of(Map.of(key, child))));
        return new Json.Arr(rows);
    }
}
