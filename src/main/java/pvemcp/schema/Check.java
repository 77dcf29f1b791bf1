package pvemcp.schema;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import pvemcp.json.Json;
import pvemcp.text.Nearest;

/// Judges values as PVE::JSONSchema does: what it accepts is accepted, what it refuses is refused with the same
/// words under the same key. Where Perl walks a hash in random order, this walks in the declaration's.
///
/// One instance judges one value and holds what it found.
final class Check {
    private static final String UNKNOWN =
            "property is not defined in schema and the schema does not allow additional properties";
    private static final String MISSING = "property is missing and it is not optional";

    private final Rules rules;
    private final Map<String, Problem> problems = new LinkedHashMap<>();

    Check(Rules rules) {
        this.rules = rules;
    }

    List<Problem> problems() {
        return List.copyOf(problems.values());
    }

    /// Arguments of an operation, path variables among them.
    void arguments(Json.Obj facts, Json.Obj arguments) {
        boolean open = facts.flag("additionalProperties").orElse(false);
        var parameters = facts.object("params");
        var allOf = facts.array("allOf");
        if (allOf.isPresent()) {
            allOf(allOf.get(), normalised(facts, arguments), "", Unknown.reported(this));
        } else if (parameters.isPresent() || !open) {
            var declared = parameters.orElse(Json.Obj.EMPTY);
            object("", declared, normalised(facts, arguments), open, Unknown.reported(this));
        }
    }

    /// A form cannot tell a list from a single value, so PVE::RESTHandler makes one of the other first.
    private Json.Obj normalised(Json.Obj facts, Json.Obj arguments) {
        var result = arguments;
        for (var argument : arguments.members().entrySet()) {
            var schema = declaration(facts, argument.getKey(), arguments);
            var type = schema.text("type").orElse("");
            switch (argument.getValue()) {
                case Json.Arr list
                when type.equals("string") && schema.text("format").orElse("").endsWith("-list") ->
                    result = result.with(argument.getKey(), joined(list));
                case Json.Str(var text)
                when type.equals("array") && isTrue(text) ->
                    result = result.with(argument.getKey(), Json.arr(argument.getValue()));
                case Json.Num(var text)
                when type.equals("array") && isTrue(text) ->
                    result = result.with(argument.getKey(), Json.arr(argument.getValue()));
                default -> {}
            }
        }
        return result;
    }

    private static String joined(Json.Arr list) {
        var text = new StringBuilder();
        for (var item : list.items()) {
            text.append(text.isEmpty() ? "" : ",").append(item.scalarText().orElse(""));
        }
        return text.toString();
    }

    private static boolean isTrue(String text) {
        return !text.isEmpty() && !text.equals("0");
    }

    /// What the schema of an operation or object declares for a key, given the value's other keys; empty for an
    /// unknown one.
    Json.Obj declaration(Json.Obj schema, String key, Json.Obj value) {
        var own = properties(schema).flatMap(declared -> property(declared, key));
        if (own.isPresent()) {
            return own.get();
        }
        for (var part : schema.array("allOf").orElse(Json.Arr.EMPTY).items()) {
            var found = declaration((Json.Obj) part, key, value);
            if (!found.isEmpty()) {
                return found;
            }
        }
        var type = schema.text("type-property").flatMap(value::text);
        for (var part : schema.array("oneOf").orElse(Json.Arr.EMPTY).items()) {
            if (part instanceof Json.Obj variant && type.equals(variant.text("instance-type"))) {
                return declaration(variant, key, value);
            }
        }
        return Json.Obj.EMPTY;
    }

    private static Optional<Json.Obj> properties(Json.Obj schema) {
        return schema.object("properties").or(() -> schema.object("params"));
    }

    /// The declaration of one key, where `net3` is declared by `net[n]` up to its highest index.
    private Optional<Json.Obj> property(Json.Obj declared, String key) {
        var own = declared.object(key);
        if (own.isPresent()) {
            return key.endsWith("[n]") ? Optional.empty() : own;
        }
        int digits = key.length();
        while (digits > 0 && key.charAt(digits - 1) >= '0' && key.charAt(digits - 1) <= '9') {
            digits--;
        }
        int count = key.length() - digits;
        if (count == 0 || count > 4 || (count > 1 && key.charAt(digits) == '0')) {
            return Optional.empty();
        }
        var stem = key.substring(0, digits);
        return Integer.parseInt(key.substring(digits)) > rules.highest(stem)
                ? Optional.empty()
                : declared.object(stem + "[n]");
    }

    /// What becomes of keys that no declaration knows: reported, or collected until every part of an `allOf` has
    /// been asked.
    private interface Unknown {
        void key(String path, String key, Json.Obj declared);

        static Unknown reported(Check check) {
            return (path, key, declared) ->
                    check.add(join(path, key), UNKNOWN, Nearest.to(key, check.names(declared, key)));
        }

        static Unknown collected(Set<String> into) {
            return (_, key, _) -> into.add(key);
        }
    }

    private List<String> names(Json.Obj declared, String key) {
        var names = new ArrayList<String>();
        for (var name : declared.members().keySet()) {
            if (name.endsWith("[n]")) {
                var stem = name.substring(0, name.length() - 3);
                int digits = key.length();
                while (digits > 0 && Character.isDigit(key.charAt(digits - 1))) {
                    digits--;
                }
                // net32 is beyond the last one, which is the one to name; nett0 is net0.
                names.add(
                        key.substring(0, digits).equals(stem)
                                ? stem + rules.highest(stem)
                                : stem + (digits == key.length() ? "0" : key.substring(digits)));
            } else {
                names.add(name);
            }
        }
        return names;
    }

    private void object(String path, Json.Obj declared, Json.Obj given, boolean open, Unknown unknown) {
        var value = withoutAliases(path, declared, given);
        for (var property : declared.members().entrySet()) {
            if (!property.getKey().endsWith("[n]")) {
                var schema = (Json.Obj) property.getValue();
                var key = property.getKey();
                value(join(path, key), schema, value.get(key), instanceType(schema, value));
            }
        }
        for (var key : value.members().keySet()) {
            var declaration = property(declared, key);
            if (declaration.isEmpty()) {
                if (!open) {
                    unknown.key(path, key, declared);
                }
                continue;
            }
            var schema = declaration.get();
            if (!declared.has(key)) {
                value(join(path, key), schema, value.get(key), instanceType(schema, value));
            }
            var required = schema.text("requires");
            if (required.isPresent() && isAbsent(value.get(required.get()))) {
                add(
                        join(path, required.get()),
                        "missing property required by '" + join(path, key) + "'",
                        Optional.empty());
            }
            if (!open && !hasVariantFor(schema, instanceType(schema, value))) {
                unknown.key(path, key, declared);
            }
        }
    }

    private Json.Obj withoutAliases(String path, Json.Obj declared, Json.Obj given) {
        var value = given;
        for (var key : given.members().keySet()) {
            var target = declared.object(key).flatMap(schema -> schema.text("alias"));
            if (target.isEmpty()) {
                continue;
            }
            if (value.has(target.get())) {
                add(
                        join(path, key),
                        "cannot set both '" + key + "' and its alias target '" + target.get() + "'",
                        Optional.empty());
            } else {
                value = value.with(target.get(), given.get(key).orElseThrow()).without(key);
            }
        }
        return value;
    }

    private static Optional<String> instanceType(Json.Obj schema, Json.Obj value) {
        return schema.text("type-property").flatMap(value::text);
    }

    private static boolean hasVariantFor(Json.Obj schema, Optional<String> instanceType) {
        var variants = schema.array("oneOf");
        return variants.isEmpty()
                || variants.get().items().stream()
                        .map(Json.Obj.class::cast)
                        .anyMatch(variant -> appliesTo(variant, instanceType));
    }

    private static boolean appliesTo(Json.Obj schema, Optional<String> instanceType) {
        var types = schema.array("instance-types");
        return types.isEmpty()
                || types.get().items().stream()
                        .anyMatch(type -> type.scalarText().equals(instanceType));
    }

    private void allOf(Json.Arr parts, Json.Obj value, String path, Unknown unknown) {
        Set<String> everywhere = null;
        for (var part : parts.items()) {
            var here = new LinkedHashSet<String>();
            part(path, (Json.Obj) part, value, Unknown.collected(here));
            if (everywhere == null) {
                everywhere = here;
            } else {
                everywhere.retainAll(here);
            }
        }
        for (var key : everywhere == null ? Set.<String>of() : everywhere) {
            unknown.key(path, key, known(parts));
        }
    }

    private static Json.Obj known(Json.Arr parts) {
        var all = new LinkedHashMap<String, Json>();
        for (var part : parts.items()) {
            if (part instanceof Json.Obj schema) {
                schema.object("properties").ifPresent(declared -> all.putAll(declared.members()));
                schema.text("type-property").ifPresent(name -> all.put(name, Json.Obj.EMPTY));
                schema.array("oneOf")
                        .ifPresent(variants -> all.putAll(known(variants).members()));
            }
        }
        return new Json.Obj(all);
    }

    /// An object against one part of an `allOf` or one variant of a `oneOf`.
    private void part(String path, Json.Obj schema, Json.Obj value, Unknown unknown) {
        var declared = schema.object("properties");
        if (declared.isPresent()) {
            object(
                    path,
                    declared.get(),
                    value,
                    schema.flag("additionalProperties").orElse(false),
                    unknown);
        } else if (schema.has("allOf")) {
            allOf(schema.array("allOf").orElseThrow(), value, path, unknown);
        } else if (schema.has("oneOf")) {
            variant(path, schema, value, unknown);
        }
    }

    private void variant(String path, Json.Obj schema, Json.Obj value, Unknown unknown) {
        var property = schema.text("type-property").orElse("type");
        var typeSchema = schema.object("type-property-schema").orElse(Json.Obj.EMPTY);
        var variants = schema.array("oneOf").orElse(Json.Arr.EMPTY);
        var given = value.get(property);
        var problemsBefore = problems.size();
        if (!isAbsent(given) || !schema.flag("optional").orElse(false)) {
            value(join(path, property), typeSchema, given, Optional.empty());
        }
        if (isAbsent(given) || problems.size() > problemsBefore) {
            for (var key : value.members().keySet()) {
                if (!key.equals(property)) {
                    unknown.key(path, key, known(variants));
                }
            }
            return;
        }
        var type = value.text(property).orElse("");
        for (var candidate : variants.items()) {
            if (candidate instanceof Json.Obj chosen
                    && chosen.text("instance-type").equals(Optional.of(type))) {
                var left = new LinkedHashSet<String>();
                var below = join(path, "oneOf[" + type + "]");
                part(below, chosen, value, Unknown.collected(left));
                left.remove(property);
                left.forEach(key -> unknown.key(below, key, known(Json.arr(chosen))));
                return;
            }
        }
        add(path, "'" + type + "' is not a valid oneOf variant", Optional.empty());
    }

    private void value(String path, Json.Obj schema, Optional<Json> given, Optional<String> instanceType) {
        boolean optional = schema.flag("optional").orElse(false) || schema.has("group");
        if (schema.has("oneOf") && !schema.has("type-property-schema")) {
            if (schema.has("type-property")) {
                optional = true;
                for (var alternative : schema.array("oneOf").orElseThrow().items()) {
                    var inner = (Json.Obj) alternative;
                    if (instanceType.isPresent() && appliesTo(inner, instanceType)) {
                        optional = inner.flag("optional").orElse(false);
                        value(path, inner, given, Optional.empty());
                    }
                }
            } else {
                anyOf(path, schema.array("oneOf").orElseThrow(), given);
            }
        } else if (instanceType.isPresent()) {
            if (!schema.has("instance-types")) {
                add(path, "missing 'instance-types'", Optional.empty());
                return;
            }
            optional |= !appliesTo(schema, instanceType);
        }
        if (schema.has("alias")) {
            return;
        }
        if (isAbsent(given)) {
            if (!optional && !schema.text("type").equals(Optional.of("null"))) {
                add(path, MISSING, Optional.empty());
            }
            return;
        }
        var value = given.orElseThrow();
        if (!hasType(path, schema, value)) {
            return;
        }
        switch (value) {
            case Json.Arr list -> {
                var items = schema.object("items");
                for (int i = 0; items.isPresent() && i < list.size(); i++) {
                    value(path + "[" + i + "]", items.get(), Optional.of(list.get(i)), Optional.empty());
                }
            }
            case Json.Obj object -> part(path, schema, object, Unknown.reported(this));
            case Json.Str(var text) -> scalar(path, schema, text);
            case Json.Num number -> scalar(path, schema, perlText(number));
            case Json.Bool _, Json.Null _ -> {}
        }
    }

    private void anyOf(String path, Json.Arr alternatives, Optional<Json> given) {
        var collected = new ArrayList<Problem>();
        for (int i = 0; i < alternatives.size(); i++) {
            var inner = new Check(rules);
            inner.value(path + ".oneOf[" + i + "]", (Json.Obj) alternatives.get(i), given, Optional.empty());
            if (inner.problems.isEmpty()) {
                return;
            }
            collected.addAll(inner.problems());
        }
        collected.forEach(problem -> add(problem.parameter(), problem.wire(), problem.nearest()));
    }

    private boolean hasType(String path, Json.Obj schema, Json value) {
        var declared = schema.get("type").orElse(Json.Null.NULL);
        if (declared instanceof Json.Arr types) {
            boolean fits = types.items().stream()
                    .anyMatch(type ->
                            typeComplaint(type.scalarText().orElse(""), value).isEmpty());
            if (!fits) {
                add(path, "type check ('" + joined(types).replace(',', '|') + "') failed", Optional.empty());
            }
            return fits;
        }
        var complaint = typeComplaint(declared.scalarText().orElse(""), value);
        complaint.ifPresent(text -> add(path, text, Optional.empty()));
        return complaint.isEmpty();
    }

    private static Optional<String> typeComplaint(String type, Json value) {
        var failed = "type check ('" + type + "') failed";
        return switch (type) {
            case "", "any" -> Optional.empty();
            case "null" -> Optional.of(failed + " - value is not null");
            case "array" -> value instanceof Json.Arr ? Optional.empty() : Optional.of(failed);
            case "object" -> value instanceof Json.Obj ? Optional.empty() : Optional.of(failed);
            default ->
                switch (value) {
                    case Json.Arr _ -> Optional.of(failed + " - got ARRAY");
                    case Json.Obj _ -> Optional.of(failed + " - got HASH");
                    case Json.Bool _ ->
                        type.equals("boolean") ? Optional.empty() : Optional.of(failed + " - got JSON::PP::Boolean");
                    case Json.Str(var text) -> scalarComplaint(type, text, failed);
                    case Json.Num number -> scalarComplaint(type, perlText(number), failed);
                    case Json.Null _ -> Optional.empty();
                };
        };
    }

    private static Optional<String> scalarComplaint(String type, String text, String failed) {
        boolean fits = switch (type) {
            case "boolean" -> text.equals("1") || text.equals("0");
            case "integer" -> Numbers.isInteger(text);
            case "number" -> Numbers.isNumber(text);
            default -> true;
        };
        return fits ? Optional.empty() : Optional.of(failed + " - got '" + text + "'");
    }

    private void scalar(String path, Json.Obj schema, String text) {
        if (schema.has("allOf") || schema.has("type-property-schema")) {
            add(path, "value must be an object", Optional.empty());
            return;
        }
        var complaint = formatComplaint(path, schema, text)
                .or(() -> patternComplaint(schema, text))
                .or(() -> lengthComplaint(schema, text))
                .or(() -> rangeComplaint(schema, text));
        if (complaint.isPresent()) {
            add(path, complaint.get().wire(), complaint.get().nearest());
            return;
        }
        var words = schema.array("enum");
        if (words.isPresent()
                && words.get().items().stream()
                        .noneMatch(word -> word.scalarText().equals(Optional.of(text)))) {
            var list = words.get().items().stream()
                    .map(word -> word.scalarText().orElse(""))
                    .toList();
            add(
                    path,
                    "value '" + text + "' does not have a value in the enumeration '" + String.join(", ", list) + "'",
                    Nearest.to(text, list));
        }
    }

    private Optional<Problem> formatComplaint(String path, Json.Obj schema, String text) {
        var declared = schema.get("format").orElse(Json.Null.NULL);
        return switch (declared) {
            case Json.Obj keys -> propertyStringComplaint(path, "", keys, text);
            case Json.Str(var name) -> {
                var keys = rules.propertyString(name);
                yield keys.isPresent()
                        ? propertyStringComplaint(path, name, keys.get(), text)
                        : new ValueFormats(rules).complaint(name, text).map(Check::invalidFormat);
            }
            default -> Optional.empty();
        };
    }

    private static Problem invalidFormat(String complaint) {
        return new Problem("", "invalid format - " + complaint + "\n");
    }

    private Optional<Problem> propertyStringComplaint(String path, String format, Json.Obj keys, String text) {
        Json.Obj value;
        try {
            value = PropertyString.parse(keys, text);
        } catch (PropertyString.Malformed e) {
            return Optional.of(invalidFormat(e.getMessage()));
        }
        var inner = new Check(rules);
        inner.object(path, keys, value, false, Unknown.reported(inner));
        if (inner.problems.isEmpty()) {
            return new ValueFormats(rules).complaintOverKeys(format, value).map(Check::invalidFormat);
        }
        var wire = new StringBuilder("invalid format - format error\n");
        Optional<String> nearest = Optional.empty();
        for (var problem : inner.problems()) {
            wire.append(problem.parameter()).append(": ").append(problem.wire()).append('\n');
            nearest = nearest.or(problem::nearest);
        }
        return Optional.of(new Problem(path, wire.toString(), nearest));
    }

    private Optional<Problem> patternComplaint(Json.Obj schema, String text) {
        return schema.text("pattern")
                .filter(pattern -> !rules.matches(pattern, text))
                .map(_ -> new Problem("", "value does not match the regex pattern"));
    }

    private static Optional<Problem> lengthComplaint(Json.Obj schema, String text) {
        int length = text.codePointCount(0, text.length());
        var longest = schema.whole("maxLength");
        if (longest.isPresent() && length > longest.get()) {
            return Optional.of(new Problem("", "value may only be " + longest.get() + " characters long"));
        }
        var shortest = schema.whole("minLength");
        if (shortest.isPresent() && length < shortest.get()) {
            return Optional.of(new Problem("", "value must be at least " + shortest.get() + " characters long"));
        }
        return Optional.empty();
    }

    /// Bounds hold for whatever looks like a number, strings too.
    private static Optional<Problem> rangeComplaint(Json.Obj schema, String text) {
        if (!Numbers.isNumber(text)) {
            return Optional.empty();
        }
        double number = Double.parseDouble(text);
        var maximum = schema.number("maximum");
        if (maximum.isPresent() && number > maximum.get()) {
            return Optional.of(new Problem(
                    "",
                    "value must have a maximum value of "
                            + schema.text("maximum").orElseThrow()));
        }
        var minimum = schema.number("minimum");
        if (minimum.isPresent() && number < minimum.get()) {
            return Optional.of(new Problem(
                    "",
                    "value must have a minimum value of "
                            + schema.text("minimum").orElseThrow()));
        }
        return Optional.empty();
    }

    /// A JSON number as Perl prints it once it is read: `1e3` is `1000`, `2.50` is `2.5`.
    private static String perlText(Json.Num number) {
        if (Numbers.isInteger(number.literal())) {
            return number.literal();
        }
        var plain = number.decimal().stripTrailingZeros();
        return Math.abs(plain.scale()) < 15 ? plain.toPlainString() : Double.toString(number.asDouble());
    }

    private static boolean isAbsent(Optional<Json> value) {
        return value.isEmpty() || value.get() instanceof Json.Null;
    }

    private static String join(String path, String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    private void add(String path, String text, Optional<String> nearest) {
        var key = path.isEmpty() ? "_root" : path;
        // The backslash and the n are PVE's: add_error joins with '\n' in single quotes.
        problems.merge(
                key,
                new Problem(key, text, nearest),
                (old, more) -> new Problem(
                        key, old.wire() + "\\n" + more.wire(), old.nearest().or(more::nearest)));
    }
}
