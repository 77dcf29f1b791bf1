package pvemcp.schema;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import pvemcp.json.Json;

/// Lists that PVE takes as one text.
final class WordList {
    private WordList() {}

    /// PVE::ParseUtils::split_list: at NUL where there is one, else at commas, semicolons and white space.
    static List<String> elements(String value) {
        boolean nul = value.indexOf('\0') >= 0;
        var elements = new ArrayList<String>();
        int start = 0;
        for (int i = 0; i <= value.length(); i++) {
            char c = i == value.length() ? (nul ? '\0' : ' ') : value.charAt(i);
            boolean cut = nul ? c == '\0' : c == ',' || c == ';' || c == ' ' || (c >= '\t' && c <= '\r');
            if (cut) {
                if (i > start) {
                    elements.add(value.substring(start, i));
                }
                start = i + 1;
            }
        }
        return elements;
    }

    /// The elements of what may be a list, if it is one in another spelling than `a,b`.
    static Optional<List<String>> oddlyListed(Json value) {
        return switch (value) {
            case Json.Arr(var items) ->
                Optional.of(items.stream()
                        .flatMap(item -> item.scalarText().stream())
                        .flatMap(text -> elements(text).stream())
                        .toList());
            case Json.Str(var text) when text.chars().anyMatch(c -> c <= ' ') -> Optional.of(elements(text));
            default -> Optional.empty();
        };
    }
}
