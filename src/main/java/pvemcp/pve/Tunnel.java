package pvemcp.pve;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/// Bytes both ways between us and something behind PVE, such as the screen of a VM. For one thread at a time; close
/// it.
public interface Tunnel extends AutoCloseable {
    /// What comes from there. Reading fails once nothing has come for as long as an exchange with the API may take.
    InputStream in();

    /// What goes there; each write is sent at once.
    OutputStream out();

    @Override
    void close() throws IOException;
}
