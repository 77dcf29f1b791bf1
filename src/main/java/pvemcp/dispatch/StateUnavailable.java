package pvemcp.dispatch;

import java.io.IOException;

/// The owner's state directory cannot be used as it is.
final class StateUnavailable extends IOException {
    StateUnavailable(IOException why) {
        super(why.getMessage(), why);
    }
}
