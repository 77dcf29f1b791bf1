package pvemcp.tools;

import pvemcp.tool.Unfinished;

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
