package pvemcp.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.StringReader;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import pvemcp.json.Json.Limits;

/// Text to tree, over Jackson's streaming parser: strict, bounded, no duplicate keys, nothing after the value.
final class JsonReader {
    private static final JsonFactory DEFAULT = factory(Limits.DEFAULT);

    private JsonReader() {}

    private static JsonFactory factory(Limits limits) {
        return JsonFactory.builder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(limits.depth())
                        .maxDocumentLength(limits.characters())
                        .maxStringLength(limits.characters())
                        .maxNumberLength(limits.numberLength())
                        .build())
                .build();
    }

    /// What `equals` says, without the class that a record's `equals` makes on its first use.
    private static boolean isDefault(Limits limits) {
        return limits.depth() == Limits.DEFAULT.depth()
                && limits.characters() == Limits.DEFAULT.characters()
                && limits.numberLength() == Limits.DEFAULT.numberLength();
    }

    static Json read(String text, Limits limits) {
        if (text.length() > limits.characters()) {
            throw new JsonException("the JSON text is longer than " + limits.characters() + " characters");
        }
        return read(new StringReader(text), limits);
    }

    static Json read(byte[] utf8, Limits limits) {
        // A decoder that reports keeps invalid UTF-8 from turning into replacement characters unseen.
        var decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        return read(new InputStreamReader(new ByteArrayInputStream(utf8), decoder), limits);
    }

    private static Json read(Reader reader, Limits limits) {
        var factory = isDefault(limits) ? DEFAULT : factory(limits);
        try (var parser = factory.createParser(reader)) {
            if (parser.nextToken() == null) {
                throw new JsonException("the JSON text is empty");
            }
            var value = value(parser);
            if (parser.nextToken() != null) {
                throw new JsonException("there is text after the JSON value");
            }
            return value;
        } catch (StreamConstraintsException e) {
            throw new JsonException("beyond the limits: " + withoutSetting(e.getOriginalMessage()));
        } catch (IOException e) {
            throw new JsonException(shorten(e.getMessage()));
        }
    }

    private static Json value(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                var members = new LinkedHashMap<String, Json>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    var name = parser.currentName();
                    parser.nextToken();
                    members.put(name, value(parser));
                }
                yield new Json.Obj(members);
            }
            case START_ARRAY -> {
                var items = new ArrayList<Json>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    items.add(value(parser));
                }
                yield new Json.Arr(items);
            }
            case VALUE_STRING -> new Json.Str(parser.getText());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new Json.Num(parser.getText());
            case VALUE_TRUE -> new Json.Bool(true);
            case VALUE_FALSE -> new Json.Bool(false);
            case VALUE_NULL -> Json.Null.NULL;
            default -> throw new JsonException("unexpected " + parser.currentToken());
        };
    }

    /// The limit's number, without the name of the parser's setting for it.
    private static String withoutSetting(String message) {
        int from = message.indexOf(", from `");
        return from < 0 ? message : message.substring(0, from) + ")";
    }

    private static String shorten(String message) {
        var first = message == null ? "not JSON" : message.lines().findFirst().orElse("not JSON");
        // Where the open bracket stands, said in the parser's own terms.
        int aside = first.indexOf(" (start marker at");
        first = aside < 0 ? first : first.substring(0, aside);
        return first.length() > 200 ? first.substring(0, 200) + "…" : first;
    }
}
