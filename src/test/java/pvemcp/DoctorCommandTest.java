package pvemcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import pvemcp.cli.Exit;
import pvemcp.sim.Credentials;
import pvemcp.sim.PveSim;
import pvemcp.sim.time.SimTime;
import pvemcp.sim.world.Acl;
import pvemcp.sim.world.BackupServer.Job;
import pvemcp.sim.world.User;
import pvemcp.untrusted.Reading;

/// `pve-mcp doctor`: the whole way to a cluster, and what is in the way.
class DoctorCommandTest extends CommandLine {
    @Test
    void the_doctor_goes_the_whole_way_and_says_what_the_token_may() throws IOException {
        try (var _ = simulator()) {
            var told = run("doctor");

            assertThat(told.status()).isEqualTo(Exit.OK);
            assertThat(told.out())
                    .contains("the certificate is trusted (pinned)", "Proxmox VE 9.2", "guests", "policy denies");
        }
    }

    @Test
    void the_doctor_names_the_commands_that_would_give_the_token_a_right() throws IOException {
        try (var sim = PveSim.start(
                cluster -> {
                    cluster.addNode("pve1");
                    cluster.access.users.put("look@pve", new User("look@pve"));
                    cluster.access.grant(new Acl("/", Acl.Kind.USER, "look@pve", "PVEAuditor", true));
                    return Credentials.token(cluster, "look@pve", "agent");
                },
                SimTime.byHand(Instant.parse("2026-11-21T12:00:00Z")))) {
            configure(sim);

            var told = run("doctor", "--fix");

            assertThat(told.out()).containsPattern("guests +yes +no +no");
            assertThat(told.out())
                    .contains("pveum role add McpGuestsOperate --privs 'VM.Audit VM.GuestAgent.Audit VM.PowerMgmt'")
                    .contains("pveum acl modify /vms --users 'look@pve' --roles McpGuestsOperate")
                    .contains("pveum acl modify /vms --tokens 'look@pve!agent' --roles McpGuestsOperate")
                    .containsPattern("[0-9]+ of 30 tools are not listed")
                    .contains("without VM.PowerMgmt: pve_guest_power");
            assertThat(run("tools").out())
                    .contains("clients do not see", "without VM.PowerMgmt: pve_guest_power")
                    .contains("pveum acl modify /vms --tokens 'look@pve!agent' --roles PVEVMUser")
                    .contains("pveum role add McpSysModify --privs Sys.Modify && pveum acl modify / --tokens");
        }
    }

    @Test
    void the_doctor_shows_how_to_pin_a_certificate_that_is_not_trusted() throws IOException {
        try (var sim = simulator()) {
            env.remove("PVE_MCP_FINGERPRINT");

            var told = run("doctor");

            assertThat(told.status()).isEqualTo(Exit.UNREACHABLE);
            assertThat(told.out())
                    .contains("the certificate is not trusted")
                    .contains("fingerprint = \"" + sim.fingerprint() + "\"");
            assertThat(run("call", "node_list").status()).isEqualTo(Exit.UNREACHABLE);
        }
    }

    @Test
    void the_doctor_tells_a_wrong_secret_from_a_host_that_is_not_there() throws IOException {
        try (var _ = simulator()) {
            env.put("PVE_MCP_TOKEN_SECRET", "wrong");
            var refused = run("doctor");
            assertThat(refused.status()).isEqualTo(Exit.UNREACHABLE);
            assertThat(refused.out()).contains("it does not let us in").doesNotContain("wrong");

            env.put("PVE_MCP_URL", "https://127.0.0.1:1");
            var away = run("doctor");
            assertThat(away.status()).isEqualTo(Exit.UNREACHABLE);
            assertThat(away.out()).contains("it is not reached");
        }
    }

    @Test
    void the_doctor_says_why_nothing_but_reads_gets_through() throws IOException {
        try (var _ = simulator()) {
            var state = directory.resolve("state");
            env.put("PVE_MCP_STATE_DIRECTORY", state.toString());
            run("freeze", "a", "disk", "is", "replaced");
            var frozen = run("doctor");
            assertThat(frozen.status()).isEqualTo(Exit.OK);
            assertThat(frozen.out()).containsPattern("! it is stopped since .*: a disk is replaced; .*unfreeze");

            // What is left of the file on a full disk.
            Files.writeString(state.resolve("frozen"), "");
            assertThat(run("doctor").out()).contains("it is stopped with no word of when and why");

            env.put(
                    "PVE_MCP_STATE_DIRECTORY",
                    Files.createFile(directory.resolve("taken")).toString());
            var taken = run("doctor");
            assertThat(taken.status()).isEqualTo(Exit.FAILED);
            assertThat(taken.out()).contains("✗ state.directory cannot be written: ", "something else is in its place");
        }
    }

    @Test
    void a_stop_holds_whose_words_cannot_be_written_down() throws IOException {
        try (var _ = simulator()) {
            var state = Files.createDirectory(directory.resolve("state"));
            Files.createDirectory(state.resolve("frozen"));
            env.put("PVE_MCP_STATE_DIRECTORY", state.toString());

            assertThat(run("freeze").out()).startsWith("frozen");
            assertThat(run("api", "write", "POST", "/pools", "params=poolid=shop", "--yes")
                            .err())
                    .contains("refused (frozen)");
        }
    }

    @Test
    void the_doctor_says_what_each_backup_server_shows() throws IOException {
        try (var sim = simulator()) {
            backedUp(sim);
            var now = Instant.now();
            sim.change(cluster -> {
                var server = cluster.backupServer;
                server.add("main", 4L << 40, 3L << 40);
                var ended = Optional.of(now.minus(Duration.ofHours(6)));
                var next = Optional.of(now.plus(Duration.ofHours(18)));
                server.add(
                        new Job("verify", "v-main", "main", "daily", ended, next, "disk on fire"),
                        List.of("disk on fire", "OK"));
                server.add(new Job("prune", "p-main", "main", "daily", ended, next, "OK"), List.of("OK"));
            });

            var told = run("doctor");

            assertThat(told.status()).isEqualTo(Exit.OK);
            assertThat(told.out())
                    .contains("backup server 'vault' as mcp@pbs!sim", "Proxmox Backup Server 4.0")
                    .contains("datastore main is used to 75 % of 4 TiB", "garbage collection: 0 jobs")
                    .contains("!   verify v-main on main: disk on fire; last ended well ", "prune: 1 job\n")
                    .doesNotContain(sim.backupServer().token().secret());

            sim.change(cluster -> cluster.backupServer.showsTasks = false);
            assertThat(run("doctor").out())
                    .contains("acl update /system/tasks Audit --auth-id 'mcp@pbs!sim'")
                    .contains("verify v-main on main: disk on fire");
        }
    }

    @Test
    void the_doctor_says_what_keeps_a_backup_server_from_showing_anything() throws IOException {
        try (var sim = simulator()) {
            backedUp(sim);
            sim.change(cluster -> cluster.backupServer.isShown = false);
            var blind = run("doctor");
            assertThat(blind.status()).isEqualTo(Exit.FAILED);
            assertThat(blind.out()).contains("acl update /datastore DatastoreAudit --auth-id 'mcp@pbs!sim'");

            env.put("PVE_MCP_BACKUP_VAULT_TOKEN_SECRET", "falsches");
            var refused = run("doctor");
            assertThat(refused.status()).isEqualTo(Exit.UNREACHABLE);
            assertThat(refused.out())
                    .contains("Proxmox VE 9.2", "it does not let us in: authentication failed", "list-tokens")
                    .doesNotContain("falsches");

            env.remove("PVE_MCP_BACKUP_VAULT_FINGERPRINT");
            assertThat(run("doctor").out())
                    .contains(
                            "[backup.vault]",
                            "fingerprint = \"" + sim.backupServer().fingerprint() + "\"");

            env.put("PVE_MCP_BACKUP_VAULT_URL", "https://127.0.0.1:1");
            assertThat(run("doctor").out()).contains("it is not reached");
        }
    }

    @Test
    void nothing_that_a_backup_server_tells_the_doctor_hides_anything() {
        try (var sim = simulator()) {
            backedUp(sim);
            sim.change(cluster -> {
                var odd = "x\u001b[2J\u202e\u200b\u009b";
                var server = cluster.backupServer;
                server.add("main" + odd, 4L << 40, 3L << 40);
                server.add("broken", 1, 1).broken = "gone\n\u2713 all is well" + odd;
                var ended = Optional.of(cluster.now().minus(Duration.ofHours(6)));
                server.add(new Job("verify", "v" + odd, "main", "daily", ended, ended, odd), List.of(odd));
            });

            var told = run("doctor").out();

            assertThat(told).contains("datastore main", "verify v", "cannot be looked at: gone");
            assertThat(Reading.hidden(told)).isEmpty();
            assertThat(told.lines()).noneMatch(line -> line.strip().startsWith("\u2713 all is well"));
        }
    }

    @Test
    void the_doctor_passes_notices_on() {
        env.put("PROXMOX_URL", "https://127.0.0.1:1/api2/json");
        env.put("PROXMOX_API_TOKEN", "mcp@pve!agent=s3cret");
        env.put("PROXMOX_INSECURE", "true");

        assertThat(run("doctor").out())
                .contains("PROXMOX_INSECURE=true is not followed")
                .contains("PVE_MCP_FINGERPRINT");
    }
}
