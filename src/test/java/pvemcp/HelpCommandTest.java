package pvemcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// What is told to those who ask for help.
class HelpCommandTest extends CommandLine {
    @Test
    void help_and_version_go_to_standard_output() {
        assertThat(run("--help").out()).contains("doctor", "Exit status").doesNotContain("__complete");
        assertThat(run("call", "--help").out()).contains("--yes");
        assertThat(run("--version").out()).startsWith("pve-mcp ");
    }
}
