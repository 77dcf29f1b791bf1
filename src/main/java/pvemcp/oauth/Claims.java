package pvemcp.oauth;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import pvemcp.json.Json;

/// What a token says, once it is known that the issuer says it.
public record Claims(Json.Obj object) {
    /// Times beyond are no times.
    private static final BigDecimal LAST = BigDecimal.valueOf(253_402_300_799L);

    boolean has(String name) {
        return object.has(name);
    }

    /// Empty where it is missing or no text.
    public Optional<String> text(String name) {
        return object.get(name)
                .flatMap(value -> value instanceof Json.Str(var text) ? Optional.of(text) : Optional.empty());
    }

    /// A text, or those of a list; whatever else is in it is left out.
    public List<String> strings(String name) {
        var texts = new ArrayList<String>();
        switch (object.get(name).orElse(Json.Null.NULL)) {
            case Json.Str(var text) -> texts.add(text);
            case Json.Arr(var items) -> {
                for (var item : items) {
                    if (item instanceof Json.Str(var text)) {
                        texts.add(text);
                    }
                }
            }
            case Json.Null _, Json.Bool _, Json.Num _, Json.Obj _ -> {
                // no text
            }
        }
        return texts;
    }

    /// The words of a text (as in `scope`, RFC 8693 §4.2) or the items of a list.
    public List<String> words(String name) {
        var words = new ArrayList<String>();
        for (var text : strings(name)) {
            for (var word : text.split(" ", -1)) {
                if (!word.isEmpty()) {
                    words.add(word);
                }
            }
        }
        return words;
    }

    /// A time in seconds since 1970, which may have a fraction (RFC 7519 §2); empty where it is none.
    OptionalLong seconds(String name) {
        if (object.get(name).orElse(Json.Null.NULL) instanceof Json.Num number) {
            var value = number.decimal();
            if (value.signum() >= 0 && value.compareTo(LAST) <= 0) {
                return OptionalLong.of(value.setScale(0, RoundingMode.FLOOR).longValue());
            }
        }
        return OptionalLong.empty();
    }
}
