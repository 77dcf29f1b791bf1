package pvemcp.dispatch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import pvemcp.audit.Permissions;

/// A secret key in a directory that only its owner may enter, the same for all processes that come there.
final class KeyFile {
    private static final String NAME = "key";
    private static final int BYTES = 32;

    private KeyFile() {}

    static boolean is(Path file) {
        return file.getFileName().toString().equals(NAME);
    }

    /// The directory and the key in it are made where they are not there yet.
    static byte[] in(Path directory) throws IOException {
        Permissions.makeFolder(directory);
        Permissions.requireOwnFolder(directory);
        var file = directory.resolve(NAME);
        if (!Files.exists(file)) {
            make(file);
        }
        Permissions.requireSecret(file);
        var key = Files.readAllBytes(file);
        if (key.length != BYTES) {
            throw new IOException(file + " is no key: remove it, and what waits there is void");
        }
        return key;
    }

    private static void make(Path file) throws IOException {
        var bytes = new byte[BYTES];
        new SecureRandom().nextBytes(bytes);
        Whole.file(file, bytes);
    }
}
