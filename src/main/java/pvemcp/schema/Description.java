package pvemcp.schema;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.text.Word;

/// An operation in lean words: what it is for, what it can do, what it needs and what it takes.
final class Description {
    // With more than this many optional parameters only their names are told.
    private static final int MANY = 30;
    private static final int LONGEST_TEXT = 120;

    private final Rules rules;
    private final Operation operation;
    private final StringBuilder text = new StringBuilder();

    Description(Rules rules, Operation operation) {
        this.rules = rules;
        this.operation = operation;
    }

    /// @param filter parameters whose names contain this are told in full, and no others; empty for all
    String write(Danger danger, String filter) {
        line(operation.toString());
        if (!operation.summary().isEmpty()) {
            line(clean(operation.summary()) + ".");
        }
        line("class: " + Word.of(danger) + task());
        line("needs: " + privileges());
        parameters(filter.toLowerCase(Locale.ROOT));
        return text.toString();
    }

    private void line(String line) {
        text.append(line).append('\n');
    }

    private String task() {
        var types = operation.facts().array("task");
        if (types.isEmpty()) {
            return "";
        }
        var names = strings(types.get()).stream().distinct().toList();
        return names.isEmpty() ? "; starts a task" : "; starts a task of type " + String.join(" or ", names);
    }

    private String privileges() {
        var facts = operation.facts();
        var token = facts.flag("allowtoken").orElse(true) ? "" : "; no API token may call it";
        var permissions = facts.object("permissions");
        if (permissions.isEmpty()) {
            return "root@pam itself" + token;
        }
        var needed = permissions.get();
        var more = needed.has("prose") ? "; PVE's code asks for more or shows only what the caller may see" : "";
        var check = needed.array("check");
        if (check.isPresent()) {
            return rule(check.get(), false) + more + token;
        }
        var who = needed.text("user").orElse("").equals("world") ? "no login" : "any login";
        return who + more + token;
    }

    /// PVE::RPCEnvironment::exec_api2_perm_check
    private static String rule(Json.Arr rule, boolean nested) {
        var parts = rule.items();
        return switch (parts.getFirst().scalarText().orElse("")) {
            case "and", "or" -> {
                var word = parts.getFirst().scalarText().orElseThrow();
                var rules = parts.stream()
                        .skip(1)
                        .map(part -> part instanceof Json.Arr inner ? rule(inner, true) : "")
                        .toList();
                var joined = String.join(" " + word + " ", rules);
                yield nested ? "(" + joined + ")" : joined;
            }
            case "perm" -> {
                var options = strings(rule);
                boolean any = options.contains("any");
                int condition = options.indexOf("require_param");
                yield joined(parts.get(2), any)
                        + " on "
                        + parts.get(1).scalarText().orElse("")
                        + (condition < 0 ? "" : " where " + options.get(condition + 1) + " is given");
            }
            case "userid-param" ->
                strings(rule).contains("self")
                        ? "to be that user"
                        : strings(rule).getLast() + " on the user's realm";
            case "userid-group" -> joined(parts.get(1), true) + " on a group of the user";
            case "perm-modify" ->
                "the right to change permissions on " + strings(rule).getLast();
            default -> rule.write();
        };
    }

    private static String joined(Json privileges, boolean any) {
        return privileges instanceof Json.Arr list ? String.join(any ? " or " : ", ", strings(list)) : "";
    }

    private static List<String> strings(Json.Arr list) {
        return list.items().stream().map(item -> item.scalarText().orElse("")).toList();
    }

    private void parameters(String filter) {
        var declared = all(operation.facts());
        if (declared.isEmpty()) {
            line("takes no parameters");
            return;
        }
        var required = new ArrayList<String>();
        var optional = new ArrayList<String>();
        declared.members().forEach((name, schema) -> {
            boolean fits = filter.isEmpty() || name.toLowerCase(Locale.ROOT).contains(filter.replaceAll("\\d+$", ""));
            if (fits && schema instanceof Json.Obj parameter) {
                (isOptional(parameter) ? optional : required).add(name);
            }
        });
        if (required.isEmpty() && optional.isEmpty()) {
            line("no parameter is called like '" + clean(filter) + "'");
            return;
        }
        // What stands in the path comes first, in its order.
        required.sort(Comparator.comparingInt(this::place));
        line("parameters (* must be given):");
        boolean alone = !filter.isEmpty() && required.size() + optional.size() <= 5;
        required.forEach(name -> parameter(name, "*", declared.object(name).orElseThrow(), alone));
        if (optional.size() > MANY) {
            line(optional.size() + " more, each told in full where its name is asked for: "
                    + String.join(", ", optional.stream().map(this::shown).toList()));
            return;
        }
        optional.forEach(name -> parameter(name, "", declared.object(name).orElseThrow(), alone));
    }

    private int place(String name) {
        int place = operation.path().indexOf("{" + name + "}");
        return place < 0 ? Integer.MAX_VALUE : place;
    }

    private static boolean isOptional(Json.Obj parameter) {
        return parameter.flag("optional").orElse(false) || parameter.has("group");
    }

    /// The parameters of all variants together, those of an `allOf` too.
    private static Json.Obj all(Json.Obj schema) {
        var all = schema.object("params").or(() -> schema.object("properties")).orElse(Json.Obj.EMPTY);
        for (var part : schema.array("allOf").orElse(Json.Arr.EMPTY).items()) {
            all = merged(all, part, false);
        }
        var type = schema.text("type-property");
        if (type.isPresent()) {
            all = all.with(type.get(), schema.object("type-property-schema").orElse(Json.Obj.EMPTY));
            for (var variant : schema.array("oneOf").orElse(Json.Arr.EMPTY).items()) {
                all = merged(all, variant, true);
            }
        }
        return all;
    }

    private static Json.Obj merged(Json.Obj all, Json part, boolean variant) {
        if (!(part instanceof Json.Obj schema)) {
            return all;
        }
        var result = all;
        for (var member : all(schema).members().entrySet()) {
            var parameter = (Json.Obj) member.getValue();
            var of = schema.text("instance-type").orElse("");
            if (variant && !result.has(member.getKey())) {
                parameter = parameter.with("only", of);
            } else if (variant) {
                parameter = result.object(member.getKey()).orElseThrow().without("only");
            }
            result = result.with(member.getKey(), parameter);
        }
        return result;
    }

    private String shown(String name) {
        if (!name.endsWith("[n]")) {
            return name;
        }
        var stem = name.substring(0, name.length() - 3);
        int highest = rules.highest(stem);
        return highest < 0 ? name : stem + "0.." + highest;
    }

    private void parameter(String name, String mark, Json.Obj schema, boolean keys) {
        var line = new StringBuilder(shown(name)).append(mark).append(' ').append(kind(schema));
        schema.text("only").ifPresent(type -> line.append(", for ").append(type).append(" only"));
        if (schema.text("in").isPresent()) {
            line.append(", in the path");
        }
        schema.text("requires").ifPresent(other -> line.append(", needs ").append(other));
        schema.text("default")
                .filter(value -> value.length() <= 40)
                .ifPresent(value -> line.append(", default ").append(clean(value)));
        schema.text("description").ifPresent(doc -> line.append(" — ").append(firstSentence(doc)));
        line(line.toString());
        if (keys) {
            keysOf(schema)
                    .ifPresent(inner -> inner.members().forEach((key, declared) -> {
                        if (declared instanceof Json.Obj part && !part.has("alias")) {
                            parameter("  " + key, isOptional(part) ? "" : "*", part, false);
                        }
                    }));
        }
    }

    private Optional<Json.Obj> keysOf(Json.Obj schema) {
        return schema.object("format").or(() -> schema.text("format").flatMap(rules::propertyString));
    }

    private String kind(Json.Obj schema) {
        var words = schema.array("enum");
        if (words.isPresent()) {
            return choice(strings(words.get()));
        }
        var type = schema.text("type").orElse("any");
        if (type.equals("array")) {
            return "list of " + schema.object("items").map(this::kind).orElse("anything");
        }
        var keys = keysOf(schema);
        if (keys.isPresent()) {
            var names = keys.get().members().entrySet().stream()
                    .filter(key -> !((Json.Obj) key.getValue()).has("alias"))
                    .map(key -> key.getKey() + (isOptional((Json.Obj) key.getValue()) ? "" : "*"))
                    .toList();
            var shown = names.size() > 12
                    ? String.join(",", names.subList(0, 12)) + ",… " + (names.size() - 12) + " more"
                    : String.join(",", names);
            return "key=value list (" + shown + ")";
        }
        var kind = new StringBuilder(type);
        schema.text("format").ifPresent(format -> kind.append(' ').append(format));
        range(schema).ifPresent(range -> kind.append(' ').append(range));
        schema.text("maxLength")
                .ifPresent(length -> kind.append(" to ").append(length).append(" characters"));
        schema.text("pattern")
                .filter(pattern -> pattern.length() <= 60 && !schema.has("format"))
                .ifPresent(pattern -> kind.append(" like ").append(clean(pattern)));
        return kind.toString();
    }

    private static String choice(List<String> words) {
        return words.size() <= 16
                ? String.join("|", words)
                : String.join("|", words.subList(0, 12)) + "|… " + (words.size() - 12) + " more";
    }

    private static Optional<String> range(Json.Obj schema) {
        var least = schema.text("minimum").orElse("");
        var most = schema.text("maximum").orElse("");
        if (least.isEmpty() && most.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(least + ".." + most);
    }

    private static String firstSentence(String doc) {
        var plain = clean(doc);
        int end = plain.indexOf(". ");
        var sentence = end < 0 ? plain : plain.substring(0, end);
        return sentence.length() <= LONGEST_TEXT ? sentence : sentence.substring(0, LONGEST_TEXT - 1) + "…";
    }

    /// On one line and without control characters: it may be a host's text.
    private static String clean(String text) {
        var clean = new StringBuilder();
        text.codePoints().forEach(c -> {
            if (Character.isWhitespace(c)) {
                if (!clean.isEmpty() && clean.charAt(clean.length() - 1) != ' ') {
                    clean.append(' ');
                }
            } else if (!Character.isISOControl(c) && Character.getType(c) != Character.FORMAT) {
                clean.appendCodePoint(c);
            }
        });
        return clean.toString().strip();
    }
}
