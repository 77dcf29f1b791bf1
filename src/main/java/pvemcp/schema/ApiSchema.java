package pvemcp.schema;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import pvemcp.json.Json;

/// The PVE API as one version of PVE declares it: its operations, their parameters and privileges.
///
/// Immutable as seen from outside and safe to share; declarations and patterns are read on first use and kept.
public final class ApiSchema {
    private final String version;
    private final List<Operation> operations;
    private final Map<String, Operation> byTemplate;
    private final PathTree tree;
    private final Rules rules;
    private volatile Search search;

    private ApiSchema(String version, List<Operation> operations, Rules rules) {
        this.version = version;
        this.operations = operations.stream()
                .sorted(Comparator.comparing(Operation::path).thenComparing(Operation::verb))
                .toList();
        this.rules = rules;
        tree = PathTree.of(this.operations);
        byTemplate = new HashMap<>();
        this.operations.forEach(operation -> byTemplate.put(operation.toString(), operation));
    }

    /// The built-in schema nearest to a version such as `9.2.11`: that of 8.4 for 8 and older, that of 9.2 for
    /// all others, also for an empty or unknown version. Loaded on first use, then shared.
    public static ApiSchema builtIn(String version) {
        return isEight(version) ? Eight.SCHEMA : Nine.SCHEMA;
    }

    private static boolean isEight(String version) {
        int dot = version.indexOf('.');
        var major = dot < 0 ? version : version.substring(0, dot);
        return major.length() == 1 && major.charAt(0) >= '1' && major.charAt(0) <= '8';
    }

    private static final class Nine {
        static final ApiSchema SCHEMA = of(FactsFile.of("9.2"));
    }

    private static final class Eight {
        static final ApiSchema SCHEMA = of(FactsFile.of("8.4"));
    }

    private static ApiSchema of(FactsFile file) {
        var operations = new ArrayList<Operation>();
        for (var line : file.operations()) {
            var operation = line.verb() + " " + line.path();
            var summary = OperationTable.SHARED.summary(operation).orElseGet(() -> firstSentence(line));
            operations.add(new Operation(
                    line.verb(), line.path(), line.name(), summary, () -> FactsFile.object(line.declaration())));
        }
        return new ApiSchema(file.version(), operations, new Rules(file.indexes(), file.formats(), file.words()));
    }

    private static String firstSentence(FactsFile.Line line) {
        var text = FactsFile.object(line.declaration()).text("description").orElse("");
        int end = text.indexOf(". ");
        return (end < 0 ? text : text.substring(0, end + 1)).strip();
    }

    /// The schema out of the text of `/pve-docs/api-viewer/apidoc.js` as a host serves it; never evaluated. How
    /// far indexed parameters go, the keys of named property strings and the tasks that operations start come
    /// from the built-in schema nearest to the version, since no host tells them.
    ///
    /// @param version the host's version, such as `9.2.11`
    /// @throws pvemcp.json.JsonException where the text declares no API, or is larger than 16 Mi characters
    public static ApiSchema fromApidoc(String javascript, String version) {
        var builtIn = FactsFile.of(isEight(version) ? "8.4" : "9.2");
        var read = Apidoc.read(javascript, builtIn);
        var formats = new HashMap<>(builtIn.formats());
        read.formats().forEach((name, keys) -> formats.put(name, keys.write()));
        return of(new FactsFile(version, builtIn.indexes(), formats, builtIn.words(), read.operations()));
    }

    /// The version whose API this is, such as `9.2`.
    public String version() {
        return version;
    }

    /// All operations, ordered by path, then by verb.
    public List<Operation> operations() {
        return operations;
    }

    /// The operation with this path template, such as `/nodes/{node}/qemu/{vmid}/config`.
    public Optional<Operation> operation(Verb verb, String template) {
        return Optional.ofNullable(byTemplate.get(verb + " " + template));
    }

    /// The operation a concrete path calls, with its path variables decoded. The path is read as PVE reads it:
    /// percent-decoded once, then cut at slashes, of which several count as one; what follows
    /// `/nodes/{node}/storage/{storage}/content/` is one volume and what follows an ipset's name one network,
    /// slashes and all.
    public Optional<Match> match(Verb verb, String path) {
        return tree.find(path)
                .flatMap(place -> Optional.ofNullable(place.operations().get(verb))
                        .map(operation -> new Match(operation, place.variables())));
    }

    /// The verbs a concrete path answers to; empty where there is no such path.
    public List<Verb> verbs(String path) {
        return tree.find(path)
                .map(place -> List.copyOf(place.operations().keySet()))
                .orElse(List.of());
    }

    /// What to say of a concrete path that there is none of: the paths that were probably meant, each with the verbs
    /// it answers to where `verb` is none of them, or what there is below the part of it that exists.
    public String instead(Verb verb, String path) {
        var near = NearPaths.of(operations, verb, path).stream()
                .map(one -> one.verbs().contains(verb)
                        ? one.path()
                        : "%s (%s)"
                                .formatted(
                                        one.path(),
                                        one.verbs().stream().map(Enum::name).collect(Collectors.joining(", "))))
                .toList();
        if (!near.isEmpty()) {
            return "did you mean " + String.join(" or ", near) + "?";
        }
        var below = tree.deepest(path);
        return below.next().isEmpty()
                ? "%s has nothing below it".formatted(below.path())
                : "below %s there is %s".formatted(below.path(), String.join(", ", below.next()));
    }

    /// All that is wrong with these arguments by PVE's own rules; empty where PVE would take them. Declared
    /// parameters come first, in the declaration's order, then unknown ones in the order given.
    ///
    /// @param arguments path variables and parameters together, as PVE checks them together; form values as
    ///     strings, a repeated key as an array
    public List<Problem> check(Operation operation, Json.Obj arguments) {
        var check = new Check(rules);
        check.arguments(operation.facts(), arguments);
        return check.problems();
    }

    /// What an operation can do when it is called with these arguments: its class in the reviewed table, raised
    /// by arguments that reach further, such as a raw path of the host for a disk. An operation the table does
    /// not know is [Danger#EXECUTE].
    public Danger danger(Operation operation, Json.Obj arguments) {
        return OperationTable.SHARED.danger(operation, plain(operation, arguments));
    }

    /// The same arguments in one spelling, as they are to be judged and sent: PVE takes a list also as a repeated
    /// key, and cut by white space or NUL; here it is one text, cut by commas.
    public Json.Obj plain(Operation operation, Json.Obj arguments) {
        var plain = arguments;
        for (var argument : arguments.members().entrySet()) {
            var elements = WordList.oddlyListed(argument.getValue());
            if (elements.isPresent()) {
                var schema = new Check(rules).declaration(operation.facts(), argument.getKey(), arguments);
                boolean list = schema.text("type").equals(Optional.of("string"))
                        && schema.text("format").orElse("").endsWith("-list");
                plain = list ? plain.with(argument.getKey(), String.join(",", elements.get())) : plain;
            }
        }
        return plain;
    }

    /// What a concrete call would touch: nodes, guests, storages and pools that its path and its arguments name.
    ///
    /// @param variables the path's variables, as [#match] found them
    public Touched touched(Operation operation, SequencedMap<String, String> variables, Json.Obj arguments) {
        return Touched.by(operation, variables, arguments, rules);
    }

    /// The operations that share most with these words, best first: words of their paths, names, summaries,
    /// parameters and, with a host's own schema, its texts. The first call reads every declaration.
    public List<Operation> search(String words, int limit) {
        // Two threads may both build it; they build the same.
        if (search == null) {
            search = new Search(operations);
        }
        return search.find(words, limit);
    }

    /// An operation in lean words, some 2,000 tokens at most: summary, class, privileges, whether it starts a
    /// task, and its parameters one a line, those that must be given first. Where there are very many optional
    /// ones only their names are told.
    ///
    /// @param filter a part of the names of the parameters to tell in full, with the keys of property strings
    ///     where they are few; empty for all
    public String describe(Operation operation, String filter) {
        return new Description(rules, operation).write(danger(operation, Json.Obj.EMPTY), filter);
    }

    /// The operation that a path calls.
    ///
    /// @param variables the path's variables by name, decoded, in the order of the path
    public record Match(Operation operation, SequencedMap<String, String> variables) {}
}
