package pvemcp.sim.http;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import pvemcp.json.Json;
import pvemcp.json.JsonException;

/// Decodes what a call brings along, with the ways of PVE::APIServer::AnyEvent: pairs end at `&` and `;`, a value
/// ends at a second raw `=`, a key without `=` counts as absent, a repeated key is a list, a query outdoes a body.
final class Arguments {
    private Arguments() {}

    /// A body that PVE's server dies of; the text is the 500's whole body.
    static final class Malformed extends RuntimeException {
        Malformed(String message) {
            super(message, null, false, false);
        }
    }

    static SequencedMap<String, Json> of(HttpRequest request) {
        var arguments = new LinkedHashMap<String, Json>();
        if (request.method().equals("POST") || request.method().equals("PUT")) {
            arguments.putAll(body(request));
        }
        arguments.putAll(form(request.query()));
        arguments.remove("_dc");
        return arguments;
    }

    private static SequencedMap<String, Json> body(HttpRequest request) {
        if (request.upload().isPresent()) {
            var arguments = new LinkedHashMap<String, Json>();
            request.upload().get().texts().forEach((name, value) -> arguments.put(name, Json.str(value)));
            request.upload().get().file().ifPresent(file -> arguments.put("filename", Json.str(file.name())));
            return arguments;
        }
        var media = request.header("content-type").orElse("").split(";", 2)[0].strip();
        if (media.equals("application/json")) {
            return json(new String(request.body(), StandardCharsets.UTF_8));
        }
        return form(new String(request.body(), StandardCharsets.ISO_8859_1));
    }

    private static SequencedMap<String, Json> json(String text) {
        Json value;
        try {
            value = Json.parse(text);
        } catch (JsonException e) {
            throw new Malformed(perlWords(text) + " at /usr/share/perl5/PVE/APIServer/AnyEvent.pm line 934.");
        }
        return switch (value) {
            case Json.Null _ -> new LinkedHashMap<>();
            case Json.Obj(var members) -> {
                var arguments = new LinkedHashMap<>(members);
                arguments.values().removeIf(Json.Null.class::isInstance);
                yield arguments;
            }
            case Json.Arr _ ->
                throw new Malformed("Not a HASH reference at /usr/share/perl5/PVE/APIServer/AnyEvent.pm line 978.");
            case Json.Str _, Json.Num _, Json.Bool _ ->
                throw new Malformed("Can't use string (\"%s\") as a HASH ref while \"strict refs\" in use at"
                                .formatted(value.scalarText().orElse(""))
                        + " /usr/share/perl5/PVE/APIServer/AnyEvent.pm line 978.");
        };
    }

    /// JSON::XS's complaint, for the two cases everybody meets.
    private static String perlWords(String text) {
        return text.strip().equals("{")
                ? "'\"' expected, at character offset 1 (before \"(end of string)\")"
                : "malformed JSON string, neither tag, array, object, number, string or atom, at character offset 0"
                        + " (before \"%s\")".formatted(text.isEmpty() ? "(end of string)" : text);
    }

    private static SequencedMap<String, Json> form(String text) {
        var values = new LinkedHashMap<String, List<String>>();
        for (var pair : text.split("[&;]")) {
            var parts = pair.split("=", -1);
            if (parts.length >= 2) {
                values.computeIfAbsent(decode(parts[0]), _ -> new ArrayList<>()).add(decode(parts[1]));
            }
        }
        var arguments = new LinkedHashMap<String, Json>();
        values.forEach(
                (name, all) -> arguments.put(name, all.size() == 1 ? Json.str(all.getFirst()) : Json.strings(all)));
        return arguments;
    }

    /// Percent-decoding that takes anything; bytes that are no UTF-8 become U+FFFD.
    static String decode(String text) {
        var out = new ByteArrayOutputStream();
        for (int i = 0; i < text.length(); i++) {
            char next = text.charAt(i);
            boolean room = next == '%' && i + 2 < text.length();
            int high = room ? Character.digit(text.charAt(i + 1), 16) : -1;
            int low = room ? Character.digit(text.charAt(i + 2), 16) : -1;
            if (high >= 0 && low >= 0) {
                out.write(high << 4 | low);
                i += 2;
            } else {
                out.write(next == '+' ? ' ' : next);
            }
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
