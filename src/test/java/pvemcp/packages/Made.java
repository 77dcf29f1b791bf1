package pvemcp.packages;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// What `./mvnw -Ppackages verify` has made, and ways into it.
final class Made {
    /// The system property that names the folder; set by that build alone, so that others skip these tests.
    static final String PROPERTY = "packages";

    static final String SKIPPED = "the packages are made and tried out by ./mvnw -Ppackages verify";

    private Made() {}

    static Path folder() {
        return Path.of(System.getProperty(PROPERTY));
    }

    /// What `pom.xml` says.
    static String version() {
        return System.getProperty("packages.version");
    }

    /// The one file whose name matches.
    ///
    /// @param glob such as `*.deb`
    static Path file(String glob) throws IOException {
        try (var files = Files.newDirectoryStream(folder(), glob)) {
            var found = List.copyOf(iterated(files));
            assertThat(found).as(glob).hasSize(1);
            return found.getFirst();
        }
    }

    private static List<Path> iterated(Iterable<Path> files) {
        var all = new ArrayList<Path>();
        files.forEach(all::add);
        return all;
    }

    /// Unpacks a tar, compressed or not, as `tar` does it.
    static Path untar(Path archive, Path into) throws IOException, InterruptedException {
        Files.createDirectories(into);
        var run = Run.of(
                List.of("tar", "-xf", archive.toString(), "-C", into.toString()), Map.of("PATH", "/usr/bin:/bin"));
        assertThat(run.exit()).as(run.err()).isZero();
        return into;
    }

    /// Unpacks a zip with the permissions it has for its files.
    static Path unzip(Path archive, Path into) throws IOException {
        var attributes = Map.of("enablePosixFileAttributes", true);
        try (var zip = FileSystems.newFileSystem(archive, attributes);
                var files = Files.walk(zip.getPath("/"))) {
            for (var file : (Iterable<Path>) files::iterator) {
                var target = into.resolve(zip.getPath("/").relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(file, target);
                    Files.setPosixFilePermissions(target, permissions(file));
                }
            }
        }
        return into;
    }

    @SuppressWarnings("unchecked") // the attribute of this name in the view "zip" is such a set
    private static Set<PosixFilePermission> permissions(Path inZip) throws IOException {
        return (Set<PosixFilePermission>) Files.getAttribute(inZip, "zip:permissions", LinkOption.NOFOLLOW_LINKS);
    }

    /// The one thing in a folder, such as the folder in an archive.
    static Path only(Path folder) throws IOException {
        try (var files = Files.list(folder)) {
            var found = files.toList();
            assertThat(found).hasSize(1);
            return found.getFirst();
        }
    }

    static String sha256(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            var digest = MessageDigest.getInstance("SHA-256");
            in.transferTo(new DigestOutputStream(OutputStream.nullOutputStream(), digest));
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    /// What the first start from there makes in the background is there, and its maker has gone.
    static void awaitCache(Path folder) throws InterruptedException {
        var end = System.nanoTime() + TimeUnit.MINUTES.toNanos(10);
        while (!Files.exists(folder.resolve(".cache-for"))
                || Files.exists(folder.resolve(".preparing"), LinkOption.NOFOLLOW_LINKS)) {
            assertThat(System.nanoTime()).as("a cache in %s", folder).isLessThan(end);
            Thread.sleep(50);
        }
    }

    /// A command of a program and its arguments.
    static List<String> words(String program, String... args) {
        var words = new ArrayList<>(List.of(program));
        words.addAll(List.of(args));
        return words;
    }

    /// All its files together, in bytes.
    static long size(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }
}
