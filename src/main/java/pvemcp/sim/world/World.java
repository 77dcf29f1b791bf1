package pvemcp.sim.world;

import java.util.function.Consumer;
import java.util.function.Function;

/// The world, for those who come at it from outside its own requests: one at a time, each at the present moment.
public interface World {
    /// Looks at it.
    <T> T ask(Function<Cluster, T> question);

    /// Changes it behind everybody's back.
    void change(Consumer<Cluster> change);
}
