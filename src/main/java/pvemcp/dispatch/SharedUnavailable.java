package pvemcp.dispatch;

import java.io.IOException;

/// What this server shares with those on other machines cannot be asked or told anything now.
public final class SharedUnavailable extends IOException {
    /// @param what the shared place and what is wrong with it, for a sentence
    public SharedUnavailable(String what, Throwable why) {
        super(what, why);
    }
}
