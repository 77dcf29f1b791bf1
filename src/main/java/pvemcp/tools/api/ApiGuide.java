package pvemcp.tools.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.schema.ApiSchema;
import pvemcp.schema.Danger;
import pvemcp.schema.Operation;
import pvemcp.view.Clean;
import pvemcp.view.View;

/// Finds operations of the API and says what they take.
public final class ApiGuide {
    private final ApiSchema schema;

    public ApiGuide(ApiSchema schema) {
        this.schema = schema;
    }

    /// Describes the operations of a path exactly; anything else is words to search for.
    ///
    /// @param parameters a part of the names of the parameters to tell in full; empty for all
    public View find(String query, Optional<String> method, String parameters, int limit) {
        var wanted = query.strip();
        int space = wanted.indexOf(' ');
        // "GET /nodes" is a method and a path.
        if (space > 0 && wanted.substring(space + 1).startsWith("/")) {
            return find(wanted.substring(space + 1), Optional.of(wanted.substring(0, space)), parameters, limit);
        }
        if (wanted.startsWith("/")) {
            var exact = exact(wanted).stream()
                    .filter(operation -> fits(operation, method))
                    .toList();
            if (!exact.isEmpty()) {
                return new View.Stack(exact.stream()
                        .map(operation -> describe(operation, parameters))
                        .toList());
            }
        }
        return search(wanted, method, limit);
    }

    private static boolean fits(Operation operation, Optional<String> method) {
        return method.map(operation.verb().name()::equalsIgnoreCase).orElse(true);
    }

    private List<Operation> exact(String path) {
        var template = schema.operations().stream()
                .filter(operation -> operation.path().equals(path))
                .toList();
        if (!template.isEmpty()) {
            return template;
        }
        var found = new ArrayList<Operation>();
        for (var verb : schema.verbs(path)) {
            schema.match(verb, path).ifPresent(match -> found.add(match.operation()));
        }
        return found;
    }

    private View search(String query, Optional<String> method, int limit) {
        var hits = schema.search(query, schema.operations().size()).stream()
                .filter(operation -> fits(operation, method))
                .toList();
        if (hits.isEmpty()) {
            return new View.Text("PVE %s has no operation for '%s'; try other words, or a path such as /nodes"
                    .formatted(schema.version(), Clean.name(query)));
        }
        var rows = hits.stream()
                .limit(limit)
                .map(hit ->
                        List.of(hit.verb().name(), hit.path(), hit.summary().isEmpty() ? hit.name() : hit.summary()))
                .toList();
        var head = hits.size() <= limit
                ? "%d operations, best first".formatted(hits.size())
                : "the best %d of %d operations; more words narrow it".formatted(limit, hits.size());
        return View.Stack.of(
                new View.Text(head),
                new View.Table(List.of("method", "path", "does"), rows),
                new View.Text("pve_api_search query=PATH describes one exactly"));
    }

    private View describe(Operation operation, String parameters) {
        boolean reads = schema.danger(operation, Json.Obj.EMPTY) == Danger.READ;
        return View.Stack.of(
                new View.Text(schema.describe(operation, parameters)),
                new View.Text("call it with " + (reads ? "pve_api_read" : "pve_api_write")));
    }
}
