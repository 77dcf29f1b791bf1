package pvemcp.schema;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import pvemcp.json.Json;
import pvemcp.json.JsonException;

/// Reads the API's declaration as a host serves it: `const apiSchema = […];` and then the code of the viewer,
/// which is never evaluated. The array is JSON (pve-docs, extractapi.pl).
///
/// What comes out has the form of the facts file's declarations, with the host's texts as `description`.
record Apidoc(List<FactsFile.Line> operations, Map<String, Json.Obj> formats) {
    // Four times what 9.2 serves.
    private static final int LONGEST = 16 << 20;

    private static final Set<String> NOT_FACTS =
            Set.of("typetext", "verbose_description", "format_description", "description", "renderer", "title");
    private static final Pattern KEY = Pattern.compile("(?<![<\\w-])([a-zA-Z][\\w-]*)=");

    /// @param builtIn what is known of a version near this one: the keys of named property strings and the tasks
    ///     that operations start, neither of which a host tells
    static Apidoc read(String javascript, FactsFile builtIn) {
        if (javascript.length() > LONGEST) {
            throw new JsonException(
                    "an apidoc.js of " + javascript.length() + " characters is beyond the limit of " + LONGEST);
        }
        var tasks = new HashMap<String, Json>();
        for (var line : builtIn.operations()) {
            if (line.declaration().contains("\"task\":")) {
                FactsFile.object(line.declaration())
                        .get("task")
                        .ifPresent(types -> tasks.put(line.verb() + " " + line.path(), types));
            }
        }
        var reading = new Reading(tasks, builtIn.formats());
        if (!(Json.parse(array(javascript)) instanceof Json.Arr roots)) {
            throw new JsonException("apiSchema is not an array");
        }
        roots.items().forEach(reading::node);
        if (reading.operations.isEmpty()) {
            throw new JsonException("apiSchema declares no operation");
        }
        return new Apidoc(List.copyOf(reading.operations), Map.copyOf(reading.formats));
    }

    /// The text from the bracket behind `apiSchema =` to the one that closes it.
    private static String array(String javascript) {
        int name = javascript.indexOf("apiSchema");
        int start = name < 0 ? -1 : javascript.indexOf('[', name);
        int depth = 0;
        boolean quoted = false;
        for (int i = Math.max(start, 0); start >= 0 && i < javascript.length(); i++) {
            switch (javascript.charAt(i)) {
                case '"' -> quoted = !quoted;
                case '\\' -> i++;
                case '[' -> depth += quoted ? 0 : 1;
                case ']' -> depth -= quoted ? 0 : 1;
                default -> {}
            }
            if (depth == 0) {
                return javascript.substring(start, i + 1);
            }
        }
        throw new JsonException("this is no apidoc.js: it has no complete 'apiSchema = […]'");
    }

    private static final class Reading {
        private final Map<String, Json> tasks;
        private final Map<String, String> named;
        private final List<FactsFile.Line> operations = new ArrayList<>();
        private final Map<String, Json.Obj> formats = new HashMap<>();

        Reading(Map<String, Json> tasks, Map<String, String> named) {
            this.tasks = tasks;
            this.named = named;
        }

        void node(Json json) {
            if (!(json instanceof Json.Obj node)) {
                return;
            }
            var path = node.text("path").orElse("");
            for (var info : node.object("info").orElse(Json.Obj.EMPTY).members().entrySet()) {
                if (info.getValue() instanceof Json.Obj declared && isVerb(info.getKey()) && path.startsWith("/")) {
                    var facts = facts(info.getKey() + " " + path, path, declared);
                    operations.add(new FactsFile.Line(
                            Verb.valueOf(info.getKey()),
                            path,
                            declared.text("name").orElse(""),
                            facts.write()));
                }
            }
            node.array("children").orElse(Json.Arr.EMPTY).items().forEach(this::node);
        }

        private static boolean isVerb(String word) {
            for (var verb : Verb.values()) {
                if (verb.name().equals(word)) {
                    return true;
                }
            }
            return false;
        }

        private Json.Obj facts(String key, String path, Json.Obj declared) {
            var facts = new LinkedHashMap<String, Json>();
            declared.get("description").ifPresent(text -> facts.put("description", text));
            var parameters = declared.object("parameters").orElse(Json.Obj.EMPTY);
            parameters
                    .object("properties")
                    .map(properties -> parameters(path, properties))
                    .ifPresent(properties -> {
                        if (!properties.isEmpty()) {
                            facts.put("params", properties);
                        }
                    });
            parameters.array("allOf").ifPresent(parts -> facts.put("allOf", closed(parts)));
            if (isOpen(parameters)) {
                facts.put("additionalProperties", Json.num(1));
            }
            declared.object("returns").ifPresent(returns -> facts.put("returns", returned(returns)));
            declared.object("permissions").ifPresent(needed -> facts.put("permissions", permissions(needed)));
            if (declared.flag("protected").orElse(false)) {
                facts.put("protected", Json.num(1));
            }
            declared.text("proxyto").ifPresent(node -> facts.put("proxyto", Json.str(node)));
            if (!declared.flag("allowtoken").orElse(true)) {
                facts.put("allowtoken", Json.num(0));
            }
            if (declared.flag("download_allowed").orElse(false)) {
                facts.put("download", Json.num(1));
            }
            if (declared.flag("expose_credentials").orElse(false)) {
                facts.put("expose_credentials", Json.num(1));
            }
            if (tasks.containsKey(key)) {
                facts.put("task", tasks.get(key));
            }
            return new Json.Obj(facts);
        }

        private static boolean isOpen(Json.Obj schema) {
            return !schema.text("additionalProperties").orElse("1").equals("0");
        }

        private Json.Obj parameters(String path, Json.Obj properties) {
            var parameters = new LinkedHashMap<String, Json>();
            properties.members().forEach((name, json) -> {
                if (json instanceof Json.Obj schema) {
                    var parameter = parameter(schema);
                    if (name.endsWith("[n]")) {
                        parameter = parameter.with("indexed", 1);
                    }
                    if (path.contains("{" + name + "}")) {
                        parameter = parameter.with("in", "path");
                    }
                    parameters.put(name, parameter);
                }
            });
            return new Json.Obj(parameters);
        }

        private Json.Obj parameter(Json.Obj schema) {
            schema.text("format").filter(named::containsKey).ifPresent(format -> learn(format, schema));
            var kept = schema;
            for (var name : NOT_FACTS) {
                if (!name.equals("description")) {
                    kept = kept.without(name);
                }
            }
            if (!kept.flag("optional").orElse(true)) {
                kept = kept.without("optional");
            }
            if (kept.object("items").isPresent()) {
                kept = kept.with("items", parameter(kept.object("items").get()));
            }
            if (kept.object("format").isPresent()) {
                kept = kept.with("format", parameters("", kept.object("format").get()));
            }
            return kept;
        }

        /// A named property string's keys are not served, but its type text shows them; what a newer PVE added
        /// there is taken without a judgement on its value.
        private void learn(String format, Json.Obj schema) {
            var keys = formats.computeIfAbsent(format, name -> FactsFile.object(named.get(name)));
            var shown = KEY.matcher(schema.text("typetext").orElse("").replaceAll("<[^>]*>", ""));
            while (shown.find()) {
                if (!keys.has(shown.group(1))) {
                    keys = keys.with(shown.group(1), Json.obj("type", "string", "optional", 1));
                }
            }
            formats.put(format, keys);
        }

        /// The parts of an `allOf`, in which unknown keys are refused unless they say otherwise.
        private Json.Arr closed(Json.Arr parts) {
            var result = new ArrayList<Json>();
            for (var part : parts.items()) {
                if (part instanceof Json.Obj schema) {
                    var kept = schema.without("additionalProperties").without("type");
                    if (schema.object("properties").isPresent()) {
                        kept = kept.with(
                                "properties",
                                parameters("", schema.object("properties").get()));
                    }
                    if (schema.array("oneOf").isPresent()) {
                        kept = kept.with("oneOf", closed(schema.array("oneOf").get()));
                    }
                    result.add(
                            isOpen(schema) && schema.has("properties") ? kept.with("additionalProperties", 1) : kept);
                }
            }
            return new Json.Arr(result);
        }

        private static Json.Obj returned(Json.Obj returns) {
            var kept = (Json.Obj) withoutTexts(returns.without("links"));
            for (var link : returns.array("links").orElse(Json.Arr.EMPTY).items()) {
                if (link instanceof Json.Obj target && target.text("href").isPresent()) {
                    kept = kept.with("child", target.text("href").get());
                }
            }
            return kept;
        }

        private static Json withoutTexts(Json json) {
            return switch (json) {
                case Json.Obj object -> {
                    var kept = new LinkedHashMap<String, Json>();
                    object.members().forEach((name, value) -> {
                        // A field may be called `description` too; a text is a string.
                        if (!NOT_FACTS.contains(name) || value instanceof Json.Obj) {
                            kept.put(name, withoutTexts(value));
                        }
                    });
                    yield new Json.Obj(kept);
                }
                case Json.Arr list ->
                    new Json.Arr(
                            list.items().stream().map(Reading::withoutTexts).toList());
                default -> json;
            };
        }

        private static Json.Obj permissions(Json.Obj needed) {
            return needed.has("description") ? needed.without("description").with("prose", 1) : needed;
        }
    }
}
