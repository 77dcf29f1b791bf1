package pvemcp.packages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import pvemcp.json.Json;

/// The two npm packages, installed by npm itself where there is one, without a network.
@EnabledIfSystemProperty(named = Made.PROPERTY, matches = ".+", disabledReason = Made.SKIPPED)
class NpmPackageTest {
    private static final Path NPM = Path.of("/usr/bin/npm");

    @TempDir
    Path dir;

    private Map<String, String> env;

    @BeforeEach
    void prepare() {
        env = Map.of("PATH", "/usr/bin:/bin", "HOME", dir.toString());
    }

    private String installed(String... globs) throws Exception {
        assumeTrue(Files.isExecutable(NPM), "there is no npm to install it with");
        var command = new ArrayList<>(
                List.of(NPM.toString(), "install", "--offline", "--no-audit", "--no-fund", "--prefix", dir.toString()));
        for (var glob : globs) {
            command.add(Made.file(glob).toString());
        }
        var npm = Run.in(dir, command, env);
        assertThat(npm.exit()).as(npm.err()).isZero();
        return dir.resolve("node_modules/.bin/pve-mcp").toString();
    }

    private static String main() {
        return "pve-mcp-npm-%s.tgz".formatted(Made.version());
    }

    @Test
    void it_brings_the_java_it_runs_on() throws Exception {
        var launcher = installed(main(), "pve-mcp-npm-runtime-*.tgz");

        // With this mode a JVM that cannot use its cache ends, and without one this option is an error.
        var cached = new TreeMap<>(env);
        cached.put("PVE_MCP_JAVA_OPTS", "-XX:AOTMode=on");
        assertThat(Run.tools(dir, List.of(launcher, "serve"), cached)).contains("pve_guest_list");
        var version = Run.of(List.of(launcher, "--version"), env);
        assertThat(version.out()).as(version.err()).isEqualTo("pve-mcp %s\n".formatted(Made.version()));
        assertThat(Files.readString(dir.resolve("node_modules/pve-mcp/.java"))).contains("@pve-mcp/runtime-");
    }

    @Test
    void without_that_it_runs_on_a_java_of_the_machine() throws Exception {
        var launcher = installed(main());

        var with =
                Map.of("PATH", "/usr/bin:/bin", "HOME", dir.toString(), "JAVA_HOME", System.getProperty("java.home"));
        assertThat(Run.of(List.of(launcher, "--version"), with).out()).contains(Made.version());
        Made.awaitCache(dir.resolve("node_modules/pve-mcp"));
        assertThat(Run.tools(dir, List.of(launcher, "serve"), with)).contains("pve_guest_list");
    }

    @Test
    void it_runs_nothing_when_it_is_installed() throws Exception {
        var names = new ArrayList<String>();
        for (var glob : List.of(main(), "pve-mcp-npm-runtime-*.tgz")) {
            var unpacked = Made.untar(Made.file(glob), dir.resolve(glob.replace("*", "x")));
            var described = (Json.Obj) Json.parse(Files.readString(unpacked.resolve("package/package.json")));
            assertThat(described.members()).doesNotContainKey("scripts");
            assertThat(described.text("version")).contains(Made.version());
            names.add(described.text("name").orElseThrow());
            described
                    .object("optionalDependencies")
                    .ifPresent(
                            wanted -> assertThat(wanted.members().values()).containsOnly(new Json.Str(Made.version())));
        }
        var wanted = (Json.Obj) Json.parse(Files.readString(dir.resolve(main()).resolve("package/package.json")));
        assertThat(wanted.object("optionalDependencies").orElseThrow().members())
                .containsKey(names.getLast());
    }
}
