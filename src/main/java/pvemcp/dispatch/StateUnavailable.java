package pvemcp.dispatch;

import java.io.IOException;
import pvemcp.text.Reason;

/// The owner's state directory cannot be used as it is.
final class StateUnavailable extends IOException {
    StateUnavailable(IOException why) {
        super(Reason.of(why), why);
    }
}
