package pvemcp.sim.api;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import pvemcp.schema.ApiSchema;
import pvemcp.schema.Operation;
import pvemcp.schema.Verb;

/// Which handler answers which operation. Every route exists in PVE's own schema, or it is not taken.
public final class Routes {
    private final ApiSchema schema;
    private final Map<String, Handler> handlers = new HashMap<>();

    public Routes(ApiSchema schema) {
        this.schema = schema;
    }

    /// @param template as the schema has it, such as `/nodes/{node}/qemu/{vmid}/config`
    public Routes on(Verb verb, String template, Handler handler) {
        var operation = schema.operation(verb, template)
                .orElseThrow(() -> new IllegalArgumentException(verb + " " + template + " is not in the schema"));
        if (handlers.put(operation.toString(), handler) != null) {
            throw new IllegalArgumentException(operation + " has a handler already");
        }
        return this;
    }

    public Optional<Handler> handler(Operation operation) {
        return Optional.ofNullable(handlers.get(operation.toString()));
    }

    /// What is simulated, as `GET /version`.
    public Set<String> covered() {
        return Collections.unmodifiableSet(new TreeSet<>(handlers.keySet()));
    }
}
