package pvemcp.packages;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// The archive for machines that have a Java, and the Homebrew formula that installs it.
@EnabledIfSystemProperty(named = Made.PROPERTY, matches = ".+", disabledReason = Made.SKIPPED)
class PortableTest {
    @TempDir
    Path dir;

    private Path unpacked() throws Exception {
        return Made.only(Made.untar(archive(), dir.resolve("unpacked")));
    }

    private static Path archive() throws Exception {
        return Made.file("pve-mcp-%s.tar.gz".formatted(Made.version()));
    }

    @Test
    void it_answers_with_a_java_of_the_machine_and_makes_its_cache_meanwhile() throws Exception {
        var launcher = unpacked().resolve("pve-mcp").toString();
        var env = Map.of(
                "PATH", "/usr/bin:/bin", "HOME", dir.toString(), "PVE_MCP_JAVA_HOME", System.getProperty("java.home"));

        assertThat(Run.tools(dir, List.of(launcher, "serve"), env)).contains("pve_guest_list");
        Made.awaitCache(Path.of(launcher).getParent());
        // With this mode a JVM that cannot use its cache ends, and without one this option is an error.
        var cached = new TreeMap<>(env);
        cached.put("PVE_MCP_JAVA_OPTS", "-XX:AOTMode=on");
        assertThat(Run.tools(dir, List.of(launcher, "serve"), cached)).contains("pve_guest_list");
    }

    @Test
    void where_no_java_is_new_enough_it_says_so() throws Exception {
        var launcher = unpacked().resolve("pve-mcp").toString();
        var run = Run.of(List.of(launcher, "serve"), Map.of("PATH", "/nowhere", "PVE_MCP_JAVA_HOME", "/nowhere"));

        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.err()).contains("Java 25");
    }

    @Test
    void the_formula_names_this_archive_and_its_checksum() throws Exception {
        var formula = Files.readString(Made.file("*.rb"));

        assertThat(formula).contains("/" + archive().getFileName() + "\"", "sha256 \"" + Made.sha256(archive()) + "\"");
        assertThat(formula).doesNotContainPattern(Pattern.compile("@[a-z0-9]+@"));
        // What it moves to its place by name is there.
        for (var hidden : List.of(".claude-plugin", ".mcp.json")) {
            assertThat(formula).contains('"' + hidden + '"');
            assertThat(unpacked().resolve(hidden)).exists();
        }
    }
}
