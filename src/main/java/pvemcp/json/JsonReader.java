package pvemcp.json;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonToken;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.StringReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import pvemcp.json.Json.Limits;

/// Text to tree, over Gson's streaming parser: strict, bounded, no duplicate keys, nothing after the value.
final class JsonReader {
    private static final byte[] BYTE_ORDER_MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

    private final com.google.gson.stream.JsonReader parser;
    private final Limits limits;

    /// The names seen so far: the same key in ten thousand objects is one string.
    private final Map<String, String> names = new HashMap<>();

    private JsonReader(Reader text, Limits limits) {
        this.parser = new com.google.gson.stream.JsonReader(text);
        this.limits = limits;
        parser.setStrictness(Strictness.STRICT);
        parser.setNestingLimit(limits.depth());
    }

    static Json read(String text, Limits limits) {
        bound(text.length(), limits);
        marked(text.startsWith("\uFEFF"));
        return new JsonReader(new StringReader(text), limits).document();
    }

    static Json read(byte[] utf8, Limits limits) {
        bound(utf8.length, limits);
        marked(utf8.length >= 3 && Arrays.equals(utf8, 0, 3, BYTE_ORDER_MARK, 0, 3));
        // A decoder that reports keeps invalid UTF-8 from turning into replacement characters unseen.
        var decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        return new JsonReader(new InputStreamReader(new ByteArrayInputStream(utf8), decoder), limits).document();
    }

    private static void bound(int length, Limits limits) {
        if (length > limits.characters()) {
            throw new JsonException("the JSON text is longer than " + limits.characters() + " characters");
        }
    }

    /// RFC 8259, section 8.1: a reader may ignore it or take it for an error.
    private static void marked(boolean marked) {
        if (marked) {
            throw new JsonException("the JSON text begins with a byte order mark");
        }
    }

    private Json document() {
        try {
            var value = value();
            if (parser.peek() != JsonToken.END_DOCUMENT) {
                throw new JsonException("there is text after the JSON value");
            }
            return value;
        } catch (EOFException _) {
            throw new JsonException("the JSON text is empty or ends too early");
        } catch (CharacterCodingException _) {
            throw new JsonException("the text is not UTF-8");
        } catch (IOException e) {
            throw new JsonException(inOurWords(String.valueOf(e.getMessage())));
        }
    }

    private Json value() throws IOException {
        return switch (parser.peek()) {
            case BEGIN_OBJECT -> object();
            case BEGIN_ARRAY -> array();
            case STRING -> new Json.Str(parser.nextString());
            case NUMBER -> number(parser.nextString());
            case BOOLEAN -> new Json.Bool(parser.nextBoolean());
            case NULL -> {
                parser.nextNull();
                yield Json.Null.NULL;
            }
            default -> throw new JsonException("the JSON text is empty");
        };
    }

    private Json object() throws IOException {
        var members = new LinkedHashMap<String, Json>();
        parser.beginObject();
        while (parser.peek() != JsonToken.END_OBJECT) {
            var read = parser.nextName();
            var known = names.putIfAbsent(read, read);
            var name = known == null ? read : known;
            if (members.put(name, value()) != null) {
                throw new JsonException("the key '" + shorten(name) + "' stands twice in one object");
            }
        }
        parser.endObject();
        return new Json.Obj(members);
    }

    private Json array() throws IOException {
        var items = new ArrayList<Json>();
        parser.beginArray();
        while (parser.peek() != JsonToken.END_ARRAY) {
            items.add(value());
        }
        parser.endArray();
        return new Json.Arr(items);
    }

    private Json number(String literal) {
        if (literal.length() > limits.numberLength()) {
            throw new JsonException("a number is longer than " + limits.numberLength() + " characters");
        }
        return new Json.Num(literal);
    }

    /// The first line without the parser's advice on its own settings, and without the path: names of others.
    private static String inOurWords(String message) {
        int settings = message.indexOf("Use JsonReader.");
        int place = message.indexOf(" at line ");
        int path = message.indexOf(" path ", Math.max(place, 0));
        if (place < 0 || path < 0) {
            return shorten(message.lines().findFirst().orElse("not JSON"));
        }
        return (settings >= 0 ? "unexpected text" : message.substring(0, place)) + message.substring(place, path);
    }

    private static String shorten(String text) {
        return text.length() > 200 ? text.substring(0, 200) + "…" : text;
    }
}
