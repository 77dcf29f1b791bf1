package pvemcp.tools;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.schema.ApiSchema;
import pvemcp.schema.Danger;
import pvemcp.schema.Operation;
import pvemcp.view.Clean;
import pvemcp.view.View;

/// Finds operations of the API and says what they take.
final class ApiGuide {
    private static final int PARAMETERS = 60;

    private final ApiSchema schema;

    ApiGuide(ApiSchema schema) {
        this.schema = schema;
    }

    /// Describes the operations of a path exactly; anything else is words to search for.
    View find(String query, Optional<String> method, int limit) {
        var wanted = query.strip();
        int space = wanted.indexOf(' ');
        // "GET /nodes" is a method and a path.
        if (space > 0 && wanted.substring(space + 1).startsWith("/")) {
            return find(wanted.substring(space + 1), Optional.of(wanted.substring(0, space)), limit);
        }
        if (wanted.startsWith("/")) {
            var exact = exact(wanted).stream()
                    .filter(operation -> fits(operation, method))
                    .toList();
            if (!exact.isEmpty()) {
                return new View.Stack(exact.stream().map(this::describe).toList());
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
        var words = Arrays.stream(query.toLowerCase(Locale.ROOT).split("[^a-z0-9]+"))
                .filter(word -> !word.isEmpty())
                .toList();
        record Hit(Operation operation, int score) {}
        var hits = schema.operations().stream()
                .filter(operation -> fits(operation, method))
                .map(operation -> new Hit(operation, score(operation, words)))
                .filter(hit -> hit.score() > 0)
                .sorted(Comparator.comparingInt(Hit::score)
                        .reversed()
                        .thenComparingInt(hit -> hit.operation().path().length())
                        .thenComparing(hit -> hit.operation().toString()))
                .toList();
        if (hits.isEmpty()) {
            return new View.Text("PVE %s has no operation for '%s'; try other words, or a path such as /nodes"
                    .formatted(schema.version(), Clean.name(query)));
        }
        var rows = hits.stream()
                .limit(limit)
                .map(hit -> List.of(
                        hit.operation().verb().name(),
                        hit.operation().path(),
                        hit.operation().summary().isEmpty()
                                ? hit.operation().name()
                                : hit.operation().summary()))
                .toList();
        var head = hits.size() <= limit
                ? "%d operations".formatted(hits.size())
                : "the best %d of %d operations; more words narrow it".formatted(limit, hits.size());
        return View.Stack.of(
                new View.Text(head),
                new View.Table(List.of("method", "path", "does"), rows),
                new View.Text("pve_api_search query=PATH describes one exactly"));
    }

    /// Every word must be found; a word of the path or the name counts most, its last segment most of all.
    private static int score(Operation operation, List<String> words) {
        var path = operation.path().toLowerCase(Locale.ROOT);
        var last = path.substring(path.lastIndexOf('/') + 1);
        var name = operation.name().toLowerCase(Locale.ROOT);
        var summary = operation.summary().toLowerCase(Locale.ROOT);
        int score = 0;
        for (var word : words) {
            var stem = word.length() > 4 && word.endsWith("s") ? word.substring(0, word.length() - 1) : word;
            int found = 0;
            if (last.contains(stem)) {
                found += 4;
            }
            if (path.contains(stem)) {
                found += 3;
            }
            if (name.contains(stem)) {
                found += 2;
            }
            if (summary.contains(stem) || says(operation, stem)) {
                found += 2;
            }
            if (found == 0) {
                return 0;
            }
            score += found;
        }
        return score;
    }

    /// Words people use for a method or a kind of guest.
    private static boolean says(Operation operation, String word) {
        return switch (word) {
            case "create", "add", "new", "make" -> operation.verb().name().equals("POST");
            case "update", "change", "set", "edit", "modify" ->
                operation.verb().name().equals("PUT");
            case "delete", "remove", "destroy" -> operation.verb().name().equals("DELETE");
            case "list", "get", "show", "read" -> operation.verb().name().equals("GET");
            case "vm", "kvm" -> operation.path().contains("/qemu");
            case "container", "ct" -> operation.path().contains("/lxc");
            case "backup" -> operation.path().contains("vzdump");
            case "acl", "permission" -> operation.path().startsWith("/access");
            default -> false;
        };
    }

    private View describe(Operation operation) {
        var danger = schema.danger(operation, Json.Obj.EMPTY);
        var facts = new ArrayList<View.Fact>();
        facts.add(new View.Fact("operation", operation.toString()));
        if (!operation.summary().isEmpty()) {
            facts.add(new View.Fact("does", operation.summary()));
        }
        facts.add(new View.Fact(
                "call with",
                danger == Danger.READ
                        ? "pve_api_read"
                        : "pve_api_write (%s)".formatted(danger.name().toLowerCase(Locale.ROOT))));
        operation.facts().object("permissions").ifPresent(needs -> facts.add(new View.Fact("needs", needs(needs))));
        var rows = new ArrayList<List<String>>();
        operation.parameters().members().forEach((name, rule) -> {
            if (rule instanceof Json.Obj declared) {
                rows.add(List.of(
                        name, type(declared), declared.flag("optional").orElse(false) ? "" : "yes", values(declared)));
            }
        });
        rows.sort(Comparator.comparing(row -> row.get(2).isEmpty()));
        var parts = new ArrayList<View>();
        parts.add(new View.Facts(facts));
        if (!rows.isEmpty()) {
            parts.add(new View.Table(
                    List.of("parameter", "type", "required", "values"),
                    rows.subList(0, Math.min(PARAMETERS, rows.size()))));
        }
        if (rows.size() > PARAMETERS) {
            parts.add(new View.Text("and %d more: %s"
                    .formatted(
                            rows.size() - PARAMETERS,
                            String.join(
                                    ", ",
                                    rows.stream()
                                            .skip(PARAMETERS)
                                            .map(List::getFirst)
                                            .toList()))));
        }
        operation.facts().array("allOf").ifPresent(byType -> parts.add(new View.Text("by type: " + byType.write())));
        return new View.Stack(parts);
    }

    private static String type(Json.Obj declared) {
        var type = declared.text("type").orElse("string");
        return declared.text("in").map("path"::equals).orElse(false) ? type + ", in path" : type;
    }

    private static String values(Json.Obj declared) {
        var parts = new ArrayList<String>();
        declared.array("enum")
                .ifPresent(words -> parts.add(String.join(
                        " ",
                        words.items().stream()
                                .flatMap(word -> word.scalarText().stream())
                                .toList())));
        if (declared.has("minimum") || declared.has("maximum")) {
            parts.add(declared.text("minimum").orElse("") + ".."
                    + declared.text("maximum").orElse(""));
        }
        declared.text("format").ifPresent(parts::add);
        declared.text("default").ifPresent(value -> parts.add("default " + value));
        declared.text("requires").ifPresent(other -> parts.add("only with " + other));
        return String.join("; ", parts);
    }

    /// `["perm", "/vms/{vmid}", ["VM.PowerMgmt"]]` → `VM.PowerMgmt on /vms/{vmid}`; anything more involved as it is.
    private static String needs(Json.Obj permissions) {
        var check = permissions.array("check");
        if (check.isEmpty()) {
            return permissions
                    .text("user")
                    .map(user -> "any user".equals(user) || "all".equals(user) ? "any login" : user)
                    .orElse("root@pam");
        }
        var items = check.get().items();
        if (items.size() >= 3
                && items.getFirst().equals(Json.str("perm"))
                && items.get(2) instanceof Json.Arr(var privileges)) {
            var names = privileges.stream()
                    .flatMap(name -> name.scalarText().stream())
                    .toList();
            boolean any = items.size() > 4 && items.get(3).equals(Json.str("any"));
            return String.join(any ? " or " : " and ", names) + " on "
                    + items.get(1).scalarText().orElse("/");
        }
        return check.get().write();
    }
}
