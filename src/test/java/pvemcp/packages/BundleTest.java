package pvemcp.packages;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import pvemcp.config.Key;
import pvemcp.json.Json;

/// The bundle for MCP clients, unpacked with today's dates and started with what its manifest says, as they do.
@EnabledIfSystemProperty(named = Made.PROPERTY, matches = ".+", disabledReason = Made.SKIPPED)
class BundleTest {
    @TempDir
    static Path dir;

    private static Json.Obj manifest;

    @BeforeAll
    static void unpack() throws Exception {
        Made.unzip(Made.file("*.mcpb"), dir);
        manifest = (Json.Obj) Json.parse(Files.readString(dir.resolve("manifest.json")));
    }

    private static Json.Obj start() {
        return manifest.object("server").orElseThrow().object("mcp_config").orElseThrow();
    }

    /// The manifest's variables replaced, by defaults where the user has said nothing.
    private static String filled(String text, Map<String, String> said) {
        var filled = text.replace("${__dirname}", dir.toString());
        for (var field : manifest.object("user_config").orElseThrow().members().entrySet()) {
            var preset = ((Json.Obj) field.getValue()).get("default").orElseThrow();
            filled = filled.replace(
                    "${user_config." + field.getKey() + "}",
                    said.getOrDefault(field.getKey(), preset.scalarText().orElseThrow()));
        }
        return filled;
    }

    private static List<String> command(String... args) {
        return Made.words(filled(start().text("command").orElseThrow(), Map.of()), args);
    }

    private static List<String> commandOfManifest() {
        return command(start().array("args").orElseThrow().items().stream()
                .map(arg -> arg.scalarText().orElseThrow())
                .toArray(String[]::new));
    }

    private static Map<String, String> env(Map<String, String> said) {
        var env = new TreeMap<>(Map.of("PATH", "/usr/bin:/bin", "HOME", dir.toString()));
        start().object("env")
                .orElseThrow()
                .members()
                .forEach(
                        (name, value) -> env.put(name, filled(value.scalarText().orElseThrow(), said)));
        return env;
    }

    @Test
    void its_first_start_has_its_cache_and_answers_with_nothing_configured() throws Exception {
        // With this mode a JVM that cannot use its cache ends.
        var env = env(Map.of());
        env.put("PVE_MCP_JAVA_OPTS", "-XX:AOTMode=on");
        assertThat(Run.tools(dir, commandOfManifest(), env)).contains("pve_guest_list");
    }

    @Test
    void what_its_user_fills_in_is_the_configuration() throws Exception {
        var said = Map.of(
                "url", "https://pve1.example:8006",
                "fingerprint", "AA".repeat(32),
                "token_id", "mcp@pve!bundle",
                "token_secret", "00000000-0000-0000-0000-000000000000");
        var shown = Run.of(command("config"), env(said));
        assertThat(shown.exit()).as(shown.err()).isZero();
        assertThat(shown.out())
                .contains("https://pve1.example:8006", "mcp@pve!bundle", "PVE_MCP_READ_ONLY")
                .doesNotContain("00000000-0000");
    }

    /// MCPB's own unpacker ends at one.
    @Test
    void it_has_no_entries_for_folders() throws Exception {
        try (var zip = new ZipFile(Made.file("*.mcpb").toFile())) {
            assertThat(zip.stream()).noneMatch(ZipEntry::isDirectory);
        }
    }

    @Test
    void its_manifest_fits_the_specification_and_this_build() {
        assertThat(manifest.members().keySet())
                .contains("manifest_version", "name", "version", "description", "author", "server");
        assertThat(manifest.text("version")).contains(Made.version());
        assertThat(dir.resolve(manifest.object("server")
                        .orElseThrow()
                        .text("entry_point")
                        .orElseThrow()))
                .isExecutable();
        assertThat(start().object("env").orElseThrow().members().keySet())
                .isSubsetOf(Arrays.stream(Key.values()).map(Key::env).toList());
        assertThat(start().object("env").orElseThrow().members().values().stream()
                        .map(value -> value.scalarText().orElseThrow()))
                .containsExactlyInAnyOrderElementsOf(
                        manifest.object("user_config").orElseThrow().members().keySet().stream()
                                .map("${user_config.%s}"::formatted)
                                .toList());
    }
}
