package pvemcp.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// `./mvnw -Pfuzz test`: Jazzer, for a while on each grammar, in a process of its own. What it finds is left in
/// `target`, as is what it has learnt.
class FuzzCampaign {
    private static final int SECONDS = Integer.getInteger("fuzz.seconds", 60);

    @ParameterizedTest
    @EnumSource
    void no_bytes_are_read_otherwise_than_promised(Grammar grammar) throws IOException, InterruptedException {
        var folder = Files.createDirectories(
                Path.of("target", "fuzz", grammar.name()).toAbsolutePath());
        for (var example : grammar.examples()) {
            Files.write(folder.resolve("example-" + Integer.toHexString(Arrays.hashCode(example))), example);
        }
        var command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + Jazzed.class.getName(),
                "--target_args=" + grammar.name(),
                "--instrumentation_includes=pvemcp.**",
                "--reproducer_path=" + folder,
                "-artifact_prefix=" + folder + "/",
                "-max_total_time=" + SECONDS,
                folder.toString());
        var log = folder.resolveSibling(grammar.name() + ".log").toFile();
        var process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log)
                .start();
        assertThat(process.waitFor()).as("see " + log).isZero();
    }
}
