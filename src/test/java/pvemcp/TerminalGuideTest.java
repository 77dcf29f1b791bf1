package pvemcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pvemcp.cli.Console;
import pvemcp.config.Surroundings;
import pvemcp.lab.Golden;
import pvemcp.sim.PveSim;
import pvemcp.sim.SimOptions;
import pvemcp.sim.scenario.Scenarios;
import pvemcp.sim.time.SimTime;

/// `docs/guide/terminal.md` shows a person at a terminal: here they sit down and type what it says they type.
class TerminalGuideTest {
    private static final String PAGE = "docs/guide/terminal.md";
    private static final Pattern BLOCK = Pattern.compile("(?s)```console\n(.*?)```");
    private static final Pattern TYPED =
            Pattern.compile("(?m)^(?:pve> |do it\\? \\[y/N] |type '.*' to go ahead: )(.*)$");

    @TempDir
    Path folder;

    @Test
    void the_guide_shows_what_a_terminal_shows() throws IOException {
        var page = Files.readString(Path.of(PAGE));
        var shown = BLOCK.matcher(page)
                .replaceAll(block -> Matcher.quoteReplacement("```console\n" + replayed(block.group(1)) + "```"));

        assertThat(BLOCK.matcher(page).results()).hasSizeGreaterThan(4);
        Golden.check(PAGE, shown);
    }

    /// The same block, with what is written back to what is typed in it.
    private String replayed(String block) {
        var soon = SimTime.byHand(Instant.parse("2026-11-21T12:00:00Z"));
        try (var sim = PveSim.start(SimOptions.of(Scenarios.homelab(), soon))) {
            var env = Map.of(
                    "PVE_MCP_URL", sim.url(),
                    "PVE_MCP_TOKEN_ID", sim.token().id(),
                    "PVE_MCP_TOKEN_SECRET", sim.token().secret(),
                    "PVE_MCP_FINGERPRINT", sim.fingerprint(),
                    "PVE_MCP_POLICY_DESTROY", "ask");
            var screen = new ByteArrayOutputStream();
            Pattern.compile("(?m)^\\$ pve-mcp")
                    .splitAsStream(block)
                    .skip(1)
                    .forEach(command -> type(command, env, new PrintStream(screen, true, StandardCharsets.UTF_8)));
            return screen.toString(StandardCharsets.UTF_8)
                    .replace(sim.url(), "https://pve1.example:8006")
                    // Progress, which has been written over.
                    .replaceAll("\r\u001b\\[K[^\r]*\r\u001b\\[K", "");
        }
    }

    private void type(String command, Map<String, String> env, PrintStream screen) {
        var line = command.lines().findFirst().orElse("");
        screen.println("$ pve-mcp" + line);
        var typed = new ArrayList<String>();
        TYPED.matcher(command).results().forEach(input -> typed.add(input.group(1)));
        boolean terminal = !typed.isEmpty();
        var console = new Console(new Echo(typed, screen), screen, screen, terminal, false, terminal ? 90 : 0);
        var words = line.isBlank() ? List.<String>of() : List.of(line.strip().split(" ", -1));
        Main.run(words, console, new Surroundings(env, folder, folder));
    }

    /// What somebody types, seen as it is typed.
    private static final class Echo extends InputStream {
        private final byte[] typed;
        private final PrintStream screen;
        private int read;

        Echo(List<String> lines, PrintStream screen) {
            this.typed = String.join("", lines.stream().map(line -> line + "\n").toList())
                    .getBytes(StandardCharsets.UTF_8);
            this.screen = screen;
        }

        @Override
        public int read() {
            if (read == typed.length) {
                return -1;
            }
            screen.write(typed[read]);
            return typed[read++];
        }

        /// One at a time: what is not read yet is not on the screen yet.
        @Override
        public int read(byte[] into, int from, int most) {
            int next = most == 0 ? 0 : read();
            if (next <= 0) {
                return next;
            }
            into[from] = (byte) next;
            return 1;
        }
    }
}
