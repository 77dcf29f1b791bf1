package pvemcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Clock;
import org.junit.jupiter.api.Test;
import pvemcp.audit.AuditLog;
import pvemcp.cli.Exit;
import pvemcp.json.Json;

/// `pve-mcp audit reconcile` as it is typed.
class ReconcileCommandTest extends CommandLine {
    @Test
    void reconcile_tells_what_became_of_calls_that_died_and_what_stays_open() throws IOException {
        try (var sim = homelab()) {
            var rebooted = run("call", "guest_power", "web", "reboot", "--yes").out();
            var task = rebooted.replaceFirst("(?s).*(UPID:\\S+).*", "$1");
            try (var log = new AuditLog(directory.resolve("audit.jsonl"), Clock.systemUTC())) {
                var died = Json.obj("event", "begin", "process", "999999999 1");
                var call = Json.obj("tool", "pve_guest_power", "as", sim.token().id());
                long begin = log.record(died.with("call", call.with("cluster", "default")));
                log.note(Json.obj("event", "task", "begin", begin, "task", task));
                log.record(died.with("call", call.with("cluster", "elsewhere")));
            }

            var reconciled = run("audit", "reconcile");

            assertThat(reconciled.status()).isEqualTo(Exit.OK);
            assertThat(reconciled.out())
                    .contains("pve_guest_power: found done: all tasks", "left open", "its process is gone");
            assertThat(run("audit", "reconcile").out()).startsWith("nothing to write down");
        }
    }
}
