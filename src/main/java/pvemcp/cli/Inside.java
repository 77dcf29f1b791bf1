package pvemcp.cli;

import java.time.Clock;
import java.util.function.Supplier;
import pvemcp.config.Config;
import pvemcp.config.Surroundings;
import pvemcp.dispatch.Stores;
import pvemcp.log.Log;
import pvemcp.mcp.About;

/// What commands get within a conversation: the door that is open already, and the configuration it was opened with.
record Inside(Host host, Supplier<Config> configuration, Door door) implements Host {
    @Override
    public Surroundings surroundings() {
        return host.surroundings();
    }

    @Override
    public Clock clock() {
        return host.clock();
    }

    @Override
    public About about() {
        return host.about();
    }

    @Override
    public Config config() {
        return configuration.get();
    }

    @Override
    public Stores stores(Config config) {
        return host.stores(config);
    }

    @Override
    public Log log(Config config) {
        return host.log(config);
    }

    /// Closed by whoever opened it.
    @Override
    public Door connected(Config config, boolean readOnly) {
        return new Door(door.dispatcher(), door.narrowed(), () -> {});
    }

    @Override
    public Door demo(int clusters) {
        return host.demo(clusters);
    }

    @Override
    public Config demoConfig() {
        return host.demoConfig();
    }

    @Override
    public Door playground() {
        return host.playground();
    }

    @Override
    public Simulation simulate(SimRequest request) {
        return host.simulate(request);
    }
}
