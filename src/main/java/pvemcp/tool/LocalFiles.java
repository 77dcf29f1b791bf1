package pvemcp.tool;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import pvemcp.pve.Upload;
import pvemcp.view.Clean;

/// The directories of this machine that the owner has opened to calls; none unless configured. What a call names is
/// a file below one of them or refused: `..` and symbolic links do not lead out, and nothing outside is looked at.
///
/// @param uploads from where files may be sent to storages
/// @param downloads where files out of backups are put
/// @param smoke the file in which smoke tests write down what they make
public record LocalFiles(List<Path> uploads, Optional<Path> downloads, Optional<Path> smoke) {
    public static final LocalFiles NONE = new LocalFiles(List.of(), Optional.empty(), Optional.empty());

    /// The keys of the configuration.
    public static final String UPLOAD_KEY = "files.upload";

    public static final String DOWNLOAD_KEY = "files.download";

    private static final int LONGEST_NAME = 120;
    private static final int MOST_OF_A_NAME = 1000;

    public LocalFiles {
        uploads = List.copyOf(uploads);
    }

    /// An open file: what is read is what was found when it was opened, whatever its name leads to later. Close it.
    public record Source(Path path, long size, SeekableByteChannel channel) implements AutoCloseable {
        /// Reads it from its first byte.
        public Upload.Content content() {
            return () -> new Rereadable(channel);
        }

        @Override
        public void close() {
            try {
                channel.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /// Opens a file to be uploaded.
    ///
    /// @param name its path, or its path below one of the directories
    /// @throws NotAllowed where no directory is opened, or the file is in none of them
    /// @throws BadArguments where it is not there or not a file
    public Source open(String name) {
        if (uploads.isEmpty()) {
            throw new NotAllowed(
                    UPLOAD_KEY,
                    "no directory of this machine is opened for uploads",
                    "the owner can set %s to the directories uploads may come from".formatted(UPLOAD_KEY));
        }
        var candidates = new ArrayList<Place>();
        for (var root : uploads) {
            var path = root.resolve(name).normalize();
            if (path.startsWith(root.normalize()) && !path.equals(root.normalize())) {
                candidates.add(new Place(root, path));
            }
        }
        if (candidates.isEmpty()) {
            throw outside(name);
        }
        for (var place : candidates) {
            if (Files.exists(place.path())) {
                return place.open(name);
            }
        }
        throw new BadArguments(List.of("argument 'file': there is no '%s' in %s"
                .formatted(
                        Clean.line(name),
                        String.join(", ", uploads.stream().map(Path::toString).toList()))));
    }

    /// A file that comes into being: under its name only once it is whole, and readable by the owner alone.
    public static final class Arrival implements AutoCloseable {
        private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

        private final Path directory;
        private final String name;
        private final Path part;
        private final OutputStream out;
        private Optional<Path> kept = Optional.empty();

        private Arrival(Path directory, String name) throws IOException {
            this.directory = directory;
            this.name = name;
            this.part = Files.createTempFile(directory, ".", ".part", OWNER_ONLY);
            this.out = Files.newOutputStream(part, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        }

        public OutputStream out() {
            return out;
        }

        /// Gives it its name, or the next one that is free.
        public Path keep() throws IOException {
            out.close();
            for (int number = 1; ; number++) {
                try {
                    var file = directory.resolve(numbered(number));
                    // A link never takes the place of another file, as a move would.
                    Files.createLink(file, part);
                    kept = Optional.of(file);
                    return file;
                } catch (FileAlreadyExistsException e) {
                    if (number == MOST_OF_A_NAME) {
                        throw e;
                    }
                }
            }
        }

        private String numbered(int number) {
            int dot = name.lastIndexOf('.');
            return number == 1
                    ? name
                    : dot <= 0 ? name + "-" + number : name.substring(0, dot) + "-" + number + name.substring(dot);
        }

        /// Takes away what was not kept.
        @Override
        public void close() {
            try {
                out.close();
                Files.deleteIfExists(part);
            } catch (IOException e) {
                if (kept.isEmpty()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    /// Begins a file in the directory for downloads.
    ///
    /// @param wanted its name; what does not belong into one is replaced
    /// @throws NotAllowed where the owner has opened no such directory
    /// @throws UncheckedIOException where it cannot be written
    public Arrival receive(String wanted) {
        var directory = downloads.orElseThrow(() -> new NotAllowed(
                DOWNLOAD_KEY,
                "no directory of this machine is opened for downloads",
                "the owner can set %s to the directory downloads go to".formatted(DOWNLOAD_KEY)));
        var name = wanted.replaceAll("[^\\p{L}\\p{N}_.-]", "_").replaceFirst("^\\.+", "");
        var shortened = name.substring(Math.max(0, name.length() - LONGEST_NAME));
        try {
            return new Arrival(directory.toRealPath(), shortened.isEmpty() ? "file" : shortened);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static NotAllowed outside(String name) {
        return new NotAllowed(
                UPLOAD_KEY,
                "'%s' is in no directory that is opened for uploads".formatted(Clean.line(name)),
                "move it into one of the directories in %s, or the owner can add its directory there"
                        .formatted(UPLOAD_KEY));
    }

    /// A file below an opened directory, as it was named.
    private record Place(Path root, Path path) {
        Source open(String name) {
            try {
                var top = root.toRealPath();
                var real = path.toRealPath();
                if (!real.startsWith(top)) {
                    throw outside(name);
                }
                return walk(top, real);
            } catch (IOException e) {
                throw new BadArguments(
                        List.of("argument 'file': '%s' cannot be opened (%s)".formatted(Clean.line(name), reason(e))));
            }
        }

        /// From the opened directory down, one name after the other and through no link: between the look and the
        /// opening somebody may have put a link there.
        @SuppressWarnings("StreamResourceLeak") // All are closed at the end, however many there came to be.
        private static Source walk(Path top, Path real) throws IOException {
            var below = top.relativize(real);
            var open = new ArrayList<DirectoryStream<Path>>();
            try {
                open.add(Files.newDirectoryStream(top));
                for (int i = 0; i < below.getNameCount() - 1; i++) {
                    open.add(secure(open.getLast()).newDirectoryStream(below.getName(i), LinkOption.NOFOLLOW_LINKS));
                }
                var directory = secure(open.getLast());
                var last = below.getFileName();
                requireFile(directory
                        .getFileAttributeView(last, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                        .readAttributes());
                var channel =
                        directory.newByteChannel(last, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
                return new Source(real, channel.size(), channel);
            } finally {
                for (var stream : open) {
                    stream.close();
                }
            }
        }

        private static SecureDirectoryStream<Path> secure(DirectoryStream<Path> stream) throws IOException {
            if (stream instanceof SecureDirectoryStream<Path> secure) {
                return secure;
            }
            throw new IOException("this file system cannot be walked safely");
        }

        private static void requireFile(BasicFileAttributes attributes) throws IOException {
            if (!attributes.isRegularFile()) {
                throw new IOException("it is not a file");
            }
        }

        private static String reason(IOException e) {
            return e instanceof NoSuchFileException ? "it is not there" : Clean.line(String.valueOf(e.getMessage()));
        }
    }
}
