package pvemcp.sim;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// What the simulated PVE says no with: a status, PVE's own words, and for a 400 the parameters with what is wrong
/// about each.
public final class SimError extends RuntimeException {
    private final int status;
    private final transient Map<String, String> errors;

    public SimError(int status, String message, Map<String, String> errors) {
        super(message);
        this.status = status;
        this.errors = Collections.unmodifiableMap(new LinkedHashMap<>(errors));
    }

    /// Nearly everything that PVE refuses is a 500.
    public SimError(String message) {
        this(500, message, Map.of());
    }

    public static SimError invalid(String parameter, String problem) {
        return new SimError(400, "Parameter verification failed.", Map.of(parameter, problem));
    }

    /// PVE::RPCEnvironment::check
    public static SimError forbidden(String path, String privileges) {
        return new SimError(403, "Permission check failed (%s, %s)".formatted(path, privileges), Map.of());
    }

    public int status() {
        return status;
    }

    public Map<String, String> errors() {
        return errors;
    }
}
