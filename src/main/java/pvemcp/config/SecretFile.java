package pvemcp.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import pvemcp.text.Reason;

/// Who may read or change a file that a secret or the policy is in. Everything is judged after symbolic links have
/// been followed, so a mounted secret that is a link (as Kubernetes makes them) is judged by what it leads to.
final class SecretFile {
    private static final long LARGEST = 64 * 1024;

    private SecretFile() {}

    /// The secret in the file, without white space at its end.
    ///
    /// @throws Refused where the file does not keep a secret or holds none
    static String read(Path file) {
        whyNotPrivate(file).ifPresent(why -> {
            throw new Refused(why);
        });
        try {
            if (Files.size(file) > LARGEST) {
                throw new Refused("'%s' is too large for a secret".formatted(file));
            }
            var secret = new String(Files.readAllBytes(file), StandardCharsets.UTF_8).stripTrailing();
            if (secret.isEmpty()) {
                throw new Refused("'%s' is empty".formatted(file));
            }
            return secret;
        } catch (IOException e) {
            throw new Refused("'%s' cannot be read (%s)".formatted(file, Reason.alone(e)));
        }
    }

    /// What keeps this file from being a place for a secret, with the command that puts it right.
    static Optional<String> whyNotPrivate(Path file) {
        return whyNotPrivate(file, self());
    }

    /// @param self the user that this process runs as
    static Optional<String> whyNotPrivate(Path file, String self) {
        return judge(file, true, self);
    }

    /// What keeps this file from being believed: that somebody else can write it.
    static Optional<String> whyNotOurs(Path file) {
        return judge(file, false, self());
    }

    private static String self() {
        return System.getProperty("user.name", "");
    }

    private static Optional<String> judge(Path file, boolean secret, String self) {
        try {
            var real = file.toRealPath();
            if (!Files.isRegularFile(real)) {
                return Optional.of("'%s' is not a regular file".formatted(file));
            }
            if (!real.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                return Optional.empty();
            }
            var attributes = Files.readAttributes(real, PosixFileAttributes.class);
            var permissions = attributes.permissions();
            if (permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
                return Optional.of("'%s' can be written by everybody (%s): chmod o-w '%s'"
                        .formatted(file, PosixFilePermissions.toString(permissions), file));
            }
            if (secret && isReadByOthers(real, attributes, self)) {
                return Optional.of("'%s' can be read by others (%s): chmod 600 '%s'"
                        .formatted(file, PosixFilePermissions.toString(permissions), file));
            }
            var owner = attributes.owner().getName();
            // Root may use anybody's file; `?` is the JDK's name for a user that the system has none for.
            boolean ours = owner.equals(self) || owner.equals("root") || self.equals("root") || self.equals("?");
            if (!ours) {
                return Optional.of(
                        "'%s' belongs to %s, not to %s: chown %s '%s'".formatted(file, owner, self, self, file));
            }
            return whyNotSafe(real.getParent());
        } catch (NoSuchFileException _) {
            return Optional.of("'%s' does not exist".formatted(file));
        } catch (IOException e) {
            return Optional.of("'%s' cannot be read (%s)".formatted(file, Reason.alone(e)));
        }
    }

    private static boolean isReadByOthers(Path real, PosixFileAttributes attributes, String self) throws IOException {
        var permissions = attributes.permissions();
        return permissions.contains(PosixFilePermission.OTHERS_READ)
                || (permissions.contains(PosixFilePermission.GROUP_READ) && !isHandedByRoot(real, permissions, self));
    }

    /// Root's file, which its group may read and nobody write: so root hands a secret to a server of another user,
    /// and Kubernetes all files of a secret to a pod with an `fsGroup`. Whoever can read it can do so as one of the
    /// group.
    private static boolean isHandedByRoot(Path real, Set<PosixFilePermission> permissions, String self)
            throws IOException {
        return !self.equals("root")
                && Files.getAttribute(real, "unix:uid").equals(0)
                && !permissions.contains(PosixFilePermission.GROUP_WRITE)
                && Files.isReadable(real);
    }

    /// In a directory that everybody can write, anybody can put another file in this one's place, unless the sticky
    /// bit (as of `/tmp`) keeps them from it.
    private static Optional<String> whyNotSafe(Path directory) throws IOException {
        int mode = (Integer) Files.getAttribute(directory, "unix:mode");
        boolean everybody = (mode & 0002) != 0;
        boolean sticky = (mode & 01000) != 0;
        return everybody && !sticky
                ? Optional.of("the directory '%s' can be written by everybody: chmod o-w '%s'"
                        .formatted(directory, directory))
                : Optional.empty();
    }

    /// The reason why a file was not used.
    static final class Refused extends RuntimeException {
        Refused(String why) {
            super(why);
        }
    }
}
