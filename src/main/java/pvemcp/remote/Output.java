package pvemcp.remote;

import java.util.OptionalInt;

/// What a command left behind. Its texts come from the guest and are untrusted.
///
/// @param exit its exit status; empty where it was ended by a signal, or did not end in time
/// @param outCut how many bytes of its output were left out, likewise `errCut`
/// @param ending how it ended
/// @param process what names the process where it may still be running, such as its pid; may be empty
public record Output(
        OptionalInt exit, String out, String err, long outCut, long errCut, Ending ending, String process) {
    public enum Ending {
        /// It ended by itself.
        EXITED,
        /// A signal ended it.
        SIGNALLED,
        /// It had not ended when the time was up, and may still be running.
        TIMED_OUT
    }

    public boolean succeeded() {
        return exit.isPresent() && exit.getAsInt() == 0;
    }

    public boolean truncated() {
        return outCut > 0 || errCut > 0;
    }
}
