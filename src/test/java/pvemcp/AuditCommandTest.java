package pvemcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pvemcp.audit.AuditLog;
import pvemcp.cli.Exit;
import pvemcp.json.Json;

/// `pve-mcp audit …` as it is typed.
class AuditCommandTest {
    private static final String TASK = "UPID:pve1:0000A1B2:00C0FFEE:69206F00:qmstop:101:mcp@pve!agent:";

    @TempDir
    Path directory;

    private Path file() {
        return directory.resolve("audit.jsonl");
    }

    @Test
    void a_log_without_a_line_has_no_call_to_show() throws IOException {
        var empty = Files.createFile(directory.resolve("empty.jsonl")).toString();

        var shown = run("audit", "tail", "--file", empty);
        assertThat(shown.out()).isEmpty();
        assertThat(shown.err()).contains("no call is in it");
        assertThat(run("audit", "verify", "--file", empty).out()).startsWith("✓ there is no line yet");
        assertThat(run("audit", "tail", "-n", "0").status()).isEqualTo(Exit.USAGE);
    }

    @BeforeEach
    void a_call_was_held_agreed_to_and_made() throws IOException {
        var clock = Clock.fixed(Instant.parse("2026-11-21T12:00:00.123456789Z"), ZoneOffset.UTC);
        try (var log = new AuditLog(file(), clock)) {
            var call = Json.obj(
                    "tool", "pve_guest_power",
                    "principal", "stdio",
                    "client", "=cmd()",
                    "arguments", Json.obj("guest", "web", "action", "stop"),
                    "tier", "OPERATE",
                    "targets", List.of("VM 101 'web, \"old\"' on pve1"),
                    "ticket", "0123456789ab");
            log.note(Json.obj("event", "end", "call", call, "result", "held"));
            var agreed = call.with("agreed_by", "user");
            long begin = log.record(Json.obj("event", "begin", "call", agreed));
            log.note(Json.obj("event", "task", "begin", begin, "task", TASK));
            log.record(
                    Json.obj("event", "end", "begin", begin, "call", agreed, "result", "done", "tasks", List.of(TASK)));
            log.note(Json.obj("event", "end", "call", Json.obj("tool", "pve_guest_list"), "result", "done"));
        }
    }

    @Test
    void open_names_calls_whose_process_is_gone() throws IOException {
        assertThat(run("audit", "open").out()).contains("no call is open");
        try (var log = new AuditLog(file(), Clock.systemUTC())) {
            var call = Json.obj("tool", "pve_guest_delete", "targets", List.of("VM 101"), "cluster", "default");
            log.record(Json.obj("event", "begin", "process", "999999999 1").with("call", call));
        }
        var open = run("audit", "open");
        assertThat(open.status()).isEqualTo(Exit.OK);
        assertThat(open.out()).contains("pve_guest_delete", "VM 101", "its process is gone");
    }

    @Test
    void verify_says_that_it_is_whole_and_with_which_status() throws IOException {
        var good = run("audit", "verify");
        assertThat(good.out()).contains("✓ lines 1 to 6 follow on each other, 1 of them signed checkpoints");
        assertThat(good.status()).isEqualTo(Exit.OK);
        assertThat(run("audit", "verify", "--key", file() + ".pub").status()).isEqualTo(Exit.OK);

        Files.writeString(file(), Files.readString(file()).replace("\"stop\"", "\"start\""));
        var changed = run("audit", "verify");
        assertThat(changed.out()).contains("✗ audit.jsonl: line 2 does not follow");
        assertThat(changed.status()).isEqualTo(Exit.FAILED);
        var json = (Json.Obj) Json.parse(run("audit", "verify", "--json").out());
        assertThat(json.flag("good")).contains(false);

        assertThat(run("audit", "verify", "--file", directory.resolve("none").toString())
                        .status())
                .isEqualTo(Exit.USAGE);
        assertThat(run("audit").status()).isEqualTo(Exit.USAGE);
    }

    @Test
    void tail_shows_the_last_calls() throws IOException {
        assertThat(run("audit", "tail").out().lines())
                .hasSize(4)
                .last()
                .asString()
                .contains("pve_guest_list");
        assertThat(run("audit", "tail", "-n", "1", "--changes").out())
                .contains("pve_guest_power", "101 'web", "user")
                .doesNotContain("pve_guest_list");
        try (var log = new AuditLog(file(), Clock.systemUTC())) {
            log.note(Json.obj("event", "end", "result", "failed cancelled: the waiting for a task was called off"));
        }
        assertThat(run("audit", "tail", "-n", "1").out())
                .contains("failed cancelled")
                .doesNotContain("waiting");
        var line = (Json.Obj)
                Json.parse(run("audit", "tail", "--changes", "--json").out().strip());
        assertThat(line.whole("begin")).contains(2L);
    }

    @Test
    void show_finds_a_call_by_line_by_ticket_and_by_task() {
        for (var word : List.of("2", "4", "0123456789ab", TASK)) {
            var shown = run("audit", "show", word, "--json");
            assertThat(shown.out().lines()).as(word).hasSize(4);
        }
        assertThat(run("audit", "show", "2").out()).contains("agreed_by", "user", TASK);
        assertThat(run("audit", "show", "4711").status()).isEqualTo(Exit.FAILED);
    }

    @Test
    void export_gives_json_lines_that_can_be_verified_elsewhere() throws IOException {
        var copy = directory.resolve("copy.jsonl");
        Files.writeString(copy, run("audit", "export").out());
        var found = run("audit", "verify", "--file", copy.toString(), "--key", file() + ".pub");
        assertThat(found.out()).contains("✓ lines 1 to 6");
        assertThat(run("audit", "export", "--after", "4").out().lines()).hasSize(2);
        assertThat(run("audit", "export", "--format", "xml").status()).isEqualTo(Exit.USAGE);
    }

    @Test
    void export_as_csv_has_no_formulas_in_it() {
        var lines = run("audit", "export", "--format", "csv").out().lines().toList();
        assertThat(lines).hasSize(7);
        assertThat(lines.getFirst()).startsWith("seq,time,event,tool,");
        assertThat(lines.get(1)).contains(",'=cmd(),").contains("\"VM 101 'web, \"\"old\"\"' on pve1\"");
    }

    @Test
    void export_as_syslog_follows_rfc_5424() {
        var lines = run("audit", "export", "--format", "syslog").out().lines().toList();
        assertThat(lines)
                .allMatch(line -> line.matches("<\\d{3}>1 2026-11-21T12:00:00.123456Z - pve-mcp - [a-z]+ "
                        + "\\[meta sequenceId=\"\\d+\"] \uFEFF\\{.*}"));
        // 13 is "log audit"; an intent and its end are notices, all else informational.
        assertThat(lines)
                .extracting(line -> line.substring(0, 5))
                .containsExactly("<110>", "<109>", "<109>", "<109>", "<110>", "<110>");
    }

    private Ended run(String... args) {
        return Ended.of(Map.of("PVE_MCP_AUDIT_FILE", file().toString()), directory, args);
    }
}
