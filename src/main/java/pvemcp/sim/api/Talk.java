package pvemcp.sim.api;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/// What goes back and forth over a connection once it is no longer HTTP. Runs outside of the simulator's lock.
public interface Talk {
    /// Ends when it is over, or with an `IOException` when the client goes.
    void run(InputStream in, OutputStream out) throws IOException;
}
