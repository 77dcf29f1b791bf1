package pvemcp.systemd;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// The few calls of the C library that Java has no words for, with the numbers of Linux: datagrams between processes
/// of one machine, and a file descriptor in another's place. Loaded by the first call.
final class Libc {
    private static final short AF_UNIX = 1;
    private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
    private static final int MSG_NOSIGNAL = 0x4000;

    private static final MethodHandle SOCKET = handle("socket", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle SENDTO =
            handle("sendto", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle CLOSE = handle("close", JAVA_INT, JAVA_INT);
    private static final MethodHandle DUP2 = handle("dup2", JAVA_INT, JAVA_INT, JAVA_INT);

    private Libc() {}

    @SuppressWarnings("restricted") // There is no other way to what Java has no words for.
    private static MethodHandle handle(String name, MemoryLayout result, MemoryLayout... arguments) {
        var linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow(name), FunctionDescriptor.of(result, arguments));
    }

    /// Puts one file descriptor in another's place; negative where that cannot be.
    static int dup2(int from, int to) {
        try {
            return (int) DUP2.invokeExact(from, to);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /// Sends one datagram to a socket in the file system, or to an abstract one whose name begins with `@`.
    ///
    /// @return whether it was taken as a whole
    static boolean send(String socket, byte[] datagram) {
        try (var arena = Arena.ofConfined()) {
            int fd = (int) SOCKET.invokeExact((int) AF_UNIX, SOCK_DGRAM_CLOEXEC, 0);
            if (fd < 0) {
                return false;
            }
            try {
                var address = address(arena, socket);
                var bytes = arena.allocateFrom(JAVA_BYTE, datagram);
                long sent = (long) SENDTO.invokeExact(
                        fd, bytes, bytes.byteSize(), MSG_NOSIGNAL, address, (int) address.byteSize());
                return sent == datagram.length;
            } finally {
                int _ = (int) CLOSE.invokeExact(fd);
            }
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /// `struct sockaddr_un`, unix(7): the family, then the path; a null byte ends it, or begins an abstract name.
    private static MemorySegment address(Arena arena, String socket) {
        boolean named = socket.startsWith("@");
        var name = socket.getBytes(UTF_8);
        var address = arena.allocate(JAVA_SHORT.byteSize() + name.length + (named ? 0 : 1));
        address.set(JAVA_SHORT, 0, AF_UNIX);
        MemorySegment.copy(name, 0, address, JAVA_BYTE, JAVA_SHORT.byteSize(), name.length);
        if (named) {
            address.set(JAVA_BYTE, JAVA_SHORT.byteSize(), (byte) 0);
        }
        return address;
    }
}
