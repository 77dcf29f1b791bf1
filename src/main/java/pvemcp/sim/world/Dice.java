package pvemcp.sim.world;

import java.util.Random;
import pvemcp.sim.state.Fields;
import pvemcp.sim.state.HasFields;

/// The numbers of [Random], by its documented formula, but how far it has come can be saved. Not thread-safe.
final class Dice extends Random implements HasFields {
    private static final long MULTIPLIER = 0x5DEECE66DL;
    private static final long MASK = (1L << 48) - 1;

    private long state;

    Dice(long seed) {
        super(0);
        state = (seed ^ MULTIPLIER) & MASK;
    }

    @Override
    protected int next(int bits) {
        state = (state * MULTIPLIER + 0xBL) & MASK;
        return (int) (state >>> (48 - bits));
    }

    @Override
    public void fields(Fields fields) {
        state = fields.whole("state", state);
    }
}
