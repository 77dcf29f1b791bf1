package pvemcp.dispatch;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import pvemcp.audit.Permissions;

/// Files that are there whole or not at all, though another process may be about to read or to make them, and this
/// one may die at any moment.
final class Whole {
    private Whole() {}

    /// Makes a file where there is none of that name.
    ///
    /// @return false where somebody was first
    static boolean file(Path file, byte[] content) throws IOException {
        var folder = file.getParent();
        var half = Files.createTempFile(folder, "new", ".part", Permissions.forNewFile(folder));
        try {
            Files.write(half, content);
            Files.createLink(file, half);
            return true;
        } catch (FileAlreadyExistsException _) {
            return false;
        } finally {
            Files.deleteIfExists(half);
        }
    }
}
