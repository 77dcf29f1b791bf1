package pvemcp.pve;

import java.io.IOException;
import java.io.InputStream;
import java.util.function.LongConsumer;

/// A file on its way to a storage. It is read while it is sent, never held as a whole.
///
/// @param name what PVE is told it is called
/// @param size bytes, known beforehand: PVE takes no body without a length
/// @param content opens it at its first byte; once more where the request has to be repeated
/// @param sent told about once a second how many bytes have left; what it throws ends the sending
public record Upload(String name, long size, Content content, LongConsumer sent) {
    /// Where the bytes come from.
    @FunctionalInterface
    public interface Content {
        InputStream open() throws IOException;
    }
}
