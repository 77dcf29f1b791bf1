package pvemcp.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.stream.JsonReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pvemcp.gate.Commons;
import pvemcp.gate.Policy;
import pvemcp.lab.ClassPath;
import pvemcp.lab.Lab;
import pvemcp.lab.LabAssert;
import pvemcp.lab.Scenes;
import pvemcp.tool.Tier;
import pvemcp.tool.ToolResult;

/// Budgets and tickets of several servers on one machine.
class SharedFilesTest {
    @TempDir
    private Path state;

    private static LabAssert that(ToolResult result) {
        return LabAssert.assertThat(result);
    }

    private Process process() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        ClassPath.of(SharingProcess.class, SharedFiles.class, JsonReader.class),
                        SharingProcess.class.getName(),
                        state.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static List<String> output(Process process) throws IOException {
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII)
                .lines()
                .toList();
    }

    @Test
    void two_processes_use_no_ticket_twice_and_have_one_budget_between_them() throws IOException {
        var one = process();
        var other = process();
        var all = new ArrayList<>(output(one));
        all.addAll(output(other));
        assertThat(all).filteredOn("end"::equals).hasSize(2);
        assertThat(all)
                .filteredOn(line -> line.startsWith("ticket "))
                .hasSize(SharingProcess.TICKETS)
                .doesNotHaveDuplicates();
        assertThat(all).filteredOn("counted"::equals).hasSize(SharingProcess.LIMIT);
    }

    @Test
    void a_process_that_is_killed_holds_nobody_up() throws IOException, InterruptedException {
        for (int kill = 0; kill < 3; kill++) {
            var killed = process();
            try (var lines = killed.inputReader()) {
                var line = lines.readLine();
                while (line != null && !line.equals("counted")) {
                    line = lines.readLine();
                }
                assertThat(line).isEqualTo("counted");
                killed.destroyForcibly().waitFor();
            }
        }
        var shared = new SharedFiles(state, Clock.systemUTC());
        var now = Clock.systemUTC().instant();
        var call = new Commons.Done(now, Tier.CHANGE, Set.of("101"));
        assertThat(shared.count("test", now.minus(Duration.ofHours(1)), call, SharingProcess::over))
                .isEmpty();
        var counted = output(process()).stream().filter("counted"::equals).count();
        assertThat(counted).isBetween(0L, SharingProcess.LIMIT - 4L);
    }

    @Test
    void half_a_line_of_a_crash_counts_nothing_and_spoils_nothing() throws IOException {
        var shared = new SharedFiles(state, Clock.systemUTC());
        var now = Clock.systemUTC().instant();
        var since = now.minus(Duration.ofHours(1));
        var call = new Commons.Done(now, Tier.DESTROY, Set.of("101"));
        shared.count("test", since, call, _ -> Optional.empty());
        try (var files = Files.list(state.resolve("shared"))) {
            var file = files.filter(path -> path.getFileName().toString().startsWith("done-"))
                    .findFirst()
                    .orElseThrow();
            Files.writeString(file, "\n{\"at\":\"2026-", StandardOpenOption.APPEND);
        }
        shared.count("test", since, call, _ -> Optional.empty());
        shared.count("test", since, call, before -> {
            assertThat(before).hasSize(2);
            return Optional.of("seen");
        });
    }

    @Test
    void a_budget_goes_on_in_the_next_server() {
        try (var lab = Lab.of(Scenes.small()).sharing(state).policy(SharedFilesTest::twoChanges)) {
            for (int i = 0; i < 2; i++) {
                that(lab.call("pve_guest_set", "guest", "web", "cores", 2 + i)).isDone();
            }
            lab.sharing(state);
            that(lab.call("pve_guest_set", "guest", "web", "cores", 4)).isRefusedBy("policy.limit.change");
            lab.advance(Duration.ofMinutes(61));
            that(lab.call("pve_guest_set", "guest", "web", "cores", 4)).isDone();
        }
    }

    private static Policy twoChanges(Policy open) {
        return new Policy(
                open.tiers(),
                open.rules(),
                open.protect(),
                open.restraints(),
                new Policy.Limits(10, 2, 100, 5, 10, 4, 1, Duration.ofSeconds(10)),
                open.toolsets(),
                open.unasked());
    }

    @Test
    void a_ticket_of_one_server_is_good_once_with_another() {
        try (var lab =
                Lab.of(Scenes.small()).sharing(state).policy(open -> open.with(Tier.OPERATE, Policy.Answer.ASK))) {
            var ticket = Lab.yes(lab.call("pve_guest_power", "guest", "web", "action", "reboot"));
            lab.sharing(state);
            that(lab.call("pve_guest_power", "guest", "web", "action", "reboot", "confirm", ticket))
                    .isDone();
            that(lab.call("pve_guest_power", "guest", "web", "action", "reboot", "confirm", ticket))
                    .failsWith("ticket_refused");
            lab.sharing(state);
            that(lab.call("pve_guest_power", "guest", "web", "action", "reboot", "confirm", ticket))
                    .failsWith("ticket_refused");
        }
    }

    @Test
    void another_server_sees_that_something_has_changed_since() {
        try (var lab =
                Lab.of(Scenes.small()).sharing(state).policy(open -> open.with(Tier.OPERATE, Policy.Answer.ASK))) {
            var ticket = Lab.yes(lab.call("pve_guest_power", "guest", "web", "action", "reboot"));
            lab.sharing(state)
                    .advance(Duration.ofSeconds(20))
                    .with(cluster -> cluster.guest(101).config.put("cores", "7"));
            that(lab.call("pve_guest_power", "guest", "web", "action", "reboot", "confirm", ticket))
                    .failsWith("conflict")
                    .saying("this is not as it was when it was agreed to");
        }
    }

    @Test
    void where_nobody_can_tell_what_was_done_nothing_is_done() throws IOException {
        Files.createDirectory(
                state.resolve("shared"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxrwx---")));
        try (var lab = Lab.of(Scenes.small()).sharing(state)) {
            that(lab.call("pve_guest_set", "guest", "web", "cores", 2)).failsWith("state_unavailable");
            that(lab.call("pve_guest_get", "guest", "web")).isDone();
            assertThat(lab.requests()).noneMatch(request -> !request.startsWith("GET"));
        }
        var shared = new SharedFiles(state, Clock.systemUTC());
        assertThatThrownBy(shared::key).isInstanceOf(IOException.class);
    }
}
