package pvemcp.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.Assertions;

/// Compares a text with a file that people read. `just update` (`./mvnw test -Dupdate`) accepts what has changed;
/// look at the diff first. With `CI=true` nothing is ever written.
public final class Golden {
    private Golden() {}

    /// @param file below the project's folder, such as `src/test/snapshots/tools/pve_guest_list.json`
    public static void check(String file, String text) {
        var path = Path.of(file);
        var expected = text.endsWith("\n") ? text : text + "\n";
        try {
            boolean update = System.getProperty("update") != null && !"true".equals(System.getenv("CI"));
            if (update) {
                Files.createDirectories(path.toAbsolutePath().getParent());
                Files.writeString(path, expected);
            }
            Assertions.assertThat(Files.exists(path))
                    .as("%s is missing: run 'just update' and look at it", file)
                    .isTrue();
            Assertions.assertThat(expected)
                    .as("%s is not what it was: run 'just update' and look at the diff", file)
                    .isEqualTo(Files.readString(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
