package pvemcp.tool;

import java.util.LinkedHashMap;
import pvemcp.json.Json;
import pvemcp.pve.PveException;
import pvemcp.pve.PveFault;
import pvemcp.pve.Verb;
import pvemcp.schema.ApiSchema;

/// What the API's schema has to say to a request, before it is sent.
public final class Arguments {
    private Arguments() {}

    /// PVE would refuse these arguments one or some at a time; its schema tells all of them before anything is sent.
    ///
    /// @throws PveException with a [PveFault.Invalid] that has all that is wrong
    public static void check(ApiSchema schema, Verb verb, String path, Json.Obj params) {
        var match = Operations.match(schema, verb, path);
        if (match.isEmpty()) {
            return; // A live cluster may know more than the built-in schema; it will say so itself.
        }
        var arguments = new LinkedHashMap<String, Json>();
        match.get().variables().forEach((name, value) -> arguments.put(name, Json.str(value)));
        params.members().forEach((name, value) -> {
            if (value != Json.Null.NULL) {
                // As it will be in the form that is sent.
                arguments.put(name, value instanceof Json.Bool(var flag) ? Json.str(flag ? "1" : "0") : value);
            }
        });
        var problems = schema.check(match.get().operation(), new Json.Obj(arguments));
        if (!problems.isEmpty()) {
            var words = new LinkedHashMap<String, String>();
            for (var problem : problems) {
                var nearest = problem.nearest()
                        .map(" (did you mean '%s'?)"::formatted)
                        .orElse("");
                words.merge(problem.parameter(), problem.message() + nearest, (a, b) -> a + "; " + b);
            }
            throw new PveException(new PveFault.Invalid("Parameter verification failed.", words));
        }
    }
}
