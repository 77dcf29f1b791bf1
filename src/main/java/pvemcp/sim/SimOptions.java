package pvemcp.sim;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import pvemcp.schema.ApiSchema;
import pvemcp.sim.time.SimTime;

/// How a simulator is to run.
///
/// @param port 0 for any free one
/// @param host the address to listen on; loopback by default, and hardly ever anything else: the simulator's secrets
///     are no secrets
/// @param certificates where the certificate is kept; empty for a new one each time
/// @param unauthorizedDelay how long a 401 is held back; PVE takes 3 s
/// @param seed of all that is made up
public record SimOptions(
        Scenario scenario,
        SimTime time,
        ApiSchema schema,
        String host,
        int port,
        Optional<Path> certificates,
        Duration unauthorizedDelay,
        long seed) {

    /// On a free loopback port, with a new certificate, without the delay of a 401: for tests.
    public static SimOptions of(Scenario scenario, SimTime time) {
        return new SimOptions(
                scenario, time, ApiSchema.builtIn("9.2"), "127.0.0.1", 0, Optional.empty(), Duration.ZERO, 1);
    }

    public SimOptions withPort(int value) {
        return new SimOptions(scenario, time, schema, host, value, certificates, unauthorizedDelay, seed);
    }

    public SimOptions withHost(String value) {
        return new SimOptions(scenario, time, schema, value, port, certificates, unauthorizedDelay, seed);
    }

    public SimOptions withCertificatesIn(Path directory) {
        return new SimOptions(scenario, time, schema, host, port, Optional.of(directory), unauthorizedDelay, seed);
    }

    /// Holds every 401 back for the 3 s that pveproxy does (PVE::APIServer::AnyEvent).
    public SimOptions withUnauthorizedDelay() {
        return new SimOptions(scenario, time, schema, host, port, certificates, Duration.ofSeconds(3), seed);
    }

    public SimOptions withSeed(long value) {
        return new SimOptions(scenario, time, schema, host, port, certificates, unauthorizedDelay, value);
    }
}
