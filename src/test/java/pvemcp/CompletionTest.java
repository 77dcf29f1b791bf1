package pvemcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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
    void tab_completes_what_belongs_to_a_command() {
        assertThat(run("__complete", "--", "sim", "--s").lines())
                .containsExactly("--scenario=", "--seed=", "--speed=", "--state=", "--strict");
        assertThat(run("__complete", "--", "sim", "--scenario", "f").lines()).containsExactly("fleet");
        assertThat(run("__complete", "--", "sim", "--scenario=f").lines()).containsExactly("--scenario=fleet");
        assertThat(run("__complete", "--", "audit", "").lines()).contains("verify", "open", "reconcile", "export");
        assertThat(run("__complete", "--", "audit", "tail", "--ch").lines()).containsExactly("--changes");
        assertThat(run("__complete", "--", "setup", "--client", "cu").lines()).containsExactly("cursor");
        assertThat(run("__complete", "--", "prompt", "morn").lines()).containsExactly("morning_check");
        assertThat(run("__complete", "--", "policy", "check", "node", "li").lines())
                .containsExactly("list");
        assertThat(run("__complete", "--", "node", "list", "--").lines()).containsExactly("--json", "--plain");
        assertThat(run("__complete", "--", "--co").lines()).containsExactly("--color=");
    }

    @Test
    void bash_puts_together_what_it_cuts_at_colons_and_equals_signs() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "there is no bash");
        var asked = Files.writeString(directory.resolve("pve-mcp"), """
                #!/bin/sh
                [ "$*" = '__complete -- task get UPID:pve1:0' ] && echo 'UPID:pve1:0A1:qmstart:101:root@pam:'
                [ "$*" = '__complete -- guest list status=r' ] && echo 'status=running'
                [ "$*" = '__complete -- guest list ' ] && printf 'status=\\nlimit=\\n'
                """);
        Files.setPosixFilePermissions(asked, PosixFilePermissions.fromString("rwx------"));
        Files.writeString(directory.resolve("script"), run("completion", "bash").out());
        Files.writeString(directory.resolve("tabs"), """
                compopt() { printf 'compopt %s %s\\n' "$1" "$2"; }
                source ./script
                tab() {
                  COMP_LINE=$1 COMP_POINT=${#1} COMPREPLY=()
                  _pve_mcp
                  echo "${COMPREPLY[@]}"
                }
                tab './pve-mcp task get UPID:pve1:0'
                tab './pve-mcp guest list status=r'
                tab './pve-mcp guest list '
                tab './pve-mcp doct'
                tab './pve-mcp sim --state '
                """);

        var bash = new ProcessBuilder("/bin/bash", "--norc", "tabs")
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();

        assertThat(new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines())
                .containsExactly(
                        "0A1:qmstart:101:root@pam:",
                        "running",
                        "compopt -o nospace",
                        "status= limit=",
                        "doctor",
                        "compopt -o default",
                        "");
        assertThat(bash.waitFor()).isZero();
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
