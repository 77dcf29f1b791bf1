package pvemcp.packages;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import pvemcp.json.Json;

/// The runtime image, unpacked elsewhere and run where there is no Java.
@EnabledIfSystemProperty(named = Made.PROPERTY, matches = ".+", disabledReason = Made.SKIPPED)
class RuntimeImageTest {
    /// What libraries could use and our use of them never does: H2 compiles functions written in Java or in a script,
    /// and is an agent for profiling.
    private static final List<String> WITHOUT = List.of("java.compiler", "java.instrument", "java.scripting");

    @TempDir
    static Path dir;

    private static Path image;

    @BeforeAll
    static void unpack() throws Exception {
        image = Made.only(Made.untar(Made.file("pve-mcp-*-*-*.tar.gz"), dir.resolve("tar")));
    }

    private static String launcher() {
        return image.resolve("pve-mcp").toString();
    }

    private static Run pve(String... args) throws Exception {
        return Run.in(dir, Made.words(launcher(), args), Run.BARE);
    }

    @Test
    void the_tar_answers_where_there_is_no_java() throws Exception {
        assertThat(Run.tools(dir, List.of(launcher(), "serve"), Run.BARE)).contains("pve_guest_list");
        assertThat(Run.tools(dir, List.of(launcher(), "demo"), Run.BARE)).contains("pve_guest_list");
    }

    @Test
    void the_zip_answers_where_there_is_no_java() throws Exception {
        var unzipped = Made.only(Made.unzip(Made.file("pve-mcp-*-*-*.zip"), dir.resolve("zip")));
        var launcher = unzipped.resolve("pve-mcp").toString();
        assertThat(Run.tools(dir, List.of(launcher, "serve"), Run.BARE)).contains("pve_guest_list");
    }

    @Test
    void its_start_up_cache_fits_wherever_it_is_unpacked() throws Exception {
        // With this mode a JVM that cannot use its cache ends.
        var env = new TreeMap<>(Run.BARE);
        env.put("PVE_MCP_JAVA_OPTS", "-XX:AOTMode=on");
        assertThat(Run.tools(dir, List.of(launcher(), "serve"), env)).isNotEmpty();

        Files.move(image.resolve("pve-mcp.aot"), dir.resolve("pve-mcp.aot"));
        Files.copy(image.resolve("README.md"), image.resolve("pve-mcp.aot"));
        assertThat(Run.of(List.of(launcher(), "--version"), env).exit()).isEqualTo(1);
        Files.delete(image.resolve("pve-mcp.aot"));
        Files.move(dir.resolve("pve-mcp.aot"), image.resolve("pve-mcp.aot"));
    }

    @Test
    void its_runtime_has_what_each_library_needs() throws Exception {
        // H2
        assertThat(pve("call", "query", "sql=select count(*) from guests", "--demo")
                        .out())
                .contains("12");
        // Apache HttpClient to Apache MINA's neighbour, the simulator, and JSch to MINA itself
        assertThat(pve("call", "guest_exec", "guest=dns", "command=hostname", "--yes", "--demo")
                        .out())
                .contains("dns");
        // JFreeChart; a machine without fonts gets words for the picture, which is no matter of the runtime
        var chart = pve("call", "metrics_get", "guests=web", "metrics=cpu", "chart=true", "--demo");
        assertThat(chart.exit()).as(chart.err()).isZero();
        if (Files.isDirectory(Path.of("/usr/share/fonts")) && Files.isExecutable(Path.of("/usr/bin/fc-list"))) {
            assertThat(chart.out()).doesNotContain("No picture");
        }
        // Night-Config and picocli; the JDK's HTTP server, on a port that nobody can have
        var env = new TreeMap<>(Run.BARE);
        env.put(
                "PVE_MCP_CONFIG",
                Files.writeString(dir.resolve("config.toml"), "url = 'https://192.0.2.1'")
                        .toString());
        assertThat(Run.of(List.of(launcher(), "config"), env).err()).contains("config.toml:1", "token_id");
        assertThat(pve("serve", "--http", "192.0.2.1:1", "--demo").err()).contains("192.0.2.1");
    }

    @Test
    void the_folder_is_a_plugin_for_agents() throws Exception {
        var servers = ((Json.Obj) Json.parse(Files.readString(image.resolve(".mcp.json")))).object("mcpServers");
        var server = servers.orElseThrow().object("pve").orElseThrow();
        var command = server.text("command").orElseThrow().replace("${CLAUDE_PLUGIN_ROOT}", image.toString());
        var env = new TreeMap<>(Run.BARE);
        server.object("env")
                .orElseThrow()
                .members()
                .forEach((name, value) -> env.put(name, value.scalarText().orElseThrow()));

        assertThat(Run.tools(dir, List.of(command, "serve"), env)).contains("pve_ceph_get");
        assertThat(image.resolve(".claude-plugin/plugin.json")).exists();
        assertThat(image.resolve("agents/monitor.md")).exists();
        assertThat(image.resolve("skills/pve-tools/SKILL.md")).exists();
    }

    @Test
    void its_modules_are_those_that_jdeps_finds() throws Exception {
        var jars = new ArrayList<String>();
        jars.add(image.resolve("pve-mcp.jar").toString());
        try (var libraries = Files.list(image.resolve("lib"))) {
            libraries.forEach(jar -> jars.add(jar.toString()));
        }
        var args = new ArrayList<>(List.of("--multi-release", "25", "--ignore-missing-deps", "--list-deps"));
        args.addAll(jars);
        var out = new StringWriter();
        ToolProvider.findFirst("jdeps")
                .orElseThrow()
                .run(new PrintWriter(out), new PrintWriter(new StringWriter()), args.toArray(String[]::new));
        var needed = new TreeSet<String>();
        out.toString()
                .lines()
                .map(line -> line.strip().replaceFirst("/.*", ""))
                .filter(line -> line.matches("jdk?[a-z]*\\.[a-z.]+|java\\.[a-z.]+"))
                .forEach(needed::add);
        WITHOUT.forEach(needed::remove);

        var modules = Run.of(List.of(image.resolve("runtime/bin/java").toString(), "--list-modules"), Map.of());
        var there =
                modules.out().lines().map(line -> line.replaceFirst("@.*", "")).toList();
        assertThat(needed).contains("java.desktop", "jdk.httpserver").isSubsetOf(there);
        assertThat(there).doesNotContainAnyElementsOf(WITHOUT);
    }

    @Test
    void it_stays_below_the_size_the_guide_names() throws Exception {
        assertThat(Made.size(image)).isBetween(60_000_000L, 86_500_000L);
        assertThat(Files.size(Made.file("pve-mcp-*-*-*.tar.gz"))).isLessThan(50_000_000L);
    }
}
