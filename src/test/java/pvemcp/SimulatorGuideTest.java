package pvemcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pvemcp.sim.PveSim;
import pvemcp.sim.scenario.Scenarios;
import pvemcp.sim.time.SimTime;

/// `docs/guide/simulator.md` has a client in each of several languages: here they are run, and its flags are those
/// there are.
class SimulatorGuideTest {
    private static final Path PAGE = Path.of("docs/guide/simulator.md");

    /// What runs a block of a kind, and the ending its file wants.
    private static final Map<String, List<String>> PROGRAMS =
            Map.of("sh", List.of("sh", ".sh"), "python", List.of("python3", ".py"), "js", List.of("node", ".mjs"));

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"sh", "python", "js"})
    void its_clients_work(String kind) throws Exception {
        var program = PROGRAMS.get(kind);
        assumeThat(onPath(program.getFirst()))
                .as("%s is here", program.getFirst())
                .isTrue();
        var file = Files.writeString(folder.resolve("block" + program.getLast()), block(kind));
        var said = folder.resolve("said").toFile();
        try (var sim = PveSim.start(Scenarios.homelab(), SimTime.byHand(Instant.parse("2026-11-21T12:00:00Z")))) {
            var builder = new ProcessBuilder(program.getFirst(), file.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(said);
            builder.environment()
                    .putAll(Map.of(
                            "PVE_MCP_URL", sim.url(),
                            "PVE_MCP_TOKEN_ID", sim.token().id(),
                            "PVE_MCP_TOKEN_SECRET", sim.token().secret(),
                            "PVE_MCP_FINGERPRINT", sim.fingerprint()));
            var process = builder.start();
            try {
                assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
            } finally {
                process.destroyForcibly();
            }
            assertThat(process.exitValue()).as(Files.readString(said.toPath())).isZero();
        }
    }

    @Test
    void it_names_every_flag_and_no_other() throws IOException {
        var own = new ArrayList<String>();
        for (var line : Files.readAllLines(Path.of("src/main/java/pvemcp/cli/SimCommand.java"))) {
            Pattern.compile("\"(--[a-z-]+)\"").matcher(line).results().forEach(flag -> own.add(flag.group(1)));
        }
        var named = Files.readAllLines(PAGE).stream()
                .filter(line -> line.startsWith("| `--"))
                .flatMap(line -> Pattern.compile("`(--[a-z-]+)`")
                        .matcher(line.split("\\|", -1)[1])
                        .results())
                .map(flag -> flag.group(1))
                .toList();

        assertThat(named)
                .containsExactlyInAnyOrderElementsOf(own.stream().distinct().toList());
    }

    private static String block(String kind) throws IOException {
        var found = Pattern.compile("(?s)```" + kind + "\n(.*?)```").matcher(Files.readString(PAGE));
        assertThat(found.find()).isTrue();
        return found.group(1);
    }

    private static boolean onPath(String program) {
        return Pattern.compile(File.pathSeparator, Pattern.LITERAL)
                .splitAsStream(System.getenv("PATH"))
                .anyMatch(place -> Files.isExecutable(Path.of(place, program)));
    }
}
