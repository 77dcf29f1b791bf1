package pvemcp.sim.api;

import pvemcp.json.Json;
import pvemcp.schema.Verb;

/// `/version`
final class VersionApi {
    /// What the simulator claims to be: the version the recordings come from.
    static final Json VERSION = Json.obj("version", "9.2.11", "release", "9.2", "repoid", "14a22df35955d97d");

    private VersionApi() {}

    static void add(Routes routes) {
        routes.on(Verb.GET, "/version", _ -> VERSION);
    }
}
