package pvemcp.json;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.UnaryOperator;

/// A JSON value. Immutable, keeps the order of object members, and prints the bytes it was read from, less white
/// space.
///
/// Numbers keep their literal text, so what PVE writes as `1.10` is not turned into `1.1` on the way through.
public sealed interface Json {

    /// JSON `null`.
    enum Null implements Json {
        NULL
    }

    record Bool(boolean value) implements Json {
        @Override
        public Optional<String> scalarText() {
            return Optional.of(Boolean.toString(value));
        }
    }

    record Str(String value) implements Json {
        @Override
        public Optional<String> scalarText() {
            return Optional.of(value);
        }

        @Override
        public Json replaced(UnaryOperator<String> names, UnaryOperator<String> texts) {
            return new Str(texts.apply(value));
        }
    }

    /// A number as its literal text, such as `12`, `-0.5` or `1e9`.
    record Num(String literal) implements Json {
        @Override
        public Optional<String> scalarText() {
            return Optional.of(literal);
        }

        public BigDecimal decimal() {
            return new BigDecimal(literal);
        }

        public double asDouble() {
            return Double.parseDouble(literal);
        }
    }

    record Arr(List<Json> items) implements Json {
        public static final Arr EMPTY = new Arr(List.of());

        public Arr {
            items = List.copyOf(items);
        }

        public int size() {
            return items.size();
        }

        public Json get(int index) {
            return items.get(index);
        }

        @Override
        public Json replaced(UnaryOperator<String> names, UnaryOperator<String> texts) {
            return new Arr(
                    items.stream().map(item -> item.replaced(names, texts)).toList());
        }
    }

    record Obj(SequencedMap<String, Json> members) implements Json {
        public static final Obj EMPTY = new Obj(new LinkedHashMap<>());

        public Obj {
            members = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(members));
        }

        @Override
        public Obj replaced(UnaryOperator<String> names, UnaryOperator<String> texts) {
            var replaced = new LinkedHashMap<String, Json>();
            members.forEach((name, value) -> replaced.put(names.apply(name), value.replaced(names, texts)));
            return new Obj(replaced);
        }

        /// The member, or empty where it is absent. A JSON `null` is a value: see [#text] and its kin for what skips
        /// it.
        public Optional<Json> get(String name) {
            return Optional.ofNullable(members.get(name));
        }

        public boolean has(String name) {
            return members.containsKey(name);
        }

        /// The member's text: a string as it is, a number by its literal, a boolean as `true` or `false`.
        /// Empty for an absent member, `null`, an array or an object.
        public Optional<String> text(String name) {
            return get(name).flatMap(Json::scalarText);
        }

        /// The member as a whole number, also when it is written as a string; empty for anything else.
        public Optional<Long> whole(String name) {
            return text(name).flatMap(text -> {
                try {
                    return Optional.of(new BigDecimal(text).longValueExact());
                } catch (NumberFormatException | ArithmeticException e) {
                    return Optional.empty();
                }
            });
        }

        /// The member as a number, also when it is written as a string; empty for anything else.
        public Optional<Double> number(String name) {
            return text(name).flatMap(text -> {
                try {
                    return Optional.of(Double.parseDouble(text));
                } catch (NumberFormatException e) {
                    return Optional.empty();
                }
            });
        }

        /// `true`, `1` and `"1"` are true; `false`, `0` and `"0"` are false; anything else is empty.
        public Optional<Boolean> flag(String name) {
            return text(name).flatMap(text -> switch (text) {
                case "true", "1" -> Optional.of(true);
                case "false", "0" -> Optional.of(false);
                default -> Optional.empty();
            });
        }

        /// The member where it is an object.
        public Optional<Obj> object(String name) {
            return get(name).filter(Obj.class::isInstance).map(Obj.class::cast);
        }

        /// The member where it is an array.
        public Optional<Arr> array(String name) {
            return get(name).filter(Arr.class::isInstance).map(Arr.class::cast);
        }

        /// A copy with this member set, at the end where it is new.
        public Obj with(String name, Json value) {
            var copy = new LinkedHashMap<>(members);
            copy.put(name, value);
            return new Obj(copy);
        }

        public Obj with(String name, String value) {
            return with(name, new Str(value));
        }

        public Obj with(String name, long value) {
            return with(name, num(value));
        }

        /// A copy with each of these members set; what is new comes at the end, in their order.
        public Obj with(Obj more) {
            var copy = new LinkedHashMap<>(members);
            copy.putAll(more.members);
            return new Obj(copy);
        }

        /// A copy without this member.
        public Obj without(String name) {
            var copy = new LinkedHashMap<>(members);
            copy.remove(name);
            return new Obj(copy);
        }

        public boolean isEmpty() {
            return members.isEmpty();
        }
    }

    /// The scalar's text, see [Obj#text]; empty for `null`, arrays and objects.
    default Optional<String> scalarText() {
        return Optional.empty();
    }

    /// The same with each text in it, and each name of a member, as these make of them.
    default Json replaced(UnaryOperator<String> names, UnaryOperator<String> texts) {
        return this;
    }

    /// The value as compact JSON text, on one line.
    default String write() {
        return JsonWriter.compact(this);
    }

    /// The value as JSON text with two-space indentation, for people.
    default String pretty() {
        return JsonWriter.pretty(this);
    }

    /// Reads one JSON value with the default limits ([Limits#DEFAULT]); a [JsonException] where the text is anything
    /// else.
    static Json parse(String text) {
        return JsonReader.read(text, Limits.DEFAULT);
    }

    /// Reads one UTF-8 JSON value.
    static Json parse(byte[] utf8, Limits limits) {
        return JsonReader.read(utf8, limits);
    }

    static Str str(String value) {
        return new Str(value);
    }

    static Num num(long value) {
        return new Num(Long.toString(value));
    }

    /// A finite number; whole ones without a fraction.
    static Num num(double value) {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException(value + " is not a JSON number");
        }
        if (value == Math.rint(value) && Math.abs(value) < 1e15) {
            return num((long) value);
        }
        return new Num(Double.toString(value));
    }

    static Bool bool(boolean value) {
        return new Bool(value);
    }

    static Arr arr(Json... items) {
        return new Arr(List.of(items));
    }

    static Arr strings(Iterable<String> texts) {
        var items = new ArrayList<Json>();
        texts.forEach(text -> items.add(str(text)));
        return new Arr(items);
    }

    /// An object from names and values in turn: `obj("id", num(1), "name", str("web"))`.
    static Obj obj(Object... namesAndValues) {
        var members = new LinkedHashMap<String, Json>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            members.put((String) namesAndValues[i], of(namesAndValues[i + 1]));
        }
        return new Obj(members);
    }

    /// The JSON for a Java value: `Json` itself, text, numbers, booleans, lists, maps with text keys, `Optional`,
    /// `null`.
    static Json of(Object value) {
        // Not a pattern switch: the first use of each costs the start 5 ms and more, and no cache can hold it.
        if (value instanceof Json json) {
            return json;
        }
        if (value instanceof String text) {
            return str(text);
        }
        if (value instanceof Boolean flag) {
            return bool(flag);
        }
        if (value instanceof Integer || value instanceof Long) {
            return num(((Number) value).longValue());
        }
        if (value instanceof Double number) {
            return num(number.doubleValue());
        }
        if (value instanceof BigDecimal number) {
            return new Num(number.toPlainString());
        }
        if (value instanceof Optional<?> optional) {
            return of(optional.orElse(null));
        }
        if (value instanceof Iterable<?> items) {
            var list = new ArrayList<Json>();
            for (var item : items) {
                list.add(of(item));
            }
            return new Arr(list);
        }
        if (value instanceof Map<?, ?> map) {
            var members = new LinkedHashMap<String, Json>();
            for (var member : map.entrySet()) {
                members.put((String) member.getKey(), of(member.getValue()));
            }
            return new Obj(members);
        }
        if (value == null) {
            return Null.NULL;
        }
        throw new IllegalArgumentException(value.getClass() + " has no JSON form");
    }

    /// Bounds on what is read. What goes beyond is a [JsonException], never a larger heap.
    record Limits(int depth, int characters, int numberLength) {
        /// 64 levels, 32 Mi characters (bytes, where UTF-8 is read), numbers of 100 characters.
        public static final Limits DEFAULT = new Limits(64, 32 << 20, 100);
    }
}
