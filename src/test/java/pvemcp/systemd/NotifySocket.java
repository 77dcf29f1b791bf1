package pvemcp.systemd;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// systemd's end: a datagram socket between processes of this machine, for which Java has no words.
final class NotifySocket implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 60_000;

    private final Arena arena = Arena.ofConfined();
    private final int fd;

    /// @param name a path, or an abstract name that begins with `@`
    NotifySocket(String name) throws Throwable {
        fd = (int) handle("socket", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT).invokeExact(1, 2, 0);
        var address = arena.allocate(2L + name.length() + (name.startsWith("@") ? 0 : 1));
        address.set(JAVA_SHORT, 0, (short) 1);
        MemorySegment.copy(name.getBytes(UTF_8), 0, address, JAVA_BYTE, 2, name.length());
        if (name.startsWith("@")) {
            address.set(JAVA_BYTE, 2, (byte) 0);
        }
        int bound = (int) handle("bind", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT)
                .invokeExact(fd, address, (int) address.byteSize());
        assertThat(bound).isZero();
    }

    /// What comes next.
    String next() throws Throwable {
        var waited = arena.allocate(8, 4);
        waited.set(JAVA_INT, 0, fd);
        waited.set(JAVA_SHORT, 4, (short) 1); // POLLIN
        int ready =
                (int) handle("poll", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT).invokeExact(waited, 1L, PATIENCE_MILLIS);
        assertThat(ready).as("somebody says something").isEqualTo(1);
        var buffer = arena.allocate(4096);
        long length = (long) handle("recv", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT)
                .invokeExact(fd, buffer, buffer.byteSize(), 0);
        return new String(buffer.asSlice(0, length).toArray(JAVA_BYTE), UTF_8);
    }

    @SuppressWarnings("restricted") // There is no other way to what Java has no words for.
    private static MethodHandle handle(String name, MemoryLayout result, MemoryLayout... arguments) {
        var linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow(name), FunctionDescriptor.of(result, arguments));
    }

    @Override
    public void close() {
        try {
            int _ = (int) handle("close", JAVA_INT, JAVA_INT).invokeExact(fd);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
        arena.close();
    }
}
