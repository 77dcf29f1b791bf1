package pvemcp.sim;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import pvemcp.json.Json;
import pvemcp.schema.ApiSchema;
import pvemcp.sim.time.SimTime;

/// How a simulator is to run.
///
/// @param port 0 for any free one
/// @param host the address to listen on; loopback by default, and hardly ever anything else: the simulator's secrets
///     are no secrets
/// @param unauthorizedDelay how long a 401 is held back; PVE takes 3 s
/// @param seed of all that is made up
/// @param state whether [PveSim#state] is wanted: what another simulator left there, or an empty object
/// @param strict who hears of replies that are not as PVE declares them, which fail then; empty for not looking
public record SimOptions(
        Scenario scenario,
        SimTime time,
        ApiSchema schema,
        String host,
        int port,
        Duration unauthorizedDelay,
        long seed,
        Optional<Json.Obj> state,
        Optional<Consumer<String>> strict) {

    /// On a free loopback port, without the delay of a 401, forgetting all.
    public static SimOptions of(Scenario scenario, SimTime time) {
        return new SimOptions(
                scenario,
                time,
                ApiSchema.builtIn("9.2"),
                "127.0.0.1",
                0,
                Duration.ZERO,
                1,
                Optional.empty(),
                Optional.empty());
    }

    public SimOptions withPort(int value) {
        return new SimOptions(scenario, time, schema, host, value, unauthorizedDelay, seed, state, strict);
    }

    /// Holds every 401 back for the 3 s that pveproxy does (PVE::APIServer::AnyEvent).
    public SimOptions withUnauthorizedDelay() {
        return new SimOptions(scenario, time, schema, host, port, Duration.ofSeconds(3), seed, state, strict);
    }

    public SimOptions withSeed(long value) {
        return new SimOptions(scenario, time, schema, host, port, unauthorizedDelay, value, state, strict);
    }

    /// Goes on where another simulator ended, and can itself be gone on from.
    ///
    /// @param earlier what [PveSim#state] of the other one was; an empty object for a new cluster of the scenario
    public SimOptions withState(Json.Obj earlier) {
        return new SimOptions(
                scenario, time, schema, host, port, unauthorizedDelay, seed, Optional.of(earlier), strict);
    }

    /// Compares each reply with what the schema says an operation returns; one that differs is a 500 that says how.
    public SimOptions withStrict(Consumer<String> alsoTold) {
        return new SimOptions(
                scenario, time, schema, host, port, unauthorizedDelay, seed, state, Optional.of(alsoTold));
    }
}
