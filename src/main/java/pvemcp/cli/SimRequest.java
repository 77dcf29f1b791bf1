package pvemcp.cli;

import java.util.Optional;
import java.util.function.Consumer;
import pvemcp.json.Json;

/// What kind of simulated cluster somebody wants.
///
/// @param port 0 for any free one
/// @param backupPort the same for a backup server beside it; empty: none
/// @param scenario `homelab`, `fleet` or `troubled`
/// @param nodes how many nodes a fleet has
/// @param guests how many guests a fleet has
/// @param speed how much faster than real its time runs
/// @param state what it is to go on from instead, an empty object for nothing; empty where none will be asked for
/// @param strict who hears of replies that are not as PVE declares them; empty where they are not looked at
public record SimRequest(
        int port,
        Optional<Integer> backupPort,
        String scenario,
        int nodes,
        int guests,
        long seed,
        double speed,
        Optional<Json.Obj> state,
        Optional<Consumer<String>> strict) {}
