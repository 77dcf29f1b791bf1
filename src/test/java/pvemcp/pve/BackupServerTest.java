package pvemcp.pve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import pvemcp.json.Json;
import pvemcp.lab.Scenes;
import pvemcp.sim.PveSim;
import pvemcp.sim.time.SimTime;
import pvemcp.sim.world.BackupServer.Job;
import pvemcp.sim.world.BackupServer.Kept;
import pvemcp.sim.world.Storage;
import pvemcp.sim.world.StorageType;

/// What a backup server tells, over the client's own way to it.
class BackupServerTest {
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

    private final PveSim sim = PveSim.start(Scenes.small(), SimTime.byHand(NOON));

    @AfterEach
    void close() {
        sim.close();
    }

    private BackupServer server() {
        return server(sim.backupServer().token().secret(), sim.backupServer().fingerprint());
    }

    private BackupServer server(String secret, String fingerprint) {
        var url = URI.create(sim.backupServer().url());
        var trust = new Connection.Trust.Fingerprints(List.of(fingerprint));
        var token =
                new Connection.Credential.BackupToken(sim.backupServer().token().id(), new Secret(secret));
        var connection = new Connection("vault", List.of(url), token, trust, Duration.ofSeconds(60));
        var address = BackupServer.Address.of(url, List.of(), trust);
        return new BackupServer("vault", address, new HttpTransport(connection, Clock.systemUTC()));
    }

    @Test
    void it_has_what_the_storage_of_the_cluster_lists() {
        sim.change(cluster -> {
            cluster.backupServer.add("main", 4_000, 1_000);
            var storage = new Storage("pbs", StorageType.PBS);
            storage.options.put("server", cluster.backupServer.address);
            storage.options.put("datastore", "main");
            storage.options.put("namespace", "house");
            cluster.storages.put("pbs", storage);
            storage.add("pve1", "backup/vm/101/2026-11-21T02:00:00Z", 1 << 20, 1 << 20, NOON.minusSeconds(36_000))
                    .verification = "failed";
        });

        var server = server();

        assertThat(server.namespaces("main")).containsExactly("", "house");
        assertThat(server.snapshots("main", "")).isEmpty();
        assertThat(server.snapshots("main", "house")).singleElement().satisfies(snapshot -> {
            assertThat(snapshot.path()).isEqualTo("vm/101/2026-11-21T02:00:00Z");
            assertThat(snapshot.vmid()).contains(101);
            assertThat(snapshot.verified()).isEqualTo("failed");
            assertThat(snapshot.verifiedBy()).startsWith("UPID:pbs:");
        });
        assertThat(server.datastores())
                .singleElement()
                .satisfies(store -> assertThat(store.use()).contains(Percent.ofFraction(0.25)));
    }

    @Test
    void an_estimate_that_no_calendar_has_is_none() {
        sim.change(cluster -> cluster.backupServer.add("main", 4_000, 1_000).full =
                Optional.of(Instant.ofEpochSecond(31_000_000_000_000_000L)));

        assertThat(server().datastores())
                .singleElement()
                .satisfies(store -> assertThat(store.full()).isEmpty());
    }

    @Test
    void a_job_is_late_when_its_time_has_passed() {
        sim.change(cluster -> cluster.backupServer.jobs.addAll(List.of(
                job("v-soon", NOON.plusSeconds(3_600)),
                job("v-now", NOON.minusSeconds(60)),
                job("v-late", NOON.minusSeconds(86_400)))));

        var jobs = server().jobs(BackupServerJob.Kind.VERIFY);

        assertThat(jobs.stream().filter(job -> job.late(NOON).isPresent()))
                .extracting(BackupServerJob::id)
                .containsExactly("v-late");
    }

    private static Job job(String id, Instant next) {
        return new Job("verify", id, "main", "daily", Optional.of(NOON.minusSeconds(7_200)), Optional.of(next), "OK");
    }

    @Test
    void of_a_job_that_runs_there_is_the_moment_it_began_and_it_is_not_late() {
        var since = NOON.minusSeconds(90_000);
        sim.change(cluster -> cluster.backupServer.jobs.add(new Job(
                "gc",
                "",
                "main",
                "daily",
                Optional.empty(),
                Optional.of(NOON.minusSeconds(3_700)),
                "",
                Optional.of(since))));

        assertThat(server().jobs(BackupServerJob.Kind.COLLECT)).singleElement().satisfies(job -> {
            assertThat(job.running()).contains(since);
            assertThat(job.late(NOON)).isEmpty();
        });
    }

    @Test
    void a_task_is_a_run_of_the_job_that_started_it() {
        var jobs = List.of(
                job("verify", "v-1", "main"),
                job("verify", "v-1", "other"),
                job("verify", "v-11", "main"),
                job("gc", "", "main"),
                job("prune", "p-1", "main"),
                job("sync", "s-1", "main"));
        sim.change(cluster -> jobs.forEach(job -> cluster.backupServer.add(job, List.of("OK", "no space left"))));

        var server = server();

        for (var kind : BackupServerJob.Kind.values()) {
            var tasks = server.tasks(kind.type(), false, NOON.minusSeconds(200_000), 100);
            for (var job : server.jobs(kind)) {
                assertThat(tasks.stream().filter(task -> task.isOf(job)))
                        .as("%s %s on %s", kind, job.id(), job.datastore())
                        .extracting(BackupServerTask::state)
                        .containsExactly("OK", "no space left");
            }
            assertThat(server.tasks(kind.type(), true, NOON.minusSeconds(200_000), 100))
                    .isNotEmpty()
                    .allMatch(BackupServerTask::hasFailed);
        }
        assertThat(server.showsAllTasks()).isTrue();
    }

    private static Job job(String list, String id, String datastore) {
        var ended = Optional.of(NOON.minusSeconds(7_200));
        return new Job(list, id, datastore, "daily", ended, Optional.of(NOON.plusSeconds(7_200)), "OK");
    }

    @Test
    void a_token_that_may_not_see_tasks_is_told_so_and_shown_none() {
        sim.change(cluster -> {
            cluster.backupServer.add(job("gc", "", "main"), List.of("OK"));
            cluster.backupServer.showsTasks = false;
        });

        assertThat(server().showsAllTasks()).isFalse();
        assertThat(server().tasks("garbage_collection", false, NOON.minusSeconds(200_000), 100))
                .isEmpty();
    }

    @Test
    void what_is_being_made_is_told_from_what_is_there_and_what_is_encrypted_from_what_is_not() {
        sim.change(cluster -> {
            var kept = cluster.backupServer.add("main", 4_000, 1_000).kept;
            kept.add(new Kept("", "host", "nas", NOON, 5, "ok", "").encryptedWith("9b:41:0c:77:e2:15:fa:38"));
            kept.add(new Kept("", "host", "nas", NOON, 5, "ok", "").begun().ownedBy("nas@pbs!client"));
        });

        assertThat(server().snapshots("main", ""))
                .extracting(BackupSnapshot::complete, BackupSnapshot::encrypted, BackupSnapshot::owner)
                .containsExactly(tuple(true, true, "backup@pbs"), tuple(false, false, "nas@pbs!client"));
    }

    @Test
    void a_group_grows_by_its_owner_or_the_owners_user() {
        sim.change(cluster -> cluster.backupServer
                .add("main", 4_000, 1_000)
                .kept
                .add(new Kept("", "vm", "100", NOON, 5, "", "").ownedBy("pve@pbs!house")));

        assertThat(server().snapshots("main", "")).singleElement().satisfies(snapshot -> {
            assertThat(snapshot.growsBy("pve@pbs!house")).isTrue();
            assertThat(snapshot.growsBy("pve@pbs")).isTrue();
            assertThat(snapshot.growsBy("pve@pbs!other")).isFalse();
            assertThat(snapshot.growsBy("anna@pbs")).isFalse();
        });
    }

    @Test
    void a_wrong_secret_is_refused_in_the_servers_own_words_and_not_repeated() {
        assertThat(faultOf(server(
                        "00000000-0000-0000-0000-000000000000",
                        sim.backupServer().fingerprint())))
                .isInstanceOfSatisfying(
                        PveFault.Unauthorized.class,
                        refused -> assertThat(refused.why()).isEqualTo("authentication failed"));
    }

    @Test
    void another_certificate_than_the_pinned_one_is_told_before_anything_is_sent() {
        assertThat(faultOf(server(sim.backupServer().token().secret(), "AA:".repeat(31) + "AA")))
                .isInstanceOfSatisfying(
                        PveFault.Untrusted.class,
                        untrusted -> assertThat(untrusted.fingerprint())
                                .isEqualTo(sim.backupServer().fingerprint()));
    }

    @Test
    void a_datastore_that_is_not_there_is_told_in_the_servers_words() {
        var server = server();
        var fault = catchThrowableOfType(PveException.class, () -> server.snapshots("gone", ""))
                .fault();
        assertThat(fault)
                .isInstanceOfSatisfying(
                        PveFault.Invalid.class,
                        invalid -> assertThat(invalid.message()).isEqualTo("no such datastore 'gone'"));
    }

    private static PveFault faultOf(BackupServer server) {
        return catchThrowableOfType(PveException.class, server::version).fault();
    }

    @Test
    void a_name_that_is_no_name_never_becomes_another_path() {
        var server = server();
        assertThat(catchThrowableOfType(PveException.class, () -> server.snapshots("main/../../config", ""))
                        .fault())
                .isInstanceOf(PveFault.Invalid.class);
    }

    @Test
    void a_host_is_told_by_its_kind_and_not_taken_for_a_guest() {
        sim.change(cluster -> cluster.backupServer
                .add("main", 4_000, 1_000)
                .kept
                .addAll(List.of(
                        new Kept("", "host", "101", NOON, 1, "", ""), new Kept("", "vm", "12a", NOON, 1, "", ""))));

        assertThat(server().snapshots("main", ""))
                .hasSize(2)
                .allSatisfy(snapshot -> assertThat(snapshot.vmid()).isEmpty());
    }

    @ParameterizedTest
    @CsvSource({
        "pbs.example, '', '', true",
        "PBS.example, 8007, '', true",
        "10.0.0.5, '', '', true",
        "pbs.example, 8008, '', false",
        "other.example, '', '', false",
        "other.example, 9000, aa:bb, true",
        "other.example, '', cc:dd, false",
    })
    void a_storage_means_it_by_name_and_port_or_by_its_certificate(
            String host, String port, String pin, boolean meant) {
        var trust = new Connection.Trust.Fingerprints(List.of("AA:BB"));
        var address = BackupServer.Address.of(URI.create("https://pbs.example:8007"), List.of("10.0.0.5"), trust);
        var storage = Json.obj("server", host);
        storage = port.isEmpty() ? storage : storage.with("port", port);
        storage = pin.isEmpty() ? storage : storage.with("fingerprint", pin);

        assertThat(address.isMeantBy(Fields.of(storage))).isEqualTo(meant);
    }
}
