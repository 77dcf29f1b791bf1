package pvemcp.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pvemcp.pve.PveException;
import pvemcp.pve.PveFault;
import pvemcp.pve.Waiting;
import pvemcp.pve.Watcher;

class SshShellTest {
    private static final RunLimits LIMITS = new RunLimits(Duration.ofSeconds(60), 100_000);

    @TempDir
    static Path keys;

    private static SshHost host;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() throws IOException {
        host = new SshHost(keys);
    }

    @AfterAll
    static void stop() throws IOException {
        host.close();
    }

    @BeforeEach
    void forget() {
        host.lines.clear();
    }

    @Test
    void words_reach_the_program_in_the_container_as_they_are() {
        var words =
                new ArrayList<>(List.of("printf", "%s|", "$(id -un)", "`id`", "$HOME", "a'b", "\\n", "*", "-e", ""));
        var random = new Random(7);
        for (int i = 0; i < 200; i++) {
            var word = new StringBuilder();
            random.ints(12, 1, 0x180).forEach(word::appendCodePoint);
            words.add(word.toString());
        }
        var shell = SshShell.container(host.target(), 105, Dial.NETWORK, Waiting.REAL, Watcher.NOBODY);

        var output = shell.run(new Command(words, new byte[0]), LIMITS);

        assertThat(output.out()).isEqualTo(String.join("|", words.subList(2, words.size())) + "|");
        assertThat(host.lines).singleElement().asString().startsWith("'/usr/sbin/pct' 'exec' '105' '--' 'printf'");
    }

    @Test
    void a_host_with_another_key_is_not_entered() {
        var other = new SshTarget.HostKey.Pinned(List.of("SHA256:AAAA"));
        var shell = SshShell.direct(host.target(other), Dial.NETWORK, Waiting.REAL, Watcher.NOBODY);

        assertThatThrownBy(() -> shell.run(Command.of("id"), LIMITS)).satisfies(thrown -> {
            var fault = ((PveException) thrown).fault();
            assertThat(fault)
                    .isInstanceOfSatisfying(
                            PveFault.NoWayIn.class, why -> assertThat(why.why()).contains("host key"));
        });
        assertThat(host.lines).isEmpty();
    }

    @Test
    void without_a_known_hosts_file_nothing_is_tried() {
        var none = new SshTarget.HostKey.KnownHosts(folder.resolve("nowhere"));
        var shell = SshShell.direct(host.target(none), Dial.NETWORK, Waiting.REAL, Watcher.NOBODY);

        assertThatThrownBy(() -> shell.run(Command.of("id"), LIMITS)).hasMessageContaining("known_hosts");
    }

    @Test
    void exit_status_and_both_outputs_come_back() {
        var shell = SshShell.direct(host.target(), Dial.NETWORK, Waiting.REAL, Watcher.NOBODY);

        var output = shell.run(Command.script("echo out; echo err >&2; exit 3"), LIMITS);

        assertThat(output.exit()).hasValue(3);
        assertThat(output.out()).isEqualTo("out\n");
        assertThat(output.err()).isEqualTo("err\n");
    }

    @Test
    void what_is_beyond_the_limit_is_counted_and_characters_stay_whole() {
        var shell = SshShell.direct(host.target(), Dial.NETWORK, Waiting.REAL, Watcher.NOBODY);

        var output = shell.run(Command.of("printf", "äöü€"), new RunLimits(Duration.ofSeconds(60), 8));

        assertThat(output.out()).isEqualTo("äöü");
        assertThat(output.outCut()).isEqualTo(1);
    }

    @Test
    void a_command_that_does_not_end_is_given_up() {
        var shell = SshShell.direct(host.target(), Dial.NETWORK, Waiting.REAL, Watcher.NOBODY);

        var output = shell.run(Command.script("echo begun; exec sleep 60"), new RunLimits(Duration.ofSeconds(2), 1000));

        assertThat(output.ending()).isEqualTo(Output.Ending.TIMED_OUT);
        assertThat(output.exit()).isEmpty();
        assertThat(output.out()).isEqualTo("begun\n");
    }

    @Test
    void files_are_written_whole_and_keep_their_mode() throws IOException {
        var files = new ShellFiles(SshShell.direct(host.target(), Dial.NETWORK, Waiting.REAL, Watcher.NOBODY), LIMITS);
        var path = folder.resolve("new folder/it's $HOME.conf");
        var content = "für 1 €\n".repeat(3000).getBytes(StandardCharsets.UTF_8);

        files.write(path.toString(), content);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-r-----"));
        files.write(path.toString(), new byte[] {0, 1, 2, (byte) 0xFF});

        assertThat(Files.readAllBytes(path)).containsExactly(0, 1, 2, 0xFF);
        assertThat(files.stat(path.toString()).mode()).isEqualTo("640");
        assertThat(files.list(path.getParent().toString(), 10).entries())
                .singleElement()
                .satisfies(entry -> assertThat(entry.name()).isEqualTo("it's $HOME.conf"));
    }

    @Test
    void a_part_of_a_file_says_whether_it_goes_on() throws IOException {
        var path = Files.writeString(folder.resolve("log"), "0123456789");
        var files = new ShellFiles(SshShell.direct(host.target(), Dial.NETWORK, Waiting.REAL, Watcher.NOBODY), LIMITS);

        var part = files.read(path.toString(), 3, 4);

        assertThat(new String(part.bytes(), StandardCharsets.US_ASCII)).isEqualTo("3456");
        assertThat(part.more()).isTrue();
        assertThat(files.read(path.toString(), 7, 4).more()).isFalse();
    }

    @Test
    void a_missing_file_is_told_in_the_guests_words() {
        var files = new ShellFiles(SshShell.direct(host.target(), Dial.NETWORK, Waiting.REAL, Watcher.NOBODY), LIMITS);

        assertThatThrownBy(() -> files.read("/no/such/file", 0, 10)).hasMessageContaining("No such file");
    }
}
