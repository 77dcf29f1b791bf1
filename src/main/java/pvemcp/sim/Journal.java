package pvemcp.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import pvemcp.json.Json;
import pvemcp.sim.api.Call;

/// Keeps what a world needs to outlive its simulator, whatever is under way in it.
///
/// A backup that runs is code with steps still to come, and no file can hold code. So this has the world of a moment
/// at which nothing was under way, and the calls since then. A simulator goes by its clock and its seed alone: gone
/// through again from that moment, the same calls lead to the same world, tasks half done among it.
///
/// The simulator's lock guards it.
final class Journal implements Consumer<Call> {
    /// Writing the world down takes far longer than a call, so it is not done before each.
    private static final int MANY = 200;

    private final State world;
    private final List<Call> since = new ArrayList<>();
    private Json.Obj begin;

    /// Of a world in which nothing is under way.
    Journal(State world) {
        this(world, world.toJson(), List.of());
    }

    /// Of a world that came about by these calls.
    Journal(State world, Json.Obj begin, List<Call> since) {
        this.world = world;
        this.begin = begin;
        this.since.addAll(since);
    }

    /// Takes note of a call that is about to be answered.
    @Override
    public void accept(Call call) {
        if (since.size() >= MANY) {
            beginAnew();
        }
        since.add(call);
    }

    /// Forgets the calls where nothing of what they began is under way any more.
    void beginAnew() {
        if (world.time.isQuiet()) {
            begin = world.toJson();
            since.clear();
        }
    }

    /// @param certificate as PKCS #12
    /// @param beside the same of the backup server; empty: none
    Saved save(byte[] certificate, byte[] beside) {
        beginAnew();
        return new Saved(Saved.FORMAT, world.time.now(), certificate, beside, begin, List.copyOf(since));
    }
}
