package pvemcp.schema;

import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import pvemcp.json.Json;

/// The PVE API as one version of PVE declares it: its operations, their parameters and privileges. Immutable.
public final class ApiSchema {
    /// The built-in schema nearest to a version such as `9.2.11`; the newest for an empty or unknown one.
    public static ApiSchema builtIn(String version) {
        throw new UnsupportedOperationException("not built yet");
    }

    /// The schema out of the text of `/pve-docs/api-viewer/apidoc.js` as a host serves it; never evaluated.
    public static ApiSchema fromApidoc(String javascript, String version) {
        throw new UnsupportedOperationException("not built yet");
    }

    public String version() {
        throw new UnsupportedOperationException("not built yet");
    }

    /// All operations, ordered by path, then by verb.
    public List<Operation> operations() {
        throw new UnsupportedOperationException("not built yet");
    }

    /// The operation with this path template, such as `/nodes/{node}/qemu/{vmid}/config`.
    public Optional<Operation> operation(Verb verb, String template) {
        throw new UnsupportedOperationException("not built yet");
    }

    /// The operation a concrete path calls, with its path variables decoded.
    public Optional<Match> match(Verb verb, String path) {
        throw new UnsupportedOperationException("not built yet");
    }

    /// The verbs a concrete path answers to; empty where there is no such path.
    public List<Verb> verbs(String path) {
        throw new UnsupportedOperationException("not built yet");
    }

    /// All that is wrong with these arguments by PVE's own rules, in order; empty where PVE would take them.
    ///
    /// @param arguments path variables and parameters together, as PVE checks them together
    public List<Problem> check(Operation operation, Json.Obj arguments) {
        throw new UnsupportedOperationException("not built yet");
    }

    public record Match(Operation operation, SequencedMap<String, String> variables) {}
}
