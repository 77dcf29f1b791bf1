package pvemcp.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;

/// Folders of tests.
public final class Folders {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

    private Folders() {}

    /// Deletes one with all that is in it. Threads and processes that have not noticed yet that the test is over may
    /// still write there, or delete: it is done again until it is gone.
    public static void delete(Path folder) throws IOException {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (Files.exists(folder)) {
            try (var files = Files.walk(folder)) {
                for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            } catch (IOException | UncheckedIOException e) {
                if (System.nanoTime() > end) {
                    throw e;
                }
            }
        }
    }
}
