package pvemcp.tool;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.json.JsonException;
import pvemcp.pve.Bytes;
import pvemcp.pve.GuestKind;
import pvemcp.pve.GuestRef;
import pvemcp.pve.Upid;
import pvemcp.text.Nearest;
import pvemcp.text.Word;
import pvemcp.text.YesNo;
import pvemcp.view.Layout;

/// One input of a tool: how it is declared, and how its values are read from arguments and written back.
///
/// @param type of the value itself, without the `Optional` or `List` around it
record Input(RecordComponent component, Param param, Class<?> type, boolean optional) implements Inputs.Slot {
    private static final long MEBIBYTE = 1 << 20;

    /// What a component of a call's record says of its input.
    static Input of(RecordComponent component) {
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
                Layout.label(component.getName()),
                kind,
                doc.value(),
                required,
                doc.or(),
                words(plain),
                List.of(doc.usual()),
                doc.min(),
                doc.max(),
                doc.obvious());
        return new Input(component, param, plain, optional);
    }

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
            var choice = param.words().isEmpty() ? "" : ": one of " + String.join(", ", param.words());
            problems.add("missing argument '%s'%s (%s)".formatted(param.name(), choice, param.doc()));
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

    private List<Object> words(Json as) {
        var items = new ArrayList<Object>();
        // Some clients send a list as its JSON text too.
        var given = as instanceof Json.Str(var text) && !exact() && text.strip().startsWith("[") ? list(text) : as;
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

    /// Whatever else begins with a bracket is a word.
    private static Json list(String text) {
        try {
            return Json.parse(text);
        } catch (JsonException _) {
            return Json.str(text);
        }
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
            return Bytes.said(text);
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
        return YesNo.parse(text)
                .orElseThrow(() ->
                        new IllegalArgumentException("'%s' is neither true nor false".formatted(shortened(text))));
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
            // PVE's own words for the kinds of guests, which cannot be misunderstood.
            boolean inPath =
                    constant instanceof GuestKind kind && kind.segment().equals(wanted);
            if (inPath || spelt(constant).equals(wanted)) {
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
            case Enum<?> constant -> Optional.of(Json.str(spelt(constant)));
            case Bytes size ->
                Optional.of(size.count() < MEBIBYTE ? Json.str(size.count() + "B") : Json.num(size.count()));
            case String _, Boolean _, Integer _, Long _, Double _, Json _ -> Optional.of(Json.of(value));
            default -> Optional.of(Json.str(value.toString()));
        };
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
            words.add(spelt(constant));
        }
        return words;
    }

    /// `POWER_OFF` → `power_off`.
    private static String spelt(Object constant) {
        return Word.of((Enum<?>) constant);
    }

    static String shortened(String text) {
        return text.length() <= 60 ? text : text.substring(0, 60) + "…";
    }
}
