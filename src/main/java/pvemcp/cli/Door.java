package pvemcp.cli;

import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import pvemcp.dispatch.Dispatcher;
import pvemcp.gate.Reach;

/// A way to tools on clusters, to be closed after use.
///
/// @param dispatcher for whoever started this process
/// @param narrowed the same for somebody who may go only so far; empty where they would need credentials of their own
///     and have none
public record Door(Dispatcher dispatcher, Function<Reach, Optional<Dispatcher>> narrowed, Runnable end)
        implements AutoCloseable {
    /// The same way, with something around each of its dispatchers.
    public Door around(UnaryOperator<Dispatcher> wrapping) {
        return new Door(
                wrapping.apply(dispatcher), reach -> narrowed.apply(reach).map(wrapping), end);
    }

    @Override
    public void close() {
        end.run();
    }
}
