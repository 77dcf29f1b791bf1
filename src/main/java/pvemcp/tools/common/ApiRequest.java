package pvemcp.tools.common;

import java.util.LinkedHashMap;
import java.util.List;
import pvemcp.json.Json;
import pvemcp.pve.ApiPath;
import pvemcp.pve.Verb;
import pvemcp.schema.ApiSchema;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Operations;
import pvemcp.tool.Tier;

/// A path and its parameters, in the one form in which they are judged and sent.
public record ApiRequest(String path, Json.Obj params) {
    /// Takes what people copy: the prefix `/api2/json`, a query behind the path, characters escaped for no need.
    public static ApiRequest of(String path, Json.Obj params) {
        var all = new LinkedHashMap<>(params.members());
        var plain = ApiPath.plain(path);
        int query = plain.indexOf('?');
        if (query >= 0) {
            for (var pair : plain.substring(query + 1).split("&")) {
                int equals = pair.indexOf('=');
                if (equals > 0) {
                    all.putIfAbsent(pair.substring(0, equals), Json.str(pair.substring(equals + 1)));
                }
            }
            plain = plain.substring(0, query);
        }
        return new ApiRequest(plain, new Json.Obj(all));
    }

    /// What it can do, by the reviewed table of all operations.
    ///
    /// @throws BadArguments where there is no such path or it does not answer to this verb
    public Tier tier(Verb verb, ApiSchema schema) {
        if (path.contains("{")) {
            throw new BadArguments(List.of(
                    "argument 'path': %s is a template; put the real names in place of the braces".formatted(path)));
        }
        var match = Operations.match(schema, verb, path)
                .orElseThrow(() -> new BadArguments(List.of("argument 'path': " + problem(verb, schema))));
        var arguments = new LinkedHashMap<String, Json>();
        match.variables().forEach((name, value) -> arguments.put(name, Json.str(value)));
        arguments.putAll(params.members());
        return Tier.valueOf(
                schema.danger(match.operation(), new Json.Obj(arguments)).name());
    }

    private String problem(Verb verb, ApiSchema schema) {
        var verbs = schema.verbs(path);
        if (!verbs.isEmpty()) {
            return "%s answers to %s, not to %s"
                    .formatted(
                            path,
                            String.join(", ", verbs.stream().map(Enum::name).toList()),
                            verb);
        }
        return "PVE %s has no %s; %s pve_api_search finds paths by words"
                .formatted(schema.version(), path, Operations.instead(schema, verb, path));
    }
}
