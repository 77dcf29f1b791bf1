package pvemcp.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.util.Set;

/// A file on a disk that fails on order. All else goes to the real file.
final class FailingChannel extends FileChannel {
    enum Operation {
        WRITE,
        SHORT_WRITE,
        FORCE,
        TRUNCATE,
        READ,
        SIZE
    }

    /// Which operations fail: of each, those counted from `from` up to but not including `until`.
    static final class Plan implements Opener {
        private final Operation operation;
        private final int from;
        private final int until;
        private final String words;
        private final boolean alsoTruncate;
        private int count;
        private int failed;

        Plan(Operation operation, int from, int until, String words, boolean alsoTruncate) {
            this.operation = operation;
            this.from = from;
            this.until = until;
            this.words = words;
            this.alsoTruncate = alsoTruncate;
        }

        @Override
        public FileChannel open(Path file, Set<OpenOption> options, FileAttribute<?>... attributes) throws IOException {
            return new FailingChannel(FileChannel.open(file, options, attributes), this);
        }

        int failures() {
            return failed;
        }

        private boolean fails(Operation now) {
            if (now == Operation.TRUNCATE && alsoTruncate && failed > 0 && count < until) {
                return true;
            }
            if (now != operation) {
                return false;
            }
            count++;
            boolean fails = count >= from && count < until;
            failed += fails ? 1 : 0;
            return fails;
        }
    }

    private final FileChannel real;
    private final Plan plan;

    private FailingChannel(FileChannel real, Plan plan) {
        this.real = real;
        this.plan = plan;
    }

    private void check(Operation operation) throws IOException {
        if (plan.fails(operation)) {
            throw new IOException(plan.words);
        }
    }

    @Override
    public int write(ByteBuffer source, long position) throws IOException {
        check(Operation.WRITE);
        if (plan.fails(Operation.SHORT_WRITE)) {
            // What a disk does that becomes full in the middle of a line.
            real.write(source.slice(source.position(), source.remaining() / 2), position);
            throw new IOException(plan.words);
        }
        return real.write(source, position);
    }

    @Override
    public void force(boolean metaData) throws IOException {
        check(Operation.FORCE);
        real.force(metaData);
    }

    @Override
    public FileChannel truncate(long size) throws IOException {
        check(Operation.TRUNCATE);
        real.truncate(size);
        return this;
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        check(Operation.READ);
        return real.read(target, position);
    }

    @Override
    public long size() throws IOException {
        check(Operation.SIZE);
        return real.size();
    }

    @Override
    public FileLock lock(long position, long size, boolean shared) throws IOException {
        return real.lock(position, size, shared);
    }

    @Override
    protected void implCloseChannel() throws IOException {
        real.close();
    }

    // What the ledger does not do with its file.

    @Override
    public int read(ByteBuffer target) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long read(ByteBuffer[] targets, int offset, int length) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int write(ByteBuffer source) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long write(ByteBuffer[] sources, int offset, int length) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long position() {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileChannel position(long newPosition) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long transferTo(long position, long count, WritableByteChannel target) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long transferFrom(ReadableByteChannel source, long position, long count) {
        throw new UnsupportedOperationException();
    }

    @Override
    public MappedByteBuffer map(MapMode mode, long position, long size) {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) {
        throw new UnsupportedOperationException();
    }
}
