package pvemcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import pvemcp.cli.Console;
import pvemcp.cli.WrittenCall;
import pvemcp.cli.WrittenLine;
import pvemcp.config.Surroundings;
import pvemcp.json.Json;

/// Nothing that a page shows to be typed or written is there unread: transcripts are run by tests, configuration is
/// taken by the loader, and each of our own command lines by the parser of the command line.
class GuideBlocksTest {
    /// A fenced or indented block.
    ///
    /// @param kind as the fence has it; `indented` where there is none
    private record Block(String page, int line, String kind, String text) {
        @Override
        public String toString() {
            return page + ":" + line + " " + kind;
        }
    }

    /// Pages whose blocks of a kind are made or run by another test.
    private static final Map<String, String> RUN_ELSEWHERE = Map.of(
            "docs/guide/terminal.md console", "TerminalGuideTest",
            "docs/guide/troubled.md ", "TroubledTest",
            "docs/guide/simulator.md sh", "SimulatorGuideTest",
            "docs/guide/simulator.md python", "SimulatorGuideTest",
            "docs/guide/simulator.md js", "SimulatorGuideTest",
            "docs/playbooks.md text", "PlaybooksTest");

    /// What is tried here.
    private static final Set<String> TRIED = Set.of("toml", "json", "yaml", "ini");

    /// Files of programs that are not here, and pieces of source that are shown as examples.
    private static final Set<String> SHOWN = Set.of("nginx", "java");

    /// What else a line of a shell begins with: programs of Proxmox VE, of clients and of systems.
    private static final Set<String> OTHERS = Set.of(
            "apt",
            "bench/compare",
            "claude",
            "cp",
            "docker",
            "for",
            "install",
            "npm",
            "openclaw",
            "proxmox-backup-manager",
            "pveum",
            "systemctl",
            "tar",
            "./mvnw",
            "(umask");

    /// Of the tool that CONTRIBUTING.md adds.
    private static final String IMAGINED = "call node_time pve1 --demo";

    private static final Pattern OURS = Pattern.compile(".*(?:^|[\\s/])pve-mcp(?::[\\d.]+)? +([a-z].*)");
    private static final Pattern SPAN = Pattern.compile("`(?:\\./)?pve-mcp ([^`]+)`");

    private static final Set<PosixFilePermission> OWNER_ALONE = PosixFilePermissions.fromString("rw-------");

    @TempDir
    Path folder;

    @Test
    void every_block_is_run_or_of_a_kind_that_is_tried() throws IOException {
        var unknown = blocks().filter(block -> !TRIED.contains(block.kind()) && !SHOWN.contains(block.kind()))
                .filter(block -> !RUN_ELSEWHERE.containsKey(block.page() + " " + block.kind()))
                .filter(block -> !typedCalls(block) && !commands(block))
                .toList();
        assertThat(unknown).isEmpty();
    }

    @Test
    void the_tests_that_run_blocks_exist() {
        assertThat(classes()).containsAll(RUN_ELSEWHERE.values());
    }

    @Test
    void each_of_our_command_lines_is_understood() throws IOException {
        var wrong = new TreeSet<String>();
        var lines = new ArrayList<String>();
        for (var block : blocks().filter(
                        block -> commands(block) || block.kind().equals("ini"))
                .toList()) {
            for (var line : typed(block)) {
                var ours = ours(line);
                ours.ifPresent(lines::add);
                if (ours.isEmpty() && commands(block) && !known(line)) {
                    wrong.add(block + ": " + line);
                }
            }
        }
        for (var page : pages()) {
            SPAN.matcher(Files.readString(page)).results().forEach(span -> lines.add(span.group(1)));
        }
        lines.stream()
                .distinct()
                .filter(line -> !line.equals(IMAGINED))
                .forEach(line -> problem(line).ifPresent(said -> wrong.add(line + ": " + said)));
        assertThat(wrong).isEmpty();
        assertThat(lines).hasSizeGreaterThan(50);
    }

    @Test
    void a_command_line_with_a_mistake_would_be_found() {
        assertThat(problem("serve --htttp")).as("flag").isPresent();
        assertThat(problem("srve")).as("command").isPresent();
        assertThat(problem("call guest_power web stopp")).as("argument").isPresent();
        assertThat(problem("guest list running")).isEmpty();
    }

    @Test
    void each_configuration_is_taken_by_the_loader() throws IOException {
        var wrong = new TreeSet<String>();
        for (var block : blocks().filter(block -> block.kind().equals("toml")).toList()) {
            if (!block.text().startsWith("[mcp_servers")) { // A client's file, not ours.
                taken(block.text()).ifPresent(said -> wrong.add(block + ": " + said));
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(taken("[policy]\noperate = \"perhaps\"\n")).isPresent();
    }

    @Test
    void each_file_of_a_client_is_well_formed() throws IOException {
        for (var block : blocks().toList()) {
            if (block.kind().equals("json")) {
                Json.parse(block.text());
            } else if (block.kind().equals("yaml")) {
                new Load(LoadSettings.builder().build()).loadFromString(block.text());
            }
        }
    }

    // ---- command lines ----

    /// The lines of a block that are typed: those after a prompt where it shows one, else all.
    private static List<String> typed(Block block) {
        var lines = block.text().lines().filter(line -> !line.isBlank()).toList();
        var prompted = lines.stream().filter(line -> line.startsWith("$ ")).toList();
        return prompted.isEmpty() ? lines : prompted;
    }

    /// What is said to our command on a line of a shell, if it is called there.
    private static Optional<String> ours(String line) {
        var found = OURS.matcher(line.replaceAll(" {2,}#.*", ""));
        return found.matches() && !line.startsWith("bench/") && !line.strip().startsWith("{")
                ? Optional.of(found.group(1).strip())
                : Optional.empty();
    }

    private static boolean known(String line) {
        var first = line.strip().split(" ", 2)[0];
        return OTHERS.contains(first) || line.strip().startsWith("{") || line.contains("/pve-mcp");
    }

    /// What is wrong with what is said to our command; empty where it would be carried out.
    private Optional<String> problem(String said) {
        // What stands for something of the reader's, and what may be left out.
        var line = said.replaceAll(" ?\\[[A-Z]+]", "")
                .replaceAll("\"TOOL ARGUMENTS\"", "guest_list")
                .replace("…", "x");
        try {
            var surroundings = new Surroundings(Map.of(), folder, folder);
            WrittenLine.of(line)
                    .understood(Assembly.forClient(surroundings, Clock.systemUTC(), System.err), console(System.err));
            return Optional.empty();
        } catch (RuntimeException | AssertionError e) {
            return Optional.of(e.getMessage());
        }
    }

    // ---- configuration ----

    private Optional<String> taken(String toml) throws IOException {
        var file = Files.writeString(folder.resolve("pve-mcp.toml"), whole(toml));
        Files.setPosixFilePermissions(file, OWNER_ALONE);
        var err = new ByteArrayOutputStream();
        int status = run(List.of("config"), Map.of("PVE_MCP_CONFIG", file.toString()), err);
        return status == 0 ? Optional.empty() : Optional.of(err.toString(StandardCharsets.UTF_8));
    }

    /// A piece of a configuration with what every connection needs: who logs in, and a secret that can be read.
    private String whole(String toml) throws IOException {
        var secret = folder.resolve("secret");
        if (!Files.exists(secret)) {
            Files.createFile(secret, PosixFilePermissions.asFileAttribute(OWNER_ALONE));
            Files.writeString(secret, "a secret of more than thirty-two characters");
        }
        var login = toml.startsWith("url = ") ? "token_id = \"mcp@pve!agent\"\ntoken_secret = \"s3cret\"\n" : "";
        return login + toml.replaceAll("(?m)^(.*_file) = \".*\"", "$1 = \"" + secret + "\"");
    }

    private int run(List<String> words, Map<String, String> env, ByteArrayOutputStream err) {
        var console = console(new PrintStream(err, true, StandardCharsets.UTF_8));
        return Main.run(words, console, new Surroundings(env, folder, folder));
    }

    private static Console console(PrintStream err) {
        var nowhere = new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
        return new Console(InputStream.nullInputStream(), nowhere, err, false, false, 0);
    }

    // ---- blocks ----

    /// What is neither a transcript nor a file shows commands.
    private static boolean commands(Block block) {
        boolean plain = block.kind().isEmpty() || block.kind().equals("indented");
        return plain && !RUN_ELSEWHERE.containsKey(block.page() + " " + block.kind()) && !typedCalls(block);
    }

    /// The transcript of the README: calls, each of which is understood.
    private static boolean typedCalls(Block block) {
        var calls =
                block.text().lines().filter(line -> line.startsWith("> pve_")).toList();
        calls.forEach(call -> WrittenCall.of(call.substring(2)).understood());
        return !calls.isEmpty();
    }

    private static List<Path> pages() throws IOException {
        var pages = new ArrayList<>(List.of(
                Path.of("README.md"), Path.of("SECURITY.md"), Path.of("CONTRIBUTING.md"), Path.of("bench/README.md")));
        for (var place : List.of("docs", "docs/guide")) {
            try (var files = Files.list(Path.of(place))) {
                files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
            }
        }
        return pages;
    }

    private static Stream<Block> blocks() throws IOException {
        var blocks = new ArrayList<Block>();
        for (var page : pages()) {
            var open = Optional.<Block>empty();
            int number = 0;
            for (var line : Files.readAllLines(page)) {
                number++;
                boolean fence = line.startsWith("```");
                boolean indented = open.isPresent() && open.get().kind().equals("indented");
                if (indented && !line.startsWith("    ")) {
                    blocks.add(open.get());
                    open = Optional.empty();
                } else if (!indented && fence && open.isPresent()) {
                    blocks.add(open.get());
                    open = Optional.empty();
                    continue;
                }
                if (open.isPresent()) {
                    var begun = open.get();
                    open = Optional.of(new Block(
                            begun.page(), begun.line(), begun.kind(), begun.text() + shown(begun, line) + "\n"));
                } else if (fence) {
                    open = Optional.of(new Block(page.toString(), number, line.substring(3), ""));
                } else if (line.startsWith("    ")) {
                    open = Optional.of(new Block(page.toString(), number, "indented", line.substring(4) + "\n"));
                }
            }
            open.ifPresent(blocks::add);
        }
        return blocks.stream();
    }

    private static String shown(Block block, String line) {
        return block.kind().equals("indented") ? line.substring(4) : line;
    }

    private static Set<String> classes() {
        try (var files = Files.walk(Path.of("src/test/java"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".java"))
                    .map(name -> name.substring(0, name.length() - ".java".length()))
                    .collect(Collectors.toSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
