package pvemcp.dispatch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import pvemcp.audit.Permissions;

/// A file each in a directory that only its owner may enter, with the key among them. Nothing is there before the
/// first.
record Folder(Path directory) implements Board {
    @Override
    public byte[] key() throws IOException {
        return KeyFile.in(directory);
    }

    @Override
    public void put(String name, String text) throws IOException {
        var half = directory.resolve(name + ".part");
        Files.deleteIfExists(half);
        Files.createFile(half, Permissions.forNewFile(directory));
        Files.writeString(half, text);
        Files.move(half, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public Optional<String> get(String name) throws IOException {
        try {
            return Optional.of(Files.readString(directory.resolve(name)));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        }
    }

    @Override
    public boolean rename(String name, String other) throws IOException {
        try {
            Files.move(directory.resolve(name), directory.resolve(other), StandardCopyOption.ATOMIC_MOVE);
            return true;
        } catch (NoSuchFileException _) {
            return false;
        }
    }

    @Override
    public List<String> names() throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (var files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    @Override
    public void forget(Instant before) throws IOException {
        try (var files = Files.list(directory)) {
            for (var file : files.toList()) {
                if (!KeyFile.is(file)
                        && Files.getLastModifiedTime(file).toInstant().isBefore(before)) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    @Override
    public String place() {
        return directory.toString();
    }
}
