package pvemcp.sim.http;

import java.util.LinkedHashMap;
import java.util.stream.Collectors;
import pvemcp.json.Json;
import pvemcp.schema.ApiSchema;
import pvemcp.schema.Operation;
import pvemcp.sim.SimError;

/// Checks a call's arguments by the schema and gives them the types it declares (PVE::RESTHandler::handle).
final class Check {
    private Check() {}

    /// The arguments with lists as arrays, joined lists as text, booleans as 0 and 1; a 400 with all that is wrong.
    static Json.Obj arguments(ApiSchema schema, Operation operation, Json.Obj given) {
        var declared = operation.facts().object("params").orElse(Json.Obj.EMPTY);
        var arguments = new LinkedHashMap<String, Json>();
        given.members()
                .forEach((name, value) ->
                        arguments.put(name, converted(declared.object(name).orElse(Json.Obj.EMPTY), value)));
        var shaped = new Json.Obj(arguments);
        var problems = schema.check(operation, shaped);
        if (!problems.isEmpty()) {
            var errors = new LinkedHashMap<String, String>();
            problems.forEach(problem -> errors.putIfAbsent(problem.parameter(), problem.wire()));
            throw new SimError(400, "Parameter verification failed.", errors);
        }
        arguments.replaceAll((_, value) -> value instanceof Json.Bool(var flag) ? Json.num(flag ? 1 : 0) : value);
        return new Json.Obj(arguments);
    }

    private static Json converted(Json.Obj declared, Json value) {
        var type = declared.text("type").orElse("");
        if (type.equals("array") && !(value instanceof Json.Arr)) {
            return Json.arr(value);
        }
        boolean list = declared.text("format").orElse("").endsWith("-list");
        if (type.equals("string") && list && value instanceof Json.Arr(var items)) {
            return Json.str(
                    items.stream().map(item -> item.scalarText().orElse("")).collect(Collectors.joining(",")));
        }
        return value;
    }
}
