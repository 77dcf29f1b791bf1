package pvemcp.tool;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;

/// A channel read from its start, which stays open when the reading is over.
final class Rereadable extends InputStream {
    private final SeekableByteChannel channel;

    Rereadable(SeekableByteChannel channel) throws IOException {
        this.channel = channel;
        channel.position(0);
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        return channel.read(ByteBuffer.wrap(buffer, offset, length));
    }
}
