package pvemcp.packages;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// The jar does not depend on where, when and with which of our builds it is made.
@EnabledIfSystemProperty(named = Made.PROPERTY, matches = ".+", disabledReason = Made.SKIPPED)
class JarTest {
    @TempDir
    Path dir;

    @Test
    void a_second_build_elsewhere_makes_the_same_bytes() throws Exception {
        var copied = Run.of(
                List.of("cp", "-R", "pom.xml", "mvnw", ".mvn", "src", dir.toString()), Map.of("PATH", "/usr/bin:/bin"));
        assertThat(copied.exit()).as(copied.err()).isZero();
        var env = Map.of(
                "PATH", "/usr/bin:/bin",
                "HOME", System.getProperty("user.home"),
                "JAVA_HOME", System.getProperty("java.home"));
        var built = Run.in(dir, List.of("./mvnw", "-B", "-o", "-Dquick", "package"), env);
        assertThat(built.exit()).as(built.out()).isZero();

        var jar = Made.folder().resolveSibling("pve-mcp.jar");
        assertThat(Files.mismatch(jar, dir.resolve("target/pve-mcp.jar"))).isEqualTo(-1);
    }
}
