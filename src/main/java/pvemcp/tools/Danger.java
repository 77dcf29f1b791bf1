package pvemcp.tools;

import java.util.Set;
import pvemcp.schema.ApiSchema;
import pvemcp.schema.Verb;
import pvemcp.tool.Tier;

/// What an operation of the API can do. What is not known is the worst.
final class Danger {
    private Danger() {}

    static Tier of(ApiSchema schema, String method, String path) {
        var match = schema.match(Verb.valueOf(method), path);
        return match.isPresent()
                        && method.equals("GET")
                        && !ACTING.contains(match.get().operation().path())
                ? Tier.READ
                : Tier.EXECUTE;
    }

    private static final Set<String> ACTING = Set.of("/nodes/{node}/query-url-metadata");
}
