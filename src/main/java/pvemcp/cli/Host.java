package pvemcp.cli;

import java.time.Clock;
import pvemcp.config.Config;
import pvemcp.config.Surroundings;
import pvemcp.dispatch.Stores;
import pvemcp.log.Log;
import pvemcp.mcp.About;

/// What the commands get from whoever put the program together. They make no big piece themselves.
public interface Host {
    Surroundings surroundings();

    Clock clock();

    /// What the server says of itself.
    About about();

    /// Reads the configuration; a [pvemcp.config.ConfigException] where it cannot be used.
    Config config();

    /// Where a server with this configuration tells what it does.
    Log log(Config config);

    /// What the servers of this configuration keep: held calls, the stop, the ledger.
    Stores stores(Config config);

    /// The tools on the configured clusters. Nothing is connected to before a tool is called.
    Door connected(Config config, boolean readOnly);

    /// The tools on a small simulated cluster that starts with the first call.
    default Door demo() {
        return demo(1);
    }

    /// The same on several.
    ///
    /// @param clusters 1 or 2
    Door demo(int clusters);

    /// The configuration that such a cluster stands for: its own state and its own audit log.
    Config demoConfig();

    /// The same, but everything is allowed there and its time runs ten times as fast: for what tests itself.
    Door playground();

    /// Starts a simulated cluster for others to use.
    Simulation simulate(SimRequest request);
}
