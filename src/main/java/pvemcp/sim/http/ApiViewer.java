package pvemcp.sim.http;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.schema.ApiSchema;
import pvemcp.schema.Operation;

/// Writes `apidoc.js` in the form a host serves it (pve-docs, extractapi.pl): the API as a tree, then a script. It is
/// made of our facts, so it has none of Proxmox's texts.
final class ApiViewer {
    private final Map<String, List<Operation>> byPath = new LinkedHashMap<>();
    private final Map<String, List<String>> children = new LinkedHashMap<>();

    private ApiViewer(ApiSchema schema) {
        for (var operation : schema.operations()) {
            byPath.computeIfAbsent(operation.path(), _ -> new ArrayList<>()).add(operation);
            link(operation.path());
        }
    }

    static String script(ApiSchema schema) {
        var viewer = new ApiViewer(schema);
        var roots = viewer.children.getOrDefault("", List.of()).stream()
                .map(viewer::node)
                .toList();
        return "const apiSchema = " + Json.of(roots).write() + "\n;\n\n// The viewer would follow here.\n";
    }

    /// Makes the path known to its parents, up to the root.
    private void link(String path) {
        int slash = path.lastIndexOf('/');
        if (slash < 0) {
            return;
        }
        var parent = path.substring(0, slash);
        var siblings = children.computeIfAbsent(parent, _ -> new ArrayList<>());
        if (!siblings.contains(path)) {
            siblings.add(path);
            link(parent);
        }
    }

    private Json node(String path) {
        var below = children.getOrDefault(path, List.of());
        var info = new LinkedHashMap<String, Json>();
        for (var operation : byPath.getOrDefault(path, List.of())) {
            info.put(operation.verb().name(), info(operation));
        }
        var node = new LinkedHashMap<String, Object>();
        if (!below.isEmpty()) {
            node.put("children", below.stream().map(this::node).toList());
        }
        node.put("info", info);
        node.put("leaf", below.isEmpty() ? 1 : 0);
        node.put("path", path);
        node.put("text", path.substring(path.lastIndexOf('/') + 1));
        return Json.of(node);
    }

    private static Json info(Operation operation) {
        var facts = operation.facts();
        var info = new LinkedHashMap<String, Object>();
        info.put("allowtoken", facts.flag("allowtoken").orElse(true) ? 1 : 0);
        info.put("description", operation.summary());
        facts.get("download").ifPresent(value -> info.put("download_allowed", value));
        facts.get("expose_credentials").ifPresent(value -> info.put("expose_credentials", value));
        info.put("method", operation.verb().name());
        info.put("name", operation.name());
        info.put("parameters", parameters(facts));
        facts.object("permissions").ifPresent(needed -> info.put("permissions", permissions(needed)));
        facts.get("protected").ifPresent(value -> info.put("protected", value));
        facts.get("proxyto").ifPresent(value -> info.put("proxyto", value));
        facts.object("returns").ifPresent(returns -> info.put("returns", returned(returns)));
        return Json.of(info);
    }

    private static Json.Obj parameters(Json.Obj facts) {
        var parameters = new LinkedHashMap<String, Json>();
        if (!facts.flag("additionalProperties").orElse(false)) {
            parameters.put("additionalProperties", Json.num(0));
        }
        var allOf = facts.get("allOf");
        if (allOf.isPresent()) {
            parameters.put("allOf", closed(allOf.get()));
            return new Json.Obj(parameters);
        }
        var properties = new LinkedHashMap<String, Json>();
        facts.object("params")
                .orElse(Json.Obj.EMPTY)
                .members()
                .forEach((name, parameter) -> properties.put(
                        name, ((Json.Obj) parameter).without("in").without("indexed")));
        parameters.put("properties", new Json.Obj(properties));
        return new Json.Obj(parameters);
    }

    /// The parts of a declaration that has several, each of which takes nothing that it does not name.
    private static Json closed(Json part) {
        return switch (part) {
            case Json.Arr(var items) ->
                new Json.Arr(items.stream().map(ApiViewer::closed).toList());
            case Json.Obj object
            when object.has("properties") && !object.has("additionalProperties") ->
                object.with("additionalProperties", 0);
            case Json.Obj object ->
                object.get("oneOf")
                        .map(variants -> object.with("oneOf", closed(variants)))
                        .orElse(object);
            case Json scalar -> scalar;
        };
    }

    private static Json.Obj permissions(Json.Obj needed) {
        return needed.has("prose")
                ? needed.without("prose").with("description", "Further rules are in the code.")
                : needed;
    }

    /// A directory's rows link to what is below it.
    private static Json.Obj returned(Json.Obj returns) {
        Optional<String> child = returns.text("child");
        return child.isEmpty()
                ? returns
                : returns.without("child").with("links", Json.arr(Json.obj("rel", "child", "href", child.get())));
    }
}
