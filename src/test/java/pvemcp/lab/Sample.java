package pvemcp.lab;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import pvemcp.json.Json;
import pvemcp.schema.ApiSchema;
import pvemcp.schema.Operation;
import pvemcp.schema.Problem;

/// A call of an operation with as little as its schema takes, on things that [Scenes#small] has.
///
/// @param path with the variables filled in
/// @param params besides the variables
public record Sample(Operation operation, String path, Json.Obj params) {
    /// Of what is tried, the first that the schema has nothing against is taken. The order matters: what is most
    /// likely meant comes first.
    private static final List<String> VALUES = List.of(
            "x1",
            "1",
            "120",
            "local",
            "vm:101",
            "x1@pve",
            "x1@pve!x1",
            "10.0.0.1",
            "10.0.0.0/24",
            "101-0",
            "5900",
            "iso",
            "rootfs",
            "/dev/sdz",
            "VM.Audit",
            "pve4p-0123456789",
            "node=pve1,path=/srv/x1",
            "node=pve1,id=1234:5678,path=0000:00:01.0",
            "node=pve1,id=1234:5678",
            "host=10.0.0.1,apitoken=PVEAPIToken=x1@pve!x1=0",
            "[{\"method\":\"GET\",\"path\":\"/version\"}]",
            "AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99",
            "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
            // The type of what has several is told by words that only its schema has.
            "node-affinity");

    public static Sample of(ApiSchema schema, Operation operation) {
        var arguments = new LinkedHashMap<String, Json>();
        for (var variable : operation.variables()) {
            arguments.put(
                    variable,
                    Json.str(
                            switch (variable) {
                                case "node" -> "pve1";
                                case "vmid" -> operation.path().contains("/lxc/") ? "102" : "101";
                                case "storage" -> "local";
                                case "poolid" -> "shop";
                                case "subnet" -> "x1-10.0.0.0-24";
                                default -> "x1";
                            }));
        }
        // What is missing shows only once something else is there: a type decides what else is wanted.
        for (int round = 0; round < 4; round++) {
            var wrong = new TreeSet<String>();
            schema.check(operation, new Json.Obj(arguments)).forEach(problem -> wrong.add(name(problem)));
            wrong.forEach(name -> mend(schema, operation, name, arguments));
        }
        var path = operation.path();
        for (var variable : operation.variables()) {
            var value = arguments.remove(variable).scalarText().orElseThrow();
            path = path.replace("{" + variable + "}", value.replace("/", "%2F").replace("#", "%23"));
        }
        return new Sample(operation, path, new Json.Obj(arguments));
    }

    private static void mend(ApiSchema schema, Operation operation, String name, Map<String, Json> arguments) {
        for (var value : values(operation, name)) {
            arguments.put(name, Json.str(value));
            boolean fine = schema.check(operation, new Json.Obj(new LinkedHashMap<>(arguments))).stream()
                    .map(Sample::name)
                    .noneMatch(name::equals);
            if (fine) {
                return;
            }
        }
        arguments.remove(name);
    }

    /// The parameter itself of `map[0]` and of `oneOf[node-affinity].nodes`.
    private static String name(Problem problem) {
        return problem.parameter().replaceFirst("^oneOf\\[[^]]*]\\.", "").replaceFirst("\\[.*", "");
    }

    private static List<String> values(Operation operation, String name) {
        var values = new ArrayList<>(
                switch (name) {
                    case "vmid", "newid" -> List.of("120");
                    case "node", "target" -> List.of("pve1");
                    case "url" -> List.of("https://example.org/x");
                    default -> List.<String>of();
                });
        operation
                .parameters()
                .object(name)
                .flatMap(facts -> facts.array("enum"))
                .ifPresent(
                        words -> words.items().forEach(word -> word.scalarText().ifPresent(values::add)));
        values.addAll(VALUES);
        return values;
    }

    /// What the schema has against it; empty where it is a call that PVE would take.
    public List<Problem> problems(ApiSchema schema) {
        var match = schema.match(operation.verb(), path).orElseThrow();
        var all = new LinkedHashMap<String, Json>();
        match.variables().forEach((name, value) -> all.put(name, Json.str(value)));
        all.putAll(params.members());
        return schema.check(operation, new Json.Obj(all));
    }
}
