package pvemcp.dispatch;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import pvemcp.json.Json;
import pvemcp.pve.Verb;
import pvemcp.tool.ToolContext;
import pvemcp.view.Clean;

/// Names that complete an input: what begins as typed first, then what contains it.
final class Completion {
    private static final int MOST = 100;

    private Completion() {}

    /// All names of this kind; none for a kind that has no names.
    static Set<String> names(String kind, ToolContext ctx) {
        var names = new LinkedHashSet<String>();
        switch (kind) {
            case "guest" ->
                rows(ctx, "/cluster/resources", Json.obj("type", "vm")).forEach(row -> {
                    row.text("name").ifPresent(names::add);
                    row.text("vmid").ifPresent(names::add);
                });
            case "node" ->
                rows(ctx, "/nodes", Json.Obj.EMPTY)
                        .forEach(row -> row.text("node").ifPresent(names::add));
            case "storage" ->
                rows(ctx, "/cluster/resources", Json.obj("type", "storage"))
                        .forEach(row -> row.text("storage").ifPresent(names::add));
            case "pool" ->
                rows(ctx, "/pools", Json.Obj.EMPTY)
                        .forEach(row -> row.text("poolid").ifPresent(names::add));
            case "task" ->
                rows(ctx, "/cluster/tasks", Json.Obj.EMPTY)
                        .forEach(row -> row.text("upid").ifPresent(names::add));
            case "path" -> ctx.schema().operations().forEach(operation -> names.add(operation.path()));
            default -> {} // free text
        }
        return names;
    }

    static List<String> best(Collection<String> all, String written) {
        var names = all.stream().map(Clean::oneLine).distinct().toList();
        var typed = written.toLowerCase(Locale.ROOT);
        var begin = new ArrayList<String>();
        var contain = new ArrayList<String>();
        for (var name : names) {
            var plain = name.toLowerCase(Locale.ROOT);
            if (plain.startsWith(typed)) {
                begin.add(name);
            } else if (plain.contains(typed)) {
                contain.add(name);
            }
        }
        begin.addAll(contain);
        return List.copyOf(begin.size() <= MOST ? begin : begin.subList(0, MOST));
    }

    private static List<Json.Obj> rows(ToolContext ctx, String path, Json.Obj params) {
        var rows = new ArrayList<Json.Obj>();
        ctx.pve()
                .send(Verb.GET, path, params)
                .array("data")
                .orElse(Json.Arr.EMPTY)
                .items()
                .forEach(item -> {
                    if (item instanceof Json.Obj row) {
                        rows.add(row);
                    }
                });
        return rows;
    }
}
