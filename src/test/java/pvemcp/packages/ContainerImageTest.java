package pvemcp.packages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import pvemcp.json.Json;

/// The image for containers, its layers unpacked into a root directory and run in it as its own user.
@EnabledIfSystemProperty(named = Made.PROPERTY, matches = ".+", disabledReason = Made.SKIPPED)
@EnabledOnOs(OS.LINUX)
class ContainerImageTest {
    private static final boolean ROOT_USER = System.getProperty("user.name").equals("root");

    @TempDir
    static Path dir;

    private static Path root;
    private static Json.Obj config;

    @BeforeAll
    static void unpack() throws Exception {
        var image = Made.untar(Made.file("*-oci.tar"), dir.resolve("image"));
        var manifest = (Json.Obj) ((Json.Arr) Json.parse(Files.readString(image.resolve("manifest.json")))).get(0);
        root = dir.resolve("root");
        for (var layer : texts(manifest, "Layers")) {
            Made.untar(image.resolve(layer), root);
        }
        var described = (Json.Obj) Json.parse(Files.readString(image.resolve("config.json")));
        config = described.object("config").orElseThrow();
        Files.createDirectory(root.resolve("proc"));
    }

    private static List<String> texts(Json.Obj object, String name) {
        return object.array(name).orElseThrow().items().stream()
                .map(item -> item.scalarText().orElseThrow())
                .toList();
    }

    /// What a container runtime would start, with other words at its end.
    private static List<String> command(List<String> program) {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/unshare")), "there is no unshare to enter the image with");
        // The root directory is mounted, as in a container. Only root can become its user.
        var enter = """
                mount --bind "$ROOT" "$ROOT" && cd "$ROOT" && mount -t proc proc proc || exit 99
                exec chroot ${WHO:+--userspec="$WHO"} . "$@"
                """;
        var all = new ArrayList<>(List.of("unshare", "--mount", "--pid", "--fork", "--kill-child"));
        if (!ROOT_USER) {
            all.add("--map-root-user");
        }
        all.addAll(List.of("sh", "-c", enter, "sh"));
        all.addAll(program);
        return all;
    }

    private static Map<String, String> env() {
        var env = new TreeMap<String, String>();
        for (var pair : texts(config, "Env")) {
            env.put(pair.replaceFirst("=.*", ""), pair.replaceFirst("[^=]*=", ""));
        }
        env.put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        env.put("ROOT", root.toString());
        env.put("WHO", ROOT_USER ? config.text("User").orElseThrow() : "");
        return env;
    }

    private static List<String> entrypoint(String... args) {
        var program = new ArrayList<>(texts(config, "Entrypoint"));
        program.addAll(List.of(args));
        return command(program);
    }

    private static Run run(String... args) throws Exception {
        var run = Run.of(entrypoint(args), env());
        assumeTrue(run.exit() != 99, "this machine lets nobody enter another root directory");
        return run;
    }

    @Test
    void it_answers_over_stdio() throws Exception {
        assumeTrue(run("--version").exit() == 0);
        assertThat(Run.tools(dir, entrypoint("serve"), env())).contains("pve_guest_list");
        assertThat(Run.tools(dir, entrypoint("demo"), env())).contains("pve_guest_list");
    }

    @Test
    void it_calls_tools_writes_its_state_and_draws_no_charts() throws Exception {
        var exec = run("call", "guest_exec", "guest=dns", "command=hostname", "--yes", "--demo");
        assertThat(exec.out()).as(exec.err()).contains("dns");
        var chart = run("call", "metrics_get", "guests=web", "metrics=cpu", "chart=true", "--demo");
        assertThat(chart.out()).as(chart.err()).contains("No picture can be drawn here");
        assertThat(run("token", "add", "anna").out()).startsWith("pve-mcp_");
        Files.delete(root.resolve("var/lib/pve-mcp/.config/pve-mcp/tokens"));
    }

    @Test
    void as_it_stands_it_refuses_to_serve_without_tokens() throws Exception {
        var words = texts(config, "Cmd");
        assertThat(run(words.toArray(String[]::new)).err()).contains("make tokens with 'pve-mcp token add'");
    }

    @Test
    void it_has_a_user_a_health_check_that_can_fail_and_labels() throws Exception {
        assertThat(config.text("User")).contains("65532:65532");
        var check = texts(config.object("Healthcheck").orElseThrow(), "Test");
        assertThat(check.getFirst()).isEqualTo("CMD");
        var checked = Run.of(command(check.subList(1, check.size())), env());
        assumeTrue(checked.exit() != 99);
        assertThat(checked.err()).contains("nobody answers at http://127.0.0.1:8765/healthz");
        assertThat(checked.exit()).isEqualTo(1);
        assertThat(config.object("Labels").orElseThrow().text("org.opencontainers.image.licenses"))
                .contains("MIT");
    }
}
