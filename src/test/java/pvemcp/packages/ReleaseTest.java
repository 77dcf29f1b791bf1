package pvemcp.packages;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import pvemcp.json.Json;

/// What goes with the packages: checksums, the bill of materials, the entry for the MCP registry, the guide.
@EnabledIfSystemProperty(named = Made.PROPERTY, matches = ".+", disabledReason = Made.SKIPPED)
class ReleaseTest {
    private static final String SUMS = "SHA256SUMS";

    @TempDir
    Path dir;

    private static List<String> made() throws Exception {
        try (var files = Files.list(Made.folder())) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void every_file_has_its_checksum() throws Exception {
        var said = new TreeMap<String, String>();
        for (var line : Files.readAllLines(Made.folder().resolve(SUMS))) {
            var words = line.split(" {2}", -1);
            said.put(words[1], words[0]);
        }
        assertThat(said.keySet())
                .containsExactlyElementsOf(
                        made().stream().filter(name -> !name.equals(SUMS)).toList());
        for (var file : said.entrySet()) {
            assertThat(file.getValue())
                    .as(file.getKey())
                    .isEqualTo(Made.sha256(Made.folder().resolve(file.getKey())));
        }
    }

    @Test
    void the_bill_of_materials_lists_the_libraries_that_are_delivered() throws Exception {
        var bill = (Json.Obj) Json.parse(Files.readString(Made.file("*.cdx.json")));
        assertThat(bill.text("bomFormat")).contains("CycloneDX");
        var listed = new ArrayList<String>();
        for (var component : bill.array("components").orElseThrow().items()) {
            var one = (Json.Obj) component;
            listed.add("%s-%s.jar"
                    .formatted(
                            one.text("name").orElseThrow(), one.text("version").orElseThrow()));
            assertThat(one.array("licenses")).as(listed.getLast()).isPresent();
        }
        var portable = Made.only(
                Made.untar(Made.file("pve-mcp-%s.tar.gz".formatted(Made.version())), dir.resolve("portable")));
        try (var libraries = Files.list(portable.resolve("lib"))) {
            assertThat(libraries.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(listed);
        }
    }

    /// The limits are those of schema 2025-12-11 and of the registry's requirements.
    @Test
    void the_entry_for_the_registry_is_what_it_takes_and_names_these_packages() throws Exception {
        var entry = (Json.Obj) Json.parse(Files.readString(Made.file("server.json")));
        var name = entry.text("name").orElseThrow();
        assertThat(name).matches("[a-zA-Z0-9.-]+/[a-zA-Z0-9._-]+").hasSizeBetween(3, 200);
        assertThat(entry.text("description").orElseThrow()).hasSizeBetween(1, 100);
        assertThat(entry.text("version")).contains(Made.version());

        var packages = new HashMap<String, Json.Obj>();
        for (var item : entry.array("packages").orElseThrow().items()) {
            var one = (Json.Obj) item;
            assertThat(one.object("transport").orElseThrow().text("type")).contains("stdio");
            packages.put(one.text("registryType").orElseThrow(), one);
        }
        var bundle = Made.file("*.mcpb");
        assertThat(packages.get("mcpb").text("fileSha256")).contains(Made.sha256(bundle));
        assertThat(packages.get("mcpb").text("identifier").orElseThrow())
                .startsWith("https://")
                .endsWith("/" + bundle.getFileName());

        var npm = Made.untar(Made.file("pve-mcp-npm-%s.tgz".formatted(Made.version())), dir.resolve("npm"));
        var described = (Json.Obj) Json.parse(Files.readString(npm.resolve("package/package.json")));
        assertThat(packages.get("npm").text("identifier")).isEqualTo(described.text("name"));
        assertThat(packages.get("npm").text("version")).contains(Made.version());
        // By this word the registry knows that one owner made both.
        assertThat(described.text("mcpName")).contains(name);
    }

    @Test
    void the_guide_names_every_file_and_no_other() throws Exception {
        var names = Pattern.compile(
                        "`(SHA256SUMS|server\\.json|pve-mcp[\\w.-]*\\.(?:tar\\.gz|zip|deb|tar|mcpb|tgz|rb|json))`")
                .matcher(Files.readString(Path.of("docs/guide/packages.md")))
                .results()
                .map(found -> found.group(1))
                .distinct()
                .sorted()
                .toList();
        assertThat(names).containsExactlyElementsOf(made());
    }
}
