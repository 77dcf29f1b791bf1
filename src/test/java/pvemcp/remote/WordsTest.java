package pvemcp.remote;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pvemcp.lab.Campaign;
import pvemcp.pve.Waiting;
import pvemcp.pve.Watcher;

/// Words of every kind on their way through real shells: what arrives is what was meant, whatever it looks like.
class WordsTest {
    private static final int WORDS = Campaign.of(4_000, 1_000_000);

    /// What means something to a shell, or to a program that takes options.
    private static final List<String> TROUBLE = List.of(
            "'",
            "''",
            "\\'",
            "'\\''",
            "\"",
            "$(id)",
            "`id`",
            "${IFS}",
            "$'\\n'",
            ";",
            "&&",
            "|",
            ">",
            "<(id)",
            "!!",
            "*",
            "~root",
            "{a,b}",
            "#",
            "\n",
            "\r\n",
            "\\",
            "-e",
            "--",
            "--help",
            "%s",
            "\u0001",
            "\u0081",
            "\u0088",
            "\u00ff",
            "\u202e",
            "\ud83d\ude00");

    @TempDir
    private Path folder;

    static Stream<String> shells() {
        return Stream.of("/bin/sh", "/bin/dash", "/bin/bash", "/bin/busybox")
                .filter(file -> Files.isExecutable(Path.of(file)));
    }

    @ParameterizedTest
    @MethodSource("shells")
    void a_shell_gives_every_word_back_as_it_was(String shell) throws IOException, InterruptedException {
        var random = new Random(20261121);
        int batch = Math.min(WORDS, 2_000);
        for (int sent = 0; sent < WORDS; sent += batch) {
            var words = words(random, batch);
            var line = new ArrayList<>(List.of("printf", "%s\\0"));
            line.addAll(words);
            assertThat(spoken(shell, Quote.posix(line))).isEqualTo(String.join("\0", words) + "\0");
        }
        Campaign.report("%s: %d words".formatted(shell, WORDS));
    }

    @Test
    void they_go_over_ssh_as_they_are() throws IOException {
        var random = new Random(20261121);
        // More than this does not go into one line (Linux, MAX_ARG_STRLEN).
        int batch = 500;
        try (var host = new SshHost(folder)) {
            var shell = SshShell.container(host.target(), 105, Dial.NETWORK, Waiting.REAL, Watcher.NOBODY);
            for (int sent = 0; sent < WORDS; sent += batch) {
                var words = words(random, batch);
                var argv = new ArrayList<>(List.of("printf", "%s|"));
                argv.addAll(words);
                var output = shell.run(new Command(argv, new byte[0]), new RunLimits(Duration.ofSeconds(60), 1 << 20));
                assertThat(output.out()).isEqualTo(String.join("|", words) + "|");
                host.lines.clear();
            }
        }
        Campaign.report("SSH: %d words".formatted(WORDS));
    }

    private static List<String> words(Random random, int count) {
        return IntStream.range(0, count).mapToObj(_ -> word(random)).toList();
    }

    /// Of all characters but NUL, which no word can hold, and halves of pairs, which are none.
    private static String word(Random random) {
        var word = new StringBuilder();
        for (int i = random.nextInt(10); i > 0; i--) {
            switch (random.nextInt(4)) {
                case 0 -> word.append(TROUBLE.get(random.nextInt(TROUBLE.size())));
                case 1 -> word.appendCodePoint(random.nextInt(1, 0x80));
                case 2 -> word.appendCodePoint(random.nextInt(0x80, 0x100));
                default -> {
                    int c = random.nextInt(1, Character.MAX_CODE_POINT + 1);
                    word.appendCodePoint(c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 'x' : c);
                }
            }
        }
        return word.toString();
    }

    private static String spoken(String shell, String line) throws IOException, InterruptedException {
        var command = shell.endsWith("busybox") ? List.of(shell, "sh", "-s") : List.of(shell, "-s");
        var process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        Thread.ofVirtual().start(() -> {
            try (var in = process.getOutputStream()) {
                in.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            } catch (IOException _) {
                // The shell has gone, which its answer shows.
            }
        });
        var answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return answer;
    }
}
