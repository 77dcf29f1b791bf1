package pvemcp.cli;

import pvemcp.dispatch.Dispatcher;

/// A way to tools on clusters, to be closed after use.
public record Door(Dispatcher dispatcher, Runnable end) implements AutoCloseable {
    @Override
    public void close() {
        end.run();
    }
}
