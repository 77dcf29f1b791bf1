package pvemcp.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import pvemcp.json.Json;
import pvemcp.json.JsonException;
import pvemcp.tool.Kind;
import pvemcp.tool.Param;
import pvemcp.tool.Reserved;

/// A tool's arguments as a person types them: `name=value`, `--name value` or `--name=value`, a JSON object, or bare
/// values. While the next input that is open has to be given, a bare value is for that one; after that it goes to the
/// input that has it among its usual values, or to the flag of that name, and else to the next one.
final class CallArguments {
    private final List<Param> params;

    /// Taken by name alone.
    private final List<Param> unlisted;

    private final LinkedHashMap<String, Json> given = new LinkedHashMap<>();
    private final List<String> problems = new ArrayList<>();

    private CallArguments(Phrase phrase) {
        this.params = phrase.params();
        this.unlisted = Reserved.unlisted(phrase.tool().tier());
    }

    /// @throws UsageException with all that cannot be understood; whether names and values fit is the tool's to say
    static Json.Obj parse(Phrase phrase) {
        var arguments = new CallArguments(phrase);
        arguments.take(phrase.words());
        if (!arguments.problems.isEmpty()) {
            throw new UsageException(arguments.problems);
        }
        return new Json.Obj(arguments.given);
    }

    /// The inputs that nothing has been said of yet, in their order.
    static List<Param> open(Phrase phrase) {
        var arguments = new CallArguments(phrase);
        arguments.take(phrase.words());
        return arguments.open();
    }

    private List<Param> open() {
        return params.stream()
                .filter(param -> !given.containsKey(param.name()) && param.kind() != Kind.TICKET)
                .toList();
    }

    private void take(List<String> typed) {
        var bare = new ArrayList<String>();
        for (int i = 0; i < typed.size(); i++) {
            var word = typed.get(i);
            if (word.startsWith("{")) {
                object(word);
            } else if (word.startsWith("--") && word.length() > 2) {
                i += option(word.substring(2), i + 1 < typed.size() ? Optional.of(typed.get(i + 1)) : Optional.empty());
            } else if (named(word).isPresent()) {
                put(named(word).get(), word.substring(word.indexOf('=') + 1));
            } else if (word.matches("[a-z][a-z_]*=.*")) {
                unknown(word.substring(0, word.indexOf('=')), word.substring(word.indexOf('=') + 1));
            } else {
                bare.add(word);
            }
        }
        bare.forEach(this::next);
    }

    private void object(String text) {
        try {
            if (Json.parse(text) instanceof Json.Obj object) {
                given.putAll(object.members());
            }
        } catch (JsonException e) {
            problems.add("the arguments are not JSON: " + e.getMessage());
        }
    }

    /// @return how many words after the option it has taken
    private int option(String written, Optional<String> following) {
        int equals = written.indexOf('=');
        var name = (equals < 0 ? written : written.substring(0, equals)).replace('-', '_');
        var param = param(name);
        if (param.isEmpty()) {
            boolean alone = equals >= 0
                    || following.filter(word -> !word.startsWith("--")).isEmpty();
            unknown(name, equals >= 0 ? written.substring(equals + 1) : alone ? "" : following.get());
            return alone ? 0 : 1;
        }
        if (equals >= 0) {
            put(param.get(), written.substring(equals + 1));
            return 0;
        }
        if (param.get().kind() == Kind.FLAG) {
            put(param.get(), "true");
            return 0;
        }
        if (following.isEmpty()) {
            problems.add("--%s needs a value".formatted(written));
            return 0;
        }
        put(param.get(), following.get());
        return 1;
    }

    private void next(String value) {
        var open = open();
        if (open.isEmpty()) {
            problems.add("'%s' is one value more than there are inputs (%s)".formatted(value, names()));
            return;
        }
        var next = open.getFirst();
        var meant = next.required() ? next : meant(value, open).orElse(next);
        boolean flag = meant.kind() == Kind.FLAG && meant.name().equals(value.replace('-', '_'));
        put(meant, flag ? "true" : value);
    }

    /// The input that a bare value speaks of by itself.
    private static Optional<Param> meant(String value, List<Param> open) {
        var word = value.toLowerCase(Locale.ROOT).replace('-', '_');
        return open.stream()
                .filter(param -> param.usual().contains(word)
                        || (param.kind() == Kind.FLAG && param.name().equals(word)))
                .findFirst();
    }

    private Optional<Param> named(String word) {
        int equals = word.indexOf('=');
        return equals <= 0 ? Optional.empty() : param(word.substring(0, equals));
    }

    private Optional<Param> param(String name) {
        return Stream.concat(params.stream(), unlisted.stream())
                .filter(param -> param.name().equals(name))
                .findFirst();
    }

    /// The tool refuses it, together with all else that is wrong.
    private void unknown(String name, String text) {
        given.put(name, Json.str(text));
    }

    private String names() {
        return String.join(", ", params.stream().map(Param::name).toList());
    }

    private void put(Param param, String text) {
        given.put(param.name(), value(param, text));
    }

    /// What does not look like its kind stays text, so that the tool can say what is wrong with it.
    private Json value(Param param, String text) {
        return switch (param.kind()) {
            case COUNT, NUMBER -> text.matches("-?[0-9]+(\\.[0-9]+)?") ? new Json.Num(text) : Json.str(text);
            case FLAG ->
                switch (text) {
                    case "true", "yes", "1" -> Json.bool(true);
                    case "false", "no", "0" -> Json.bool(false);
                    default -> Json.str(text);
                };
            case WORDS -> words(param, text);
            case OBJECT -> members(param, text);
            default -> Json.str(text);
        };
    }

    /// `{"memory": 2048}`, or `memory=2048,onboot=1` for short.
    private Json members(Param param, String text) {
        if (!text.startsWith("{")) {
            var members = new LinkedHashMap<String, Json>();
            for (var part : text.split(",")) {
                int equals = part.indexOf('=');
                members.put(equals < 0 ? part : part.substring(0, equals), Json.str(part.substring(equals + 1)));
            }
            return new Json.Obj(members);
        }
        return json(param, text);
    }

    /// `["web", "db"]`, or `web,db` for short.
    private Json words(Param param, String text) {
        if (text.startsWith("[\"")) {
            return json(param, text);
        }
        return Json.strings(text.isEmpty() ? List.of() : List.of(text.split(",")));
    }

    private Json json(Param param, String text) {
        try {
            return Json.parse(text);
        } catch (JsonException e) {
            problems.add("%s is not JSON: %s".formatted(param.name(), e.getMessage()));
            return Json.Null.NULL;
        }
    }
}
