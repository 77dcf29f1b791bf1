package pvemcp.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/// Files that only their owner may read, written as a whole or not at all.
public final class PrivateFile {
    private PrivateFile() {}

    /// Puts a text in a file's place. A symbolic link stays one, and what it leads to is replaced.
    public static void write(Path file, String text) throws IOException {
        var real = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
        Files.createDirectories(real.getParent());
        var half = beside(real);
        try {
            Files.writeString(half, text);
            Files.move(half, real, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(half);
        }
    }

    /// The same, but what was there is kept beside it.
    ///
    /// @param now names the copy
    /// @return the copy; empty where there was nothing
    public static Optional<Path> replace(Path file, String text, Instant now) throws IOException {
        Optional<Path> copy = Optional.empty();
        if (Files.exists(file)) {
            var kept = unused(file.toRealPath(), now);
            write(kept, Files.readString(file));
            copy = Optional.of(kept);
        }
        write(file, text);
        return copy;
    }

    /// A new empty file in the same directory, for its owner alone.
    static Path beside(Path file) throws IOException {
        var folder = file.getParent();
        boolean posix = folder.getFileSystem().supportedFileAttributeViews().contains("posix");
        var prefix = "." + file.getFileName();
        return posix
                ? Files.createTempFile(
                        folder,
                        prefix,
                        ".part",
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))
                : Files.createTempFile(folder, prefix, ".part");
    }

    private static Path unused(Path file, Instant now) {
        var stamp = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss")
                .withZone(ZoneOffset.UTC)
                .format(now);
        var name = "%s.%s.bak".formatted(file.getFileName(), stamp);
        var copy = file.resolveSibling(name);
        for (int number = 2; Files.exists(copy); number++) {
            copy = file.resolveSibling(name + number);
        }
        return copy;
    }
}
