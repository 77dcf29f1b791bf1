package pvemcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import pvemcp.tool.Definitions;

/// The launcher with a Java and a Maven that are shell scripts: what it finds, when it builds, and what it says
/// where.
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
    private static final String DEFINITIONS = "src/main/resources/" + Definitions.RESOURCE;

    /// Says how it was called. Trained, it answers each line with itself and leaves a cache, but not before it may.
    private static final String JAVA = """
            #!/bin/sh
            for word in "$@"; do
              case $word in
                -XX:AOTCacheOutput=*)
                  echo "trained $*" >> "${0%/bin/java}/trainings"
                  [ ! -e "${0%/bin/java}/cannot-train" ] || exit 1
                  while [ -e "${0%/bin/java}/wait" ]; do sleep 0.1; done
                  echo cache > "${word#*=}"
                  while IFS= read -r request; do echo "$request"; done
                  exit 0 ;;
              esac
            done
            echo "java ${0%/bin/java} $*"
            echo "launcher $PVE_MCP_LAUNCHER"
            """;

    private static final String MAVEN = """
            #!/bin/sh
            echo "[INFO] stdout of the build"
            echo built >> builds
            [ ! -e broken ] || { echo "[ERROR] Guest.java:[3] error: ';' expected"; exit 1; }
            mkdir -p target/lib
            echo jar > target/pve-mcp.jar
            """;

    @TempDir
    Path dir;

    private final Map<String, String> env = new TreeMap<>();

    @BeforeEach
    void nothingFromOutside() throws IOException {
        env.put("PATH", "/usr/bin:/bin");
        env.put("HOME", Files.createDirectory(dir.resolve("home")).toString());
        dir = dir.toRealPath();
    }

    @Test
    void the_java_it_is_told_to_use_comes_first() throws Exception {
        env.put("PVE_MCP_JAVA_HOME", jdk("told", "26.0.1"));
        env.put("JAVA_HOME", jdk("other", "27"));
        assertThat(run(installed()).out).startsWith("java " + dir.resolve("told") + " ");
    }

    @Test
    void an_old_java_it_is_told_to_use_is_refused_by_name() throws Exception {
        env.put("PVE_MCP_JAVA_HOME", jdk("old", "17.0.15"));
        var run = run(installed());
        assertThat(run.exit).isEqualTo(1);
        assertThat(run.out).isEmpty();
        assertThat(run.err).hasLineCount(1).contains(dir.resolve("old").toString(), "Java 25 or newer");
    }

    @Test
    void an_old_java_home_is_passed_over_for_the_path() throws Exception {
        env.put("JAVA_HOME", jdk("old", "1.8.0_412"));
        env.put("PATH", jdk("on-path", "25") + "/bin:/usr/bin:/bin");
        assertThat(run(installed()).out).startsWith("java " + dir.resolve("on-path") + " ");
    }

    @Test
    void the_java_on_the_path_is_followed_through_its_links() throws Exception {
        var bin = Files.createDirectory(dir.resolve("bin"));
        Files.createSymbolicLink(bin.resolve("java"), Path.of(jdk("linked", "25.0.3"), "bin", "java"));
        env.put("PATH", bin + ":/usr/bin:/bin");
        assertThat(run(installed()).out).startsWith("java " + dir.resolve("linked") + " ");
    }

    @Test
    void what_is_closed_stays_without_a_word_and_takes_no_file_of_the_jvms() throws Exception {
        var java = Path.of(jdk("jdk", "25"), "bin", "java");
        script(java, """
                #!/bin/sh
                for fd in 0 1 2; do { eval "true 9>&$fd"; } 2>/dev/null && echo "$fd is there" >>"$HOME/open"; done
                """);
        env.put("JAVA_HOME", dir.resolve("jdk").toString());

        var run = finish(start(Path.of("/bin/sh"), "-c", "exec " + installed() + " serve <&- >&- 2>&-"));

        assertThat(run.exit).isZero();
        assertThat(dir.resolve("home/open")).hasContent("0 is there\n1 is there\n2 is there\n");
    }

    @Test
    void the_newest_java_of_those_in_the_usual_folders_is_taken() throws Exception {
        for (var version : List.of("98.0.2", "99.0.1", "99.0.10", "99.0.9")) {
            jdk("home/.jdks/" + version, version);
        }
        assertThat(run(installed()).out).startsWith("java " + dir.resolve("home/.jdks/99.0.10") + " ");
    }

    @Test
    void it_runs_from_anywhere_through_links_and_in_folders_with_spaces() throws Exception {
        env.put("JAVA_HOME", jdk("jdk", "25"));
        var copy = Files.move(installed().getParent(), dir.resolve("a folder"));
        var first = Files.createSymbolicLink(dir.resolve("first"), Path.of("a folder/pve-mcp"));
        var second = Files.createSymbolicLink(dir.resolve("home/second"), first);
        assertThat(run(second, "call", "two words").out)
                .contains("-cp " + copy + "/pve-mcp.jar pvemcp.Main call two words")
                .contains("launcher " + copy + "/pve-mcp");
    }

    @Test
    void a_cache_is_used_only_by_the_java_and_the_jar_it_was_made_for() throws Exception {
        env.put("JAVA_HOME", jdk("first", "25.0.1"));
        var launcher = installed();
        assertThat(run(launcher).out).doesNotContain("AOTCache");
        assertThat(run(launcher).out).contains("-XX:AOTCache=" + launcher.resolveSibling("pve-mcp.aot"));
        assertThat(lines("first/trainings")).isEqualTo(1);

        env.put("JAVA_HOME", jdk("second", "25.0.2"));
        assertThat(run(launcher).out).doesNotContain("AOTCache");
        assertThat(run(launcher).out).contains("AOTCache");
        assertThat(lines("second/trainings")).isEqualTo(1);

        // A jar older than the one before, as an archive brings it.
        Files.setLastModifiedTime(
                launcher.resolveSibling("pve-mcp.jar"), FileTime.from(Instant.parse("2020-01-01T00:00:00Z")));
        assertThat(run(launcher).out).doesNotContain("AOTCache");
        assertThat(lines("second/trainings")).isEqualTo(2);
    }

    @Test
    void nobody_waits_for_a_cache_and_starts_at_the_same_time_make_one() throws Exception {
        env.put("JAVA_HOME", jdk("jdk", "25"));
        var wait = Files.createFile(dir.resolve("jdk/wait"));
        var launcher = installed();
        for (int i = 0; i < 4; i++) {
            var run = finish(start(launcher));
            assertThat(run.out).startsWith("java ").doesNotContain("AOTCache");
            assertThat(run.err).isEmpty();
        }
        Files.delete(wait);
        awaitBackground();
        assertThat(run(launcher).out).contains("AOTCache");
        assertThat(lines("jdk/trainings")).isEqualTo(1);
    }

    @Test
    void a_client_that_kills_all_it_started_leaves_nothing_that_is_taken_for_a_cache() throws Exception {
        env.put("JAVA_HOME", jdk("jdk", "25"));
        var wait = Files.createFile(dir.resolve("jdk/wait"));
        var launcher = installed();
        for (int delay : List.of(0, 5, 10, 20, 40)) {
            var start = start(Path.of("/usr/bin/env"), "setsid", launcher.toString());
            start.waitFor(delay, TimeUnit.MILLISECONDS);
            new ProcessBuilder("/bin/kill", "-KILL", "--", "-" + start.pid())
                    .start()
                    .waitFor();
            assertThat(finish(start(launcher)).out).startsWith("java ").doesNotContain("AOTCache");
        }
        Files.delete(wait);
        awaitBackground();
        run(launcher);
        assertThat(run(launcher).out).contains("AOTCache");
    }

    @Test
    void a_cache_that_came_with_a_runtime_is_taken_for_the_very_same_jars() throws Exception {
        var runtime = Path.of(jdk("@pve-mcp/runtime-linux-x64/runtime", "25.0.3"));
        var along = Files.createDirectory(runtime.resolve("lib")).resolve("pve-mcp.aot");
        var launcher = installed();
        Files.writeString(along, "cache");
        var sums = new ProcessBuilder("/bin/sh", "-c", "cksum pve-mcp.jar lib/*.jar >" + along + ".for")
                .directory(launcher.getParent().toFile())
                .start();
        assertThat(sums.waitFor()).isZero();

        assertThat(run(launcher).out).contains("-XX:AOTCache=" + launcher.resolveSibling("pve-mcp.aot"));
        assertThat(runtime.resolve("trainings")).doesNotExist();

        Files.writeString(launcher.resolveSibling("pve-mcp.jar"), "another");
        assertThat(run(launcher).out).doesNotContain("AOTCache");
        assertThat(runtime.resolve("trainings")).exists();
        assertThat(along).hasContent("cache");
    }

    @Test
    void a_package_with_a_runtime_of_its_own_looks_for_no_other_and_trusts_its_cache() throws Exception {
        env.put("PVE_MCP_JAVA_HOME", jdk("told", "17.0.15"));
        var launcher = installed();
        var runtime = Path.of(jdk("installed/runtime", "25.0.3"));
        Files.writeString(launcher.resolveSibling("pve-mcp.aot"), "cache");
        Files.delete(launcher.resolveSibling("prepare"));

        var run = run(launcher);

        assertThat(run.err).isEmpty();
        assertThat(run.out)
                .startsWith("java " + runtime + " ")
                .contains("-XX:AOTCache=" + launcher.resolveSibling("pve-mcp.aot"));
        assertThat(runtime.resolve("trainings")).doesNotExist();
    }

    @Test
    void a_package_whose_files_get_new_dates_makes_its_cache_with_its_own_runtime() throws Exception {
        env.put("JAVA_HOME", jdk("other", "27"));
        var launcher = installed();
        var runtime = Path.of(jdk("installed/runtime", "25.0.3"));

        assertThat(run(launcher).out).startsWith("java " + runtime + " ");
        assertThat(run(launcher).out).contains("-XX:AOTCache=" + launcher.resolveSibling("pve-mcp.aot"));
        assertThat(lines("installed/runtime/trainings")).isEqualTo(1);
    }

    @Test
    void a_runtime_that_npm_put_beside_it_comes_before_a_search() throws Exception {
        env.put("PATH", jdk("on-path", "26") + "/bin:/usr/bin:/bin");
        var launcher = installed();
        var runtime = jdk("@pve-mcp/runtime-linux-x64/runtime", "25.0.3");
        assertThat(run(launcher).out).startsWith("java " + runtime + " ");

        env.put("JAVA_HOME", jdk("meant", "26"));
        assertThat(run(launcher).out).startsWith("java " + dir.resolve("meant") + " ");
    }

    @Test
    void without_a_cache_it_runs_all_the_same_and_does_not_try_again() throws Exception {
        env.put("JAVA_HOME", jdk("jdk", "25"));
        Files.createFile(dir.resolve("jdk/cannot-train"));
        var launcher = installed();
        var run = run(launcher);
        assertThat(run.exit).isZero();
        assertThat(run.out).startsWith("java ").doesNotContain("AOTCache");
        assertThat(run(launcher).err).isEmpty();
        assertThat(lines("jdk/trainings")).isEqualTo(1);
    }

    @Test
    void a_checkout_is_built_once_and_again_when_a_source_has_changed() throws Exception {
        env.put("JAVA_HOME", jdk("jdk", "25"));
        var launcher = checkout();
        var first = run(launcher);
        assertThat(first.out).startsWith("java ").doesNotContain("stdout of the build");
        assertThat(first.err).contains("building").contains("built");
        assertThat(run(launcher).err).isEmpty();
        assertThat(lines("checkout/builds")).isEqualTo(1);

        Files.setLastModifiedTime(
                dir.resolve("checkout/src/main/java/Guest.java"), FileTime.from(Instant.parse("2100-01-01T00:00:00Z")));
        run(launcher);
        assertThat(lines("checkout/builds")).isEqualTo(2);
    }

    @Test
    void a_checkout_is_trained_with_the_jar_where_it_stays() throws Exception {
        env.put("JAVA_HOME", jdk("jdk", "25"));
        run(checkout());
        assertThat(Files.readString(dir.resolve("jdk/trainings")))
                .contains("-cp " + dir.resolve("checkout/target/app/pve-mcp.jar"));
    }

    @Test
    void a_build_that_fails_shows_its_errors_and_keeps_stdout_clean() throws Exception {
        env.put("JAVA_HOME", jdk("jdk", "25"));
        var launcher = checkout();
        Files.createFile(dir.resolve("checkout/broken"));
        var run = run(launcher);
        assertThat(run.exit).isEqualTo(1);
        assertThat(run.out).isEmpty();
        assertThat(run.err).contains("build failed", "target/build.log", "Guest.java:[3] error: ';' expected");
    }

    @Test
    void starts_at_the_same_time_build_once() throws Exception {
        env.put("JAVA_HOME", jdk("jdk", "25"));
        var launcher = checkout();
        var starts = new ArrayList<Process>();
        for (int i = 0; i < 4; i++) {
            starts.add(start(launcher));
        }
        for (var start : starts) {
            assertThat(finish(start).out).startsWith("java ");
        }
        assertThat(lines("checkout/builds")).isEqualTo(1);
    }

    @Test
    void a_lock_whose_owner_is_gone_is_taken_over() throws Exception {
        env.put("JAVA_HOME", jdk("jdk", "25"));
        var launcher = checkout();
        var gone = new ProcessBuilder("true").start();
        gone.waitFor();
        Files.createDirectory(dir.resolve("checkout/target"));
        Files.createSymbolicLink(dir.resolve("checkout/target/.preparing"), Path.of("pid-" + gone.pid()));
        assertThat(run(launcher).out).startsWith("java ");
    }

    private String jdk(String name, String version) throws IOException {
        var home = Files.createDirectories(dir.resolve(name));
        Files.writeString(home.resolve("release"), """
                IMPLEMENTOR="Somebody"
                JAVA_VERSION="%s"
                """.formatted(version));
        script(Files.createDirectory(home.resolve("bin")).resolve("java"), JAVA);
        return home.toString();
    }

    /// A copy without sources: the jar beside the script.
    private Path installed() throws IOException {
        var home = Files.createDirectory(dir.resolve("installed"));
        Files.writeString(home.resolve("pve-mcp.jar"), "jar");
        Files.writeString(Files.createDirectory(home.resolve("lib")).resolve("library.jar"), "jar");
        for (var file : List.of("prepare", "training.jsonl")) {
            Files.copy(Path.of("src/launcher", file), home.resolve(file));
        }
        return Files.copy(Path.of("pve-mcp"), home.resolve("pve-mcp"));
    }

    private Path checkout() throws IOException {
        var home = Files.createDirectory(dir.resolve("checkout"));
        Files.createDirectories(home.resolve("src/main/java"));
        Files.createDirectories(home.resolve("src/launcher"));
        Files.writeString(home.resolve("src/main/java/Guest.java"), "class Guest {}");
        Files.writeString(home.resolve("pom.xml"), "<project/>");
        script(home.resolve("mvnw"), MAVEN);
        Files.createDirectories(home.resolve(DEFINITIONS).getParent());
        for (var file : List.of("src/launcher/prepare", "src/launcher/training.jsonl", DEFINITIONS)) {
            Files.copy(Path.of(file), home.resolve(file));
        }
        return Files.copy(Path.of("pve-mcp"), home.resolve("pve-mcp"));
    }

    private static void script(Path file, String text) throws IOException {
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private record Run(int exit, String out, String err) {}

    private Run run(Path launcher, String... args) throws Exception {
        var run = finish(start(launcher, args));
        awaitBackground();
        return run;
    }

    /// Until nothing runs any more that was started from here. One look is not enough: it misses a process that has
    /// just been forked by another that has ended, and one that is about to become another program.
    @AfterEach
    void awaitBackground() throws InterruptedException {
        var end = System.nanoTime() + TimeUnit.MINUTES.toNanos(5);
        int clear = 0;
        while (clear < 5) {
            clear = isBusy() ? 0 : clear + 1;
            assertThat(System.nanoTime()).as("in the background of %s", dir).isLessThan(end);
            Thread.sleep(10);
        }
    }

    private boolean isBusy() {
        return ProcessHandle.allProcesses()
                .anyMatch(process -> process.info().commandLine().orElse("").contains(dir.toString()));
    }

    private Process start(Path launcher, String... args) throws IOException {
        var command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(args));
        var builder = new ProcessBuilder(command).directory(dir.resolve("home").toFile());
        builder.environment().clear();
        builder.environment().putAll(env);
        var process = builder.start();
        process.getOutputStream().close();
        return process;
    }

    private static Run finish(Process process) throws Exception {
        var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        var err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Run(process.exitValue(), out, err);
    }

    private long lines(String file) throws IOException {
        try (var lines = Files.lines(dir.resolve(file))) {
            return lines.count();
        }
    }
}
