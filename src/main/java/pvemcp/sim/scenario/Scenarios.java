package pvemcp.sim.scenario;

import pvemcp.sim.Scenario;

/// The simulated clusters one can start with. The same every time, whatever the hour.
public final class Scenarios {
    private Scenarios() {}

    /// One host at home with a dozen guests: a web server, a database, home automation and what else gathers there.
    public static Scenario homelab() {
        return Homelab::seed;
    }

    /// Two hosts at work, to stand beside those at home.
    public static Scenario office() {
        return Office::seed;
    }

    /// The same with a Proxmox Backup Server beside it, which has the storage `vault`.
    public static Scenario backedUpHomelab() {
        return cluster -> {
            var credentials = Homelab.seed(cluster);
            Vault.beside(cluster);
            return credentials;
        };
    }

    /// Three nodes with one instance of everything that goes wrong, and healthy neighbours.
    public static Scenario troubled() {
        return Troubled::seed;
    }

    /// A company's cluster of any size.
    ///
    /// @param nodes 1 to 32
    /// @param guests up to 10,000, a third of them containers
    /// @param seed another one makes another cluster
    public static Scenario fleet(int nodes, int guests, long seed) {
        return cluster -> new Fleet(cluster, nodes, guests, seed).seed();
    }
}
