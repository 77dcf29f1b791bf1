package pvemcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pvemcp.sim.PveSim;
import pvemcp.sim.SimOptions;
import pvemcp.sim.scenario.Scenarios;
import pvemcp.sim.time.SimTime;

/// The prompt in a process of its own on a pseudo terminal, which `script` makes: with all that a terminal does to
/// what is typed. What runs there is told by what stands on the screen, and waited for.
class RealTerminalTest {
    private static final String TAB = "\t";
    private static final String ENTER = "\r";
    private static final String CTRL_C = "\u0003";
    private static final String CTRL_D = "\u0004";

    @TempDir
    Path home;

    @Test
    void a_person_completes_asks_interrupts_and_leaves() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "there is no 'script' to make a terminal with");
        var still = SimTime.byHand(Instant.parse("2026-11-21T12:00:00Z"));
        try (var sim = PveSim.start(SimOptions.of(Scenarios.homelab(), still));
                var terminal = new Pty(sim)) {
            terminal.shows("pve> ");

            terminal.type("gu" + TAB + "li" + TAB + "run" + TAB + "kind=v" + TAB + ENTER);
            assertThat(terminal.shows("other fields", "pve> "))
                    .contains("web", "k3s-dev")
                    .doesNotContain("dns");

            terminal.type("help guest" + ENTER);
            assertThat(terminal.shows("more lines: Enter", "pve> ")).contains("guest agent");
            terminal.type(ENTER);
            assertThat(terminal.shows("pve> ")).contains("guest cloudinit").doesNotContain("guest agent");

            terminal.type("guest_power we" + TAB + "stop" + ENTER);
            terminal.shows("status/stop", "do it? [y/N]");
            terminal.type(CTRL_C);
            assertThat(terminal.shows("pve> ")).contains("not done");

            // Time stands still there, so this task has no end.
            terminal.type("guest notes web 'Serves the shop'" + ENTER);
            terminal.shows("do it? [y/N]");
            terminal.type("y" + ENTER);
            terminal.shows("update VM 101");
            terminal.type(CTRL_C);
            assertThat(terminal.shows("pve> ")).contains("failed (cancelled)", "the task goes on");

            terminal.type("guest set web options=cipassword=correct-horse dry_run" + ENTER);
            terminal.shows("pve> ");
            terminal.type(CTRL_D);
            assertThat(terminal.ends()).isZero();
        }
        assertThat(home.resolve(".local/state/pve-mcp/audit.jsonl")).content().contains("failed cancelled");
        var history = home.resolve(".local/state/pve-mcp/history");
        assertThat(history).content().contains("guest list running kind=vm").doesNotContain("correct-horse", "\ny\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(history)))
                .isEqualTo("rw-------");
    }

    @Test
    void a_terminal_of_a_type_that_nobody_has_heard_of_has_a_prompt_and_hears_no_complaint() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "there is no 'script' to make a terminal with");
        var still = SimTime.byHand(Instant.parse("2026-11-21T12:00:00Z"));
        try (var sim = PveSim.start(SimOptions.of(Scenarios.homelab(), still));
                var terminal = new Pty(sim, "xterm-of-tomorrow")) {
            assertThat(terminal.shows("pve> ")).doesNotContain("WARNING", "org.jline", "Exception");
            terminal.type("next id" + ENTER);
            terminal.shows("free now", "pve> ");
            terminal.type(CTRL_D);
            assertThat(terminal.ends()).isZero();
        }
    }

    /// This program, at a terminal of 80 columns and 24 lines.
    private final class Pty implements AutoCloseable {
        private final Process process;
        private final ByteArrayOutputStream screen = new ByteArrayOutputStream();
        private int seen;

        Pty(PveSim sim) throws IOException {
            this(sim, "xterm");
        }

        /// @param type as `TERM` says it
        Pty(PveSim sim, String type) throws IOException {
            var java = Path.of(System.getProperty("java.home"), "bin", "java");
            // Where the tests run in the background of a shell, Ctrl-C is ignored by all that they start.
            var program = """
                    stty cols 80 rows 24
                    env --default-signal=INT true 2>/dev/null && heard='env --default-signal=INT'
                    exec $heard '%s' -XX:TieredStopAtLevel=1 -cp '%s' pvemcp.Main""".formatted(java, classPath());
            var builder = new ProcessBuilder("script", "-qec", program, "/dev/null").redirectErrorStream(true);
            builder.environment()
                    .putAll(Map.of(
                            "HOME", home.toString(),
                            "TERM", type,
                            "LC_ALL", "C.UTF-8",
                            "PVE_MCP_URL", sim.url(),
                            "PVE_MCP_TOKEN_ID", sim.token().id(),
                            "PVE_MCP_TOKEN_SECRET", sim.token().secret(),
                            "PVE_MCP_FINGERPRINT", sim.fingerprint()));
            process = builder.directory(home.toFile()).start();
            // Whoever waits for what never comes is told what there is instead.
            process.onExit().orTimeout(300, TimeUnit.SECONDS).exceptionally(_ -> process.destroyForcibly());
        }

        /// That of this test, whoever has loaded it.
        private static String classPath() {
            return RealTerminalTest.class.getClassLoader() instanceof URLClassLoader loader
                    ? Arrays.stream(loader.getURLs()).map(URL::getPath).collect(Collectors.joining(File.pathSeparator))
                    : System.getProperty("java.class.path");
        }

        void type(String keys) throws IOException {
            process.getOutputStream().write(keys.getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
        }

        /// Waits until these texts have come, one after the other, and returns all that came since the last time.
        String shows(String... texts) throws IOException {
            InputStream out = process.getInputStream();
            int from = seen;
            for (var text : texts) {
                int at = unseen().indexOf(text);
                while (at < 0) {
                    int b = out.read();
                    assertThat(b).as("'%s' after:%n%s", text, unseen()).isNotNegative();
                    screen.write(b);
                    at = unseen().indexOf(text);
                }
                seen = screen.toString(StandardCharsets.ISO_8859_1).length() - unseen().length() + at + text.length();
            }
            return new String(screen.toByteArray(), from, seen - from, StandardCharsets.UTF_8);
        }

        private String unseen() {
            return screen.toString(StandardCharsets.ISO_8859_1).substring(seen);
        }

        int ends() throws IOException, InterruptedException {
            process.getInputStream().transferTo(screen);
            return process.waitFor();
        }

        @Override
        public void close() {
            process.destroy();
            try {
                process.waitFor(10, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }
}
