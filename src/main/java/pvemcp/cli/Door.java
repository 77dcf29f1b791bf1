package pvemcp.cli;

import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import pvemcp.dispatch.Dispatcher;
import pvemcp.gate.Reach;

/// A way to tools on clusters, to be closed after use.
///
/// @param dispatcher for whoever started this process
/// @param narrowed the same for somebody who may go only so far; empty where they would need credentials of their own
///     and have none
/// @param trouble why nothing but reads gets through at the moment; empty where that is not so
public record Door(
        Dispatcher dispatcher,
        Function<Reach, Optional<Dispatcher>> narrowed,
        Runnable end,
        Supplier<Optional<String>> trouble)
        implements AutoCloseable {
    /// One through which everything always gets that may.
    public Door(Dispatcher dispatcher, Function<Reach, Optional<Dispatcher>> narrowed, Runnable end) {
        this(dispatcher, narrowed, end, Optional::empty);
    }

    /// The same way, with something around each of its dispatchers.
    public Door around(UnaryOperator<Dispatcher> wrapping) {
        return new Door(
                wrapping.apply(dispatcher), reach -> narrowed.apply(reach).map(wrapping), end, trouble);
    }

    @Override
    public void close() {
        end.run();
    }
}
