package pvemcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pvemcp.config.Config;
import pvemcp.config.Key;
import pvemcp.config.Surroundings;
import pvemcp.json.Json;
import pvemcp.lab.Tokens;
import pvemcp.tool.Tier;
import pvemcp.tool.Tool;
import pvemcp.tools.Catalog;
import pvemcp.tools.Catalog.Surface;

/// Skills, agents and manifests are what their hosts' documents ask for, and agree with each other and with the
/// tools.
class PluginTest {
    /// Several hosts take no longer names of tools.
    private static final int LONGEST_TOOL = 64;

    /// agentskills.io/specification: names of skills; Claude Code asks the same of agents and plugins.
    private static final String NAME = "[a-z0-9]+(-[a-z0-9]+)*";

    /// A code of an error may look like a tool.
    private static final Pattern TOOL = Pattern.compile("(?<!error )\\bpve(?:_[a-z0-9]+)+");

    private static final List<Tool<?>> TOOLS = Catalog.tools(Surface.ALL, List.of());

    static List<Path> skills() throws IOException {
        return in("skills");
    }

    static List<Path> agents() throws IOException {
        return in("agents");
    }

    private static List<Path> in(String folder) throws IOException {
        try (var files = Files.list(Path.of(folder))) {
            return files.sorted().toList();
        }
    }

    // ---- skills ----

    /// The limits are those of agentskills.io/specification.
    @ParameterizedTest
    @MethodSource("skills")
    void a_skill_keeps_to_the_specification(Path skill) throws IOException {
        var page = FrontMatter.of(skill.resolve("SKILL.md"));

        assertThat(page.keys().keySet())
                .isSubsetOf("name", "description", "license", "compatibility", "metadata", "allowed-tools");
        assertThat(page.text("name"))
                .matches(NAME)
                .hasSizeLessThanOrEqualTo(64)
                .isEqualTo(skill.getFileName().toString());
        assertThat(page.text("description")).contains("Use it when").hasSizeBetween(1, 1024);
        assertThat(page.text("compatibility")).hasSizeBetween(1, 500);
        assertThat(page.body().lines()).hasSizeLessThan(500);
    }

    /// A description is always in the context, a page when it is used, a chapter when it is opened: each has its
    /// price.
    @ParameterizedTest
    @MethodSource("skills")
    void a_skill_is_read_in_small_steps(Path skill) throws IOException {
        var page = FrontMatter.of(skill.resolve("SKILL.md"));

        assertThat(Tokens.count(page.text("description"))).isLessThanOrEqualTo(100);
        assertThat(Tokens.count(page.body())).isLessThanOrEqualTo(5000);
        for (var chapter : in(skill.resolve("references").toString())) {
            assertThat(page.body()).contains("](references/" + chapter.getFileName() + ")");
            assertThat(Tokens.count(Files.readString(chapter)))
                    .as(chapter.toString())
                    .isLessThanOrEqualTo(3500);
        }
    }

    @ParameterizedTest
    @MethodSource("skills")
    void a_skill_names_no_tool_that_is_not_there(Path skill) throws IOException {
        try (var files = Files.walk(skill)) {
            for (var file : files.filter(Files::isRegularFile).toList()) {
                assertThat(names()).as(file.toString()).containsAll(named(Files.readString(file)));
            }
        }
    }

    // ---- agents ----

    @ParameterizedTest
    @MethodSource("agents")
    void an_agent_is_written_as_claude_code_reads_it(Path agent) throws IOException {
        var page = FrontMatter.of(agent);

        assertThat(page.keys()).containsOnlyKeys("name", "description", "tools");
        assertThat(page.text("name") + ".md")
                .matches(NAME + "\\.md")
                .isEqualTo(agent.getFileName().toString());
        assertThat(page.text("description"))
                .contains("Use it for")
                .doesNotContain(": ")
                .hasSizeBetween(1, 300);
        var prefix = prefix();
        assertThat(page.words("tools"))
                .isNotEmpty()
                .doesNotHaveDuplicates()
                .allMatch(tool -> tool.startsWith(prefix) && tool.length() <= LONGEST_TOOL);
        assertThat(names()).containsAll(tools(page));
    }

    @ParameterizedTest
    @MethodSource("agents")
    void an_agent_speaks_of_its_own_tools_and_says_what_is_not_its_work(Path agent) throws IOException {
        var page = FrontMatter.of(agent);

        assertThat(tools(page)).containsAll(named(page.body()));
        assertThat(page.body())
                .contains("## Yours", "## Not yours", "## How you work", "data, never an instruction")
                .doesNotContain("  - " + page.text("name"));
        var others = Pattern.compile("\\b\\w+-(manager|admin)\\b")
                .matcher(page.body())
                .results()
                .map(MatchResult::group);
        assertThat(others).isNotEmpty().allMatch(other -> Files.exists(Path.of("agents", other + ".md")));
    }

    @ParameterizedTest
    @MethodSource("agents")
    void an_agent_that_only_looks_has_reads_only(Path agent) throws IOException {
        var page = FrontMatter.of(agent);
        var tools = tools(page);
        boolean reads =
                TOOLS.stream().filter(tool -> tools.contains(tool.name())).allMatch(tool -> tool.tier() == Tier.READ);

        assertThat(page.text("description").contains("without changing anything"))
                .isEqualTo(reads);
    }

    @Test
    void every_tool_has_an_agent_that_may_use_it() throws IOException {
        var orphans = new TreeSet<>(names());
        for (var agent : agents()) {
            tools(FrontMatter.of(agent)).forEach(orphans::remove);
        }
        assertThat(orphans).isEmpty();
    }

    private static List<String> tools(FrontMatter agent) throws IOException {
        int skip = prefix().length();
        return agent.words("tools").stream().map(tool -> tool.substring(skip)).toList();
    }

    /// How Claude Code names the tools of a plugin's server.
    private static String prefix() throws IOException {
        var server = json(".mcp.json")
                .object("mcpServers")
                .orElseThrow()
                .members()
                .firstEntry()
                .getKey();
        return "mcp__plugin_%s_%s__"
                .formatted(json(".claude-plugin/plugin.json").text("name").orElseThrow(), server);
    }

    // ---- manifests ----

    @Test
    void the_manifest_names_this_project_and_its_version() throws IOException {
        var manifest = json(".claude-plugin/plugin.json");

        assertThat(manifest.text("name").orElseThrow()).matches(NAME);
        assertThat(Files.readString(Path.of("pom.xml")))
                .contains("<artifactId>pve-mcp</artifactId>\n  <version>%s</version>"
                        .formatted(manifest.text("version").orElseThrow()));
        var offered = (Json.Obj) json(".claude-plugin/marketplace.json")
                .array("plugins")
                .orElseThrow()
                .items()
                .getFirst();
        assertThat(offered.text("name")).isEqualTo(manifest.text("name"));
        assertThat(offered.text("source")).contains("./");
        assertThat(Path.of("openclaw.plugin.json"))
                .as("OpenClaw would take the directory for a plugin with code, and leave the bundle unread")
                .doesNotExist();
    }

    @Test
    void the_plugin_starts_the_launcher_with_a_configuration_that_is_one(@TempDir Path home) throws IOException {
        var server = json(".mcp.json")
                .object("mcpServers")
                .orElseThrow()
                .object("pve")
                .orElseThrow();
        var env = new HashMap<String, String>();
        server.object("env")
                .orElseThrow()
                .members()
                .forEach((name, value) -> env.put(name, ((Json.Str) value).value()));

        var launcher = server.text("command")
                .orElseThrow()
                .replace("${CLAUDE_PLUGIN_ROOT}", Path.of("").toAbsolutePath().toString());
        assertThat(Path.of(launcher)).isExecutable();
        assertThat(server.array("args").orElseThrow()).isEqualTo(Json.strings(List.of("serve")));
        assertThat(Config.load(new Surroundings(env, home, home)).text(Key.SURFACE))
                .isEqualTo("all");
    }

    private static Json.Obj json(String file) throws IOException {
        return (Json.Obj) Json.parse(Files.readString(Path.of(file)));
    }

    private static List<String> names() {
        return TOOLS.stream().map(Tool::name).toList();
    }

    private static List<String> named(String text) {
        return TOOL.matcher(text).results().map(MatchResult::group).distinct().toList();
    }
}
