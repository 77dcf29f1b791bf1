package pvemcp.remote;

import java.time.Instant;
import java.util.List;

/// The files of one guest. Names and contents come from the guest and are untrusted.
///
/// Paths are absolute and reach the guest as they are; everything it refuses is a [pvemcp.pve.PveException] with
/// [pvemcp.pve.PveFault.InGuest] in the guest's own words.
public interface GuestFiles {
    /// Reads a part of a file.
    ///
    /// @param offset the first byte wanted, from 0
    /// @param limit how many bytes at most
    Part read(String path, long offset, int limit);

    /// Writes a whole file; its folders are made where they are missing. What was there before is replaced, and keeps
    /// its mode and owner where this way in can do that.
    void write(String path, byte[] content);

    Stat stat(String path);

    /// The entries of a folder by name, at most `limit` of them; more are counted in [Listing#more].
    Listing list(String path, int limit);

    /// @param more whether the file goes on after this part
    record Part(byte[] bytes, boolean more) {}

    /// @param kind `regular file`, `directory`, `symbolic link` …, as stat(1) says
    /// @param size in bytes
    /// @param mode octal, such as `644`
    record Stat(String kind, long size, String owner, String group, String mode, Instant modified) {}

    record Entry(String name, Stat stat) {}

    record Listing(List<Entry> entries, boolean more) {
        public Listing {
            entries = List.copyOf(entries);
        }
    }

    /// The path, where it can name a file: absolute, without NUL.
    static String requireAbsolute(String path) {
        if (!path.startsWith("/") && !path.matches("[A-Za-z]:\\\\.*")) {
            throw new IllegalArgumentException("'%s' is not an absolute path in the guest".formatted(path));
        }
        if (path.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a path cannot hold a NUL character");
        }
        return path;
    }
}
