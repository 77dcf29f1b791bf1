package pvemcp.sim.api;

import pvemcp.json.Json;

/// What an operation does. The arguments have been checked and the declared privileges found sufficient.
@FunctionalInterface
public interface Handler {
    /// The `data` of the answer, or a [pvemcp.sim.SimError].
    Json handle(Request request);
}
