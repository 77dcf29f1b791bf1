package pvemcp.cli;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;
import java.util.Optional;
import pvemcp.text.Reason;

/// Remembers that something could not be written, which a print stream over it tells nobody. For one thread at a
/// time.
public final class Outlet extends FilterOutputStream {
    private volatile String lost = "";

    public Outlet(OutputStream out) {
        super(out);
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        try {
            out.write(bytes, from, length);
        } catch (IOException e) {
            var why = Reason.of(e);
            // Who has read enough, as 'head' has, closes a pipe.
            if (!why.toLowerCase(Locale.ROOT).contains("pipe")) {
                lost = why;
            }
            throw e;
        }
    }

    /// Why what was written is not all there; empty where it is.
    public Optional<String> lost() {
        return Optional.of(lost).filter(why -> !why.isEmpty());
    }
}
