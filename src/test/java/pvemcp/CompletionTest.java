package pvemcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import pvemcp.cli.Exit;

/// What the Tab key completes, and the scripts that have it do so.
class CompletionTest extends CommandLine {
    @Test
    void tab_completes_tools_inputs_and_names_of_the_cluster() {
        assertThat(run("__complete", "node_l").lines()).containsExactly("node_list", "node_log");
        assertThat(run("__complete", "guest_power", "guest=web", "act").lines()).containsExactly("action=");
        assertThat(run("__complete", "guest_power", "action=re").lines())
                .containsExactly("action=reboot", "action=reset", "action=resume");
        assertThat(run("__complete", "guest", "sh").lines()).containsExactly("shutdown");
        assertThat(run("__complete", "guest", "list", "r").lines()).contains("running");
        assertThat(run("__complete", "--demo", "node_get", "pv").lines()).contains("pve1");
        assertThat(run("__complete", "node_get", "pv").out()).isEmpty();
    }

    @Test
    void each_shell_gets_a_script_it_can_read() throws Exception {
        for (var shell : List.of("bash", "zsh", "fish")) {
            var script = run("completion", shell).out();
            assertThat(script).contains("__complete").contains("doctor").doesNotContain("COMMANDS");
            if (Files.isExecutable(Path.of("/bin/" + shell))) {
                var file = Files.writeString(directory.resolve("completion"), script);
                var check = new ProcessBuilder(shell, "-n", file.toString())
                        .redirectErrorStream(true)
                        .start();
                assertThat(new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                        .isEmpty();
                assertThat(check.waitFor()).isZero();
            }
        }
        assertThat(run("completion", "csh").status()).isEqualTo(Exit.USAGE);
    }
}
