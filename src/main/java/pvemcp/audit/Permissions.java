package pvemcp.audit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/// Who may read and write the files of the ledger and of what waits for the owner: their owner and nobody else. On
/// a file system without such permissions (Windows) the folder's own rules are all there is.
public final class Permissions {
    private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> FOLDER = PosixFilePermissions.fromString("rwx------");

    private Permissions() {}

    /// Makes the folder, for its owner alone, where it is not there yet.
    public static void makeFolder(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            return;
        }
        if (hasThem(folder)) {
            Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(FOLDER));
        } else {
            Files.createDirectories(folder);
        }
    }

    /// What a new file in this folder is made with.
    public static FileAttribute<?>[] forNewFile(Path folder) {
        return hasThem(folder)
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(FILE)}
                : new FileAttribute<?>[0];
    }

    /// Refuses a file that others could have written, or that is only a link to one; one that others could read is
    /// closed to them.
    static void requireOwn(Path file) throws IOException {
        var others = others(file);
        if (others.contains(PosixFilePermission.GROUP_WRITE) || others.contains(PosixFilePermission.OTHERS_WRITE)) {
            throw new IOException("%s can be written by others, so it proves nothing: look at who did, then chmod 600"
                    .formatted(file));
        }
        if (!others.isEmpty()) {
            Files.setPosixFilePermissions(file, FILE);
        }
    }

    /// Refuses a folder that others may look into or write to.
    public static void requireOwnFolder(Path folder) throws IOException {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(folder + " is not a folder of its own");
        }
        if (hasThem(folder) && !FOLDER.containsAll(Files.getPosixFilePermissions(folder))) {
            throw new IOException("%s is open to others: chmod 700 '%s'".formatted(folder, folder));
        }
    }

    /// Refuses a folder in which everybody could put another file in the place of ours. In one like `/tmp` nobody
    /// can who does not own the file.
    public static void requireNotEverybodys(Path folder) throws IOException {
        boolean open = hasThem(folder)
                && Files.getPosixFilePermissions(folder).contains(PosixFilePermission.OTHERS_WRITE)
                && !isSticky(folder);
        if (open) {
            throw new IOException("%s can be written by everybody: chmod o-w '%s'".formatted(folder, folder));
        }
    }

    // S_ISVTX, which Java has no name for.
    private static boolean isSticky(Path folder) throws IOException {
        return folder.getFileSystem().supportedFileAttributeViews().contains("unix")
                && ((Integer) Files.getAttribute(folder, "unix:mode") & 01000) != 0;
    }

    /// Refuses a secret that others could have read.
    public static void requireSecret(Path file) throws IOException {
        if (!others(file).isEmpty()) {
            throw new IOException(
                    "%s is open to others: move it away, and a new key is made with the next entry".formatted(file));
        }
    }

    /// What others than the owner may do with a file.
    static Set<PosixFilePermission> others(Path file) throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(file + " is not a file of its own (a link, a folder or a device)");
        }
        if (!hasThem(file)) {
            return Set.of();
        }
        var others = EnumSet.noneOf(PosixFilePermission.class);
        others.addAll(Files.getPosixFilePermissions(file));
        others.removeAll(FOLDER);
        return others;
    }

    /// Without asking for the mount the path is on: there is none to find where `/` is no mount point, as in a
    /// chroot.
    private static boolean hasThem(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }
}
