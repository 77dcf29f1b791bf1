package pvemcp.pve;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;

/// A file that travels with a request, either way, and how far it has come. One thread moves it, another one looks.
abstract sealed class Cargo {
    private final AtomicLong moved = new AtomicLong();
    private final AtomicReference<IOException> failure = new AtomicReference<>();
    private final LongConsumer listener;

    private Cargo(LongConsumer listener) {
        this.listener = listener;
    }

    /// Bytes that have gone their way so far.
    long moved() {
        return moved.get();
    }

    /// Tells whoever waits how far it is; they may throw to end it.
    void tell() {
        listener.accept(moved());
    }

    /// What went wrong on this machine, not on the way.
    Optional<IOException> failure() {
        return Optional.ofNullable(failure.get());
    }

    /// Whether PVE has all it needs to act.
    abstract boolean isWhole();

    /// As many bytes as were announced: a file may grow or shrink meanwhile.
    final void send(InputStream file, OutputStream wire, long size) throws IOException {
        var buffer = new byte[64 << 10];
        for (long left = size; left > 0; ) {
            int most = (int) Math.min(buffer.length, left);
            int n = here(() -> {
                int read = file.read(buffer, 0, most);
                if (read < 0) {
                    throw new EOFException("the file has become shorter while it was sent");
                }
                return read;
            });
            wire.write(buffer, 0, n);
            moved.addAndGet(n);
            left -= n;
        }
    }

    final void receive(InputStream wire, OutputStream file) throws IOException {
        var buffer = new byte[64 << 10];
        for (int n = wire.read(buffer); n >= 0; n = wire.read(buffer)) {
            int read = n;
            here(() -> {
                file.write(buffer, 0, read);
                return read;
            });
            moved.addAndGet(n);
        }
    }

    final InputStream open(Upload.Content content) throws IOException {
        moved.set(0);
        return here(content::open);
    }

    private interface Work<T> {
        T go() throws IOException;
    }

    private <T> T here(Work<T> work) throws IOException {
        try {
            return work.go();
        } catch (IOException e) {
            failure.compareAndSet(null, e);
            throw e;
        }
    }

    /// A file for PVE.
    static final class Up extends Cargo {
        private final Upload file;

        Up(Upload file) {
            super(file.sent());
            this.file = file;
        }

        Upload file() {
            return file;
        }

        void writeTo(OutputStream out) throws IOException {
            try (var in = open(file.content())) {
                send(in, out, file.size());
            }
        }

        @Override
        boolean isWhole() {
            return moved() >= file.size();
        }
    }

    /// A file from PVE.
    static final class Down extends Cargo {
        private final OutputStream to;
        private volatile boolean measured;

        Down(OutputStream to, LongConsumer received) {
            super(received);
            this.to = to;
        }

        void readFrom(InputStream in, boolean endIsTold) throws IOException {
            measured = endIsTold;
            receive(in, to);
        }

        /// Whether the answer said where it ends, so that a cut one would have been noticed.
        boolean isMeasured() {
            return measured;
        }

        @Override
        boolean isWhole() {
            return true;
        }
    }
}
