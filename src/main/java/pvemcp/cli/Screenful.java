package pvemcp.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Lets a screenful of lines through as they come, and keeps the rest for whoever wants more. For one thread, but for
/// [#mute].
final class Screenful extends OutputStream {
    private final OutputStream out;
    private final int lines;
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private int shown;
    private volatile boolean muted;

    /// @param lines 0 for all of them
    Screenful(OutputStream out, int lines) {
        this.out = out;
        this.lines = lines;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
        if (muted) {
            return;
        }
        int end = from;
        while (end < from + length && (lines == 0 || shown < lines)) {
            if (bytes[end++] == '\n') {
                shown++;
            }
        }
        out.write(bytes, from, end - from);
        kept.write(bytes, end, from + length - end);
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }

    /// Nothing more is shown, whatever comes.
    void mute() {
        muted = true;
    }

    /// What there was no room for.
    List<String> rest() {
        return kept.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
