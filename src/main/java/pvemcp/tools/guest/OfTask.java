package pvemcp.tools.guest;

import pvemcp.tool.Unfinished;
import pvemcp.tools.common.Outcome;

/// An answer that says more than how its task went, but goes on as the task does.
interface OfTask extends Unfinished {
    Outcome outcome();

    @Override
    default String task() {
        return outcome().task();
    }

    @Override
    default boolean isGoing() {
        return outcome().isGoing();
    }
}
