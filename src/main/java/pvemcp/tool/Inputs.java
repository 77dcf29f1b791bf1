package pvemcp.tool;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.json.JsonException;
import pvemcp.pve.Bytes;
import pvemcp.pve.GuestRef;
import pvemcp.pve.Upid;
import pvemcp.text.Nearest;

/// The inputs of a tool, read off the components of its record: the one source of its JSON schema, its command-line
/// options, its row in the docs and the binding of arguments.
///
/// A component that is itself a record with documented components ([Group]) contributes those components. Immutable;
/// derived once a shape, on first use.
public final class Inputs<C extends Record> {
    /// A record of inputs that several tools share; its components stand among those of the tool.
    public interface Group {}

    private static final ClassValue<Inputs<?>> DERIVED = new ClassValue<>() {
        @Override
        protected Inputs<?> computeValue(Class<?> shape) {
            return new Inputs<>(shape.asSubclass(Record.class));
        }
    };

    private final Constructor<C> constructor;
    private final List<Slot> slots = new ArrayList<>();
    private final List<Param> params;

    private Inputs(Class<C> shape) {
        var components = shape.getRecordComponents();
        var types = new Class<?>[components.length];
        var all = new ArrayList<Param>();
        for (int i = 0; i < components.length; i++) {
            types[i] = components[i].getType();
            var slot = slot(components[i]);
            slots.add(slot);
            all.addAll(slot.params());
        }
        params = List.copyOf(all);
        try {
            constructor = shape.getDeclaredConstructor(types);
            constructor.setAccessible(true);
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(shape + " has no canonical constructor", e);
        }
    }

    /// The inputs of a shape.
    @SuppressWarnings("unchecked") // computeValue keeps shape and inputs together
    public static <C extends Record> Inputs<C> of(Class<C> shape) {
        return (Inputs<C>) DERIVED.get(shape);
    }

    /// In the order of the record's components.
    public List<Param> params() {
        return params;
    }

    /// A flat JSON schema of these inputs.
    Json.Obj schema() {
        return schema(params);
    }

    /// A flat JSON schema of these parameters: no combinators and no references, which some clients refuse. That
    /// nothing else is taken is not said, since it would cost five tokens a tool: [#bind] refuses it by name.
    public static Json.Obj schema(List<Param> params) {
        var properties = new LinkedHashMap<String, Json>();
        var required = new ArrayList<String>();
        for (var param : params) {
            properties.put(param.name(), param.schema());
            if (param.required()) {
                required.add(param.name());
            }
        }
        var schema = Json.obj("type", "object", "properties", new Json.Obj(properties));
        if (!required.isEmpty()) {
            schema = schema.with("required", Json.strings(required));
        }
        return schema;
    }

    /// The call these arguments make. Takes what cannot be misunderstood (a number written as text, `"true"`),
    /// refuses everything else.
    ///
    /// @throws BadArguments with all problems at once
    public C bind(Json.Obj arguments) {
        var problems = new ArrayList<String>();
        var names = params.stream().map(Param::name).toList();
        for (var name : arguments.members().keySet()) {
            if (!names.contains(name)) {
                problems.add("unknown argument '%s'%s".formatted(shortened(name), Nearest.hint(name, names)));
            }
        }
        var values = values(arguments, problems);
        if (!problems.isEmpty()) {
            throw new BadArguments(problems);
        }
        return make(values);
    }

    /// The arguments that make this call, each input in its canonical form: the same call gives the same text.
    public Json.Obj unbind(C call) {
        var arguments = new LinkedHashMap<String, Json>();
        unbind(call, arguments);
        return new Json.Obj(arguments);
    }

    private void unbind(Record call, Map<String, Json> into) {
        for (var slot : slots) {
            var value = slot.get(call);
            switch (slot) {
                case Leaf leaf -> leaf.write(value).ifPresent(json -> into.put(leaf.param.name(), json));
                case Nested nested -> nested.inputs.unbind((Record) value, into);
            }
        }
    }

    private Object[] values(Json.Obj arguments, List<String> problems) {
        var values = new Object[slots.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = switch (slots.get(i)) {
                case Leaf leaf -> leaf.read(arguments, problems);
                case Nested nested -> {
                    int before = problems.size();
                    var inner = nested.inputs.values(arguments, problems);
                    yield problems.size() > before ? null : nested.inputs.make(inner);
                }
            };
        }
        return values;
    }

    private C make(Object[] values) {
        try {
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof IllegalArgumentException refusal) {
                throw new BadArguments(List.of(refusal.getMessage()));
            }
            throw new IllegalStateException(e.getCause());
        } catch (InstantiationException | IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    private sealed interface Slot {
        RecordComponent component();

        List<Param> params();

        default Object get(Record call) {
            try {
                var accessor = component().getAccessor();
                accessor.setAccessible(true);
                return accessor.invoke(call);
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private record Nested(RecordComponent component, Inputs<?> inputs) implements Slot {
        @Override
        public List<Param> params() {
            return inputs.params;
        }
    }

    /// @param type of the value itself, without the `Optional` or `List` around it
    private record Leaf(RecordComponent component, Param param, Class<?> type, boolean optional) implements Slot {
        @Override
        public List<Param> params() {
            return List.of(param);
        }

        Object read(Json.Obj arguments, List<String> problems) {
            var given = arguments.get(param.name()).filter(json -> !(json instanceof Json.Null));
            if (given.isEmpty()) {
                return absent(problems);
            }
            try {
                var value = value(given.get());
                return optional ? Optional.of(value) : value;
            } catch (IllegalArgumentException e) {
                problems.add("argument '%s': %s".formatted(param.name(), e.getMessage()));
                return null;
            }
        }

        private Object absent(List<String> problems) {
            if (!param.fallback().isEmpty()) {
                return value(Json.str(param.fallback()));
            }
            if (optional) {
                return Optional.empty();
            }
            if (param.required()) {
                problems.add("missing argument '%s' (%s)".formatted(param.name(), param.doc()));
                return null;
            }
            return switch (param.kind()) {
                case FLAG -> false;
                case WORDS -> List.of();
                case OBJECT -> Json.Obj.EMPTY;
                default -> throw new IllegalStateException(param.name() + " is neither required nor optional");
            };
        }

        private Object value(Json given) {
            if (param.kind() == Kind.WORDS) {
                return words(given);
            }
            if (param.kind() == Kind.OBJECT) {
                return object(given);
            }
            var text = given.scalarText()
                    .map(this::plain)
                    .orElseThrow(() -> new IllegalArgumentException("expected " + expected() + ", not " + kind(given)));
            return scalar(text, type);
        }

        private List<Object> words(Json given) {
            var items = new ArrayList<Object>();
            if (given instanceof Json.Arr(var members)) {
                for (var member : members) {
                    var text = member.scalarText()
                            .orElseThrow(() -> new IllegalArgumentException("expected words, not " + kind(member)));
                    items.add(scalar(plain(text), type));
                }
                return List.copyOf(items);
            }
            var text = given.scalarText()
                    .orElseThrow(() -> new IllegalArgumentException("expected a list of words, not " + kind(given)));
            for (var word : exact() ? new String[] {text} : text.split(",")) {
                if (!word.isBlank()) {
                    items.add(scalar(plain(word), type));
                }
            }
            return List.copyOf(items);
        }

        // Some clients send an object as its JSON text.
        private Json.Obj object(Json given) {
            var value = given instanceof Json.Str(var text) && text.strip().startsWith("{") ? parsed(text) : given;
            if (value instanceof Json.Obj object) {
                return object;
            }
            throw new IllegalArgumentException("expected an object, not " + kind(given));
        }

        private static Json parsed(String text) {
            try {
                return Json.parse(text);
            } catch (JsonException e) {
                throw new IllegalArgumentException("not a JSON object: " + e.getMessage(), e);
            }
        }

        private Object scalar(String text, Class<?> type) {
            if (type == String.class) {
                return text(text);
            }
            if (type == boolean.class || type == Boolean.class) {
                return flag(text);
            }
            if (type == int.class || type == Integer.class) {
                return (int) whole(text, Integer.MIN_VALUE, Integer.MAX_VALUE);
            }
            if (type == long.class || type == Long.class) {
                return whole(text, Long.MIN_VALUE, Long.MAX_VALUE);
            }
            if (type == double.class || type == Double.class) {
                return Double.parseDouble(text);
            }
            if (type == Duration.class) {
                return Durations.parse(text);
            }
            if (type == Bytes.class) {
                return Bytes.parse(text);
            }
            if (type == GuestRef.class) {
                return new GuestRef(text(text));
            }
            if (type == Upid.class) {
                return Upid.parse(text);
            }
            return word(text, type);
        }

        private boolean exact() {
            return component.getAnnotation(Doc.class).exact();
        }

        private String plain(String text) {
            return exact() ? text : text.strip();
        }

        private String text(String text) {
            if (exact()) {
                if (text.indexOf('\0') >= 0) {
                    throw new IllegalArgumentException("has a NUL character at position " + text.indexOf('\0'));
                }
                return text;
            }
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                if (Character.isISOControl(c) && (param.kind() != Kind.TEXT || (c != '\n' && c != '\t'))) {
                    throw new IllegalArgumentException("has a control character at position " + i);
                }
            }
            if (text.isEmpty() && param.kind() != Kind.TEXT) {
                throw new IllegalArgumentException("is empty");
            }
            return text;
        }

        private static boolean flag(String text) {
            return switch (text.toLowerCase(Locale.ROOT)) {
                case "true", "1", "yes", "on" -> true;
                case "false", "0", "no", "off" -> false;
                default ->
                    throw new IllegalArgumentException("'%s' is neither true nor false".formatted(shortened(text)));
            };
        }

        private long whole(String text, long least, long greatest) {
            long min = Math.max(least, param.min());
            long max = Math.min(greatest, param.max());
            long number;
            try {
                number = new BigDecimal(text).longValueExact();
            } catch (NumberFormatException | ArithmeticException e) {
                throw new IllegalArgumentException("'%s' is not a whole number".formatted(shortened(text)), e);
            }
            if (number < min || number > max) {
                throw new IllegalArgumentException("%d is out of range: %d to %d".formatted(number, min, max));
            }
            return number;
        }

        private Object word(String text, Class<?> type) {
            var wanted = text.toLowerCase(Locale.ROOT).replace('-', '_');
            for (var constant : type.getEnumConstants()) {
                if (Inputs.word(constant).equals(wanted)) {
                    return constant;
                }
            }
            throw new IllegalArgumentException("'%s' is none of %s%s"
                    .formatted(shortened(text), String.join(", ", param.words()), Nearest.hint(wanted, param.words())));
        }

        private String expected() {
            return switch (param.kind()) {
                case COUNT -> "a whole number";
                case NUMBER -> "a number";
                case FLAG -> "true or false";
                default -> "text";
            };
        }

        private static String kind(Json given) {
            return switch (given) {
                case Json.Obj _ -> "an object";
                case Json.Arr _ -> "a list";
                case Json.Null _ -> "null";
                case Json.Bool _, Json.Num _, Json.Str _ -> "a scalar";
            };
        }

        Optional<Json> write(Object value) {
            return switch (value) {
                case Optional<?> inner -> inner.flatMap(this::write);
                case List<?> items -> {
                    var written = new ArrayList<Json>();
                    items.forEach(item -> write(item).ifPresent(written::add));
                    yield Optional.of(new Json.Arr(written));
                }
                case Enum<?> constant -> Optional.of(Json.str(Inputs.word(constant)));
                case Bytes size -> Optional.of(Json.num(size.count()));
                case String _, Boolean _, Integer _, Long _, Double _, Json _ -> Optional.of(Json.of(value));
                default -> Optional.of(Json.str(value.toString()));
            };
        }
    }

    private static Slot slot(RecordComponent component) {
        if (Group.class.isAssignableFrom(component.getType())) {
            return new Nested(component, of(component.getType().asSubclass(Record.class)));
        }
        var doc = component.getAnnotation(Doc.class);
        if (doc == null) {
            throw new IllegalStateException(component + " of " + component.getDeclaringRecord() + " has no @Doc");
        }
        boolean optional = component.getType() == Optional.class;
        var type = optional ? argument(component.getGenericType()) : component.getGenericType();
        boolean list = type instanceof ParameterizedType inner && inner.getRawType() == List.class;
        var plain = (Class<?>) (list ? argument(type) : type);
        var kind = list ? Kind.WORDS : kind(plain, doc);
        boolean required =
                !optional && doc.or().isEmpty() && kind != Kind.FLAG && kind != Kind.WORDS && kind != Kind.OBJECT;
        var param = new Param(
                snake(component.getName()),
                kind,
                doc.value(),
                required,
                doc.or(),
                words(plain),
                List.of(doc.usual()),
                doc.min(),
                doc.max(),
                doc.obvious());
        return new Leaf(component, param, plain, optional);
    }

    private static Type argument(Type generic) {
        return ((ParameterizedType) generic).getActualTypeArguments()[0];
    }

    private static Kind kind(Class<?> type, Doc doc) {
        if (type == String.class) {
            return doc.kind();
        }
        if (type == GuestRef.class) {
            return Kind.GUEST;
        }
        if (type == boolean.class || type == Boolean.class) {
            return Kind.FLAG;
        }
        if (type == int.class || type == Integer.class || type == long.class || type == Long.class) {
            return Kind.COUNT;
        }
        if (type == double.class || type == Double.class) {
            return Kind.NUMBER;
        }
        if (type == Duration.class) {
            return Kind.DURATION;
        }
        if (type == Bytes.class) {
            return Kind.BYTES;
        }
        if (type == Upid.class) {
            return Kind.TASK;
        }
        if (type == Json.Obj.class) {
            return Kind.OBJECT;
        }
        if (type.isEnum()) {
            return Kind.WORD;
        }
        throw new IllegalStateException("no kind of input for " + type);
    }

    private static List<String> words(Class<?> type) {
        if (!type.isEnum()) {
            return List.of();
        }
        var words = new ArrayList<String>();
        for (var constant : type.getEnumConstants()) {
            words.add(word(constant));
        }
        return words;
    }

    /// `POWER_OFF` → `power_off`.
    private static String word(Object constant) {
        return ((Enum<?>) constant).name().toLowerCase(Locale.ROOT);
    }

    /// `keepFor` → `keep_for`.
    private static String snake(String camel) {
        var out = new StringBuilder();
        for (int i = 0; i < camel.length(); i++) {
            char c = camel.charAt(i);
            if (Character.isUpperCase(c)) {
                out.append('_').append(Character.toLowerCase(c));
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    private static String shortened(String text) {
        return text.length() <= 60 ? text : text.substring(0, 60) + "…";
    }
}
