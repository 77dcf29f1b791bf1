package pvemcp.sim;

import pvemcp.sim.world.Cluster;

/// How a simulated cluster begins.
@FunctionalInterface
public interface Scenario {
    /// Fills a new, empty cluster: at least one node, and whoever is to log in.
    ///
    /// @return the API token that the simulator hands out, or one made by [Credentials#operator]
    Credentials seed(Cluster cluster);
}
