package pvemcp.tool;

import java.util.Optional;
import pvemcp.pve.Verb;
import pvemcp.schema.ApiSchema;
import pvemcp.schema.Operation;

/// Requests of the client among the operations of the API's schema. Each of the two has verbs of its own, since
/// neither knows the other. Empty answers are no proof: a live cluster may know more than the schema does.
public final class Operations {
    private Operations() {}

    /// The operation that a request asks for.
    ///
    /// @param path with the real names in it, such as `/nodes/pve1/qemu/101/config`
    public static Optional<ApiSchema.Match> match(ApiSchema schema, Verb verb, String path) {
        return schema.match(same(verb), path);
    }

    /// What to say of a path that there is none of: what was probably meant.
    public static String instead(ApiSchema schema, Verb verb, String path) {
        return schema.instead(same(verb), path);
    }

    /// @param template such as `/nodes/{node}/qemu/{vmid}/config`
    public static Optional<Operation> find(ApiSchema schema, Verb verb, String template) {
        return schema.operation(same(verb), template);
    }

    private static pvemcp.schema.Verb same(Verb verb) {
        return switch (verb) {
            case GET -> pvemcp.schema.Verb.GET;
            case POST -> pvemcp.schema.Verb.POST;
            case PUT -> pvemcp.schema.Verb.PUT;
            case DELETE -> pvemcp.schema.Verb.DELETE;
        };
    }
}
