package pvemcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import pvemcp.cli.Console;
import pvemcp.config.Surroundings;

/// What is told to those who ask for help.
class HelpCommandTest extends CommandLine {
    @Test
    void help_and_version_go_to_standard_output() {
        assertThat(run("--help").out()).contains("doctor", "Exit status").doesNotContain("__complete");
        assertThat(run("call", "--help").out()).contains("--yes");
        assertThat(run("--version").out()).startsWith("pve-mcp ");
    }

    @Test
    void help_is_a_word_too() {
        assertThat(run("help").out()).isEqualTo(run("--help").out());
        assertThat(run("help", "audit", "tail").out())
                .isEqualTo(run("audit", "tail", "--help").out());
        assertThat(run("help", "guest", "notes").out()).startsWith("pve_guest_notes (change)");
    }

    @Test
    void help_fits_a_narrow_screen() {
        var out = new ByteArrayOutputStream();
        var screen = new PrintStream(out, true, StandardCharsets.UTF_8);
        var console = new Console(InputStream.nullInputStream(), screen, screen, false, false, 60);

        Main.run(List.of("sim", "--help"), console, new Surroundings(env, directory, directory));

        assertThat(out.toString(StandardCharsets.UTF_8).lines())
                .hasSizeGreaterThan(10)
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(60));
    }
}
