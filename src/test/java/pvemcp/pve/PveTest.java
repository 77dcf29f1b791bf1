package pvemcp.pve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import pvemcp.json.Json;
import pvemcp.sim.Credentials;
import pvemcp.sim.PveSim;
import pvemcp.sim.time.SimTime;
import pvemcp.sim.world.Acl;
import pvemcp.sim.world.Cluster;
import pvemcp.sim.world.Container;
import pvemcp.sim.world.Guest;
import pvemcp.sim.world.SecondFactor;
import pvemcp.sim.world.User;
import pvemcp.sim.world.Vm;

/// The client against a simulated cluster of two nodes.
class PveTest {
    private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
    private static final String TOTP_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    private final HandMoved time = new HandMoved(step -> this.sim.advance(step));
    private final List<AutoCloseable> open = new ArrayList<>();
    private PveSim sim;
    private Pve pve;

    @BeforeEach
    void start() {
        sim = PveSim.start(PveTest::seed, SimTime.byHand(NOON));
        open.add(sim);
        pve = as(new Connection.Credential.Token(
                sim.token().id(), new Secret(sim.token().secret())));
    }

    @AfterEach
    void stop() throws Exception {
        for (var resource : open.reversed()) {
            resource.close();
        }
    }

    private static Credentials seed(Cluster cluster) {
        cluster.name = "lab";
        cluster.addNode("pve1");
        cluster.addNode("pve2");
        guest(cluster, new Vm(101, "pve1"), "web", "prod;web");
        guest(cluster, new Vm(102, "pve2"), "web", "");
        guest(cluster, new Vm(103, "pve1"), "database", "prod");
        guest(cluster, new Container(200, "pve2"), "103", "");
        var ops = new User("ops@pve");
        ops.password = "hunter22";
        cluster.access.users.put(ops.id(), ops);
        cluster.access.grant(new Acl("/", Acl.Kind.USER, ops.id(), "PVEAuditor", true));
        return Credentials.operator(cluster);
    }

    private static void guest(Cluster cluster, Guest guest, String name, String tags) {
        guest.config.put(guest.isContainer() ? "hostname" : "name", name);
        if (!tags.isEmpty()) {
            guest.config.put("tags", tags);
        }
        cluster.guests.put(guest.vmid(), guest);
    }

    private Pve as(Connection.Credential credential) {
        var transport = new HttpTransport(
                new Connection(
                        "lab",
                        List.of(URI.create(sim.url())),
                        credential,
                        new Connection.Trust.Fingerprints(List.of(sim.fingerprint())),
                        Duration.ofSeconds(60)),
                Clock.fixed(NOON, ZoneOffset.UTC),
                time);
        open.add(transport);
        return new Pve(transport, time);
    }

    private void change(Consumer<Cluster> change) {
        sim.change(change);
        time.pass(Duration.ofSeconds(2)); // What was read is forgotten by then.
    }

    private static PveFault faultOf(ThrowingCallable call) {
        return catchThrowableOfType(PveException.class, call).fault();
    }

    @Test
    void the_version_is_told() {
        assertThat(pve.version().isAtLeast(9, 0)).isTrue();
    }

    @Test
    void resources_are_rows_of_their_kind() {
        assertThat(pve.resources()).hasAtLeastOneElementOfType(Resource.NodeRow.class);
        assertThat(pve.nodes()).extracting(Resource.NodeRow::name).containsExactlyInAnyOrder("pve1", "pve2");
        assertThat(pve.guests()).extracting(Resource.GuestRow::vmid).containsExactlyInAnyOrder(101, 102, 103, 200);
    }

    @Test
    void a_guest_is_found_by_its_id_its_name_and_either_with_its_node() {
        assertThat(pve.guest(new GuestRef("101")).vmid()).isEqualTo(101);
        assertThat(pve.guest(new GuestRef("database")).vmid()).isEqualTo(103);
        assertThat(pve.guest(new GuestRef("pve2/102")).vmid()).isEqualTo(102);
        assertThat(pve.guest(new GuestRef("pve2/web")).vmid()).isEqualTo(102);
    }

    @Test
    void what_is_found_knows_what_it_is() {
        var web = pve.guest(new GuestRef("101"));

        assertThat(web.kind()).isEqualTo(GuestKind.VM);
        assertThat(web.node()).isEqualTo("pve1");
        assertThat(web.tags()).containsExactly("prod", "web");
        assertThat(web.template()).isFalse();
        assertThat(web).hasToString("web (101) on pve1");
        assertThat(pve.guest(new GuestRef("200")).kind()).isEqualTo(GuestKind.CONTAINER);
    }

    @Test
    void an_id_wins_over_a_guest_that_has_it_for_its_name() {
        assertThat(pve.guest(new GuestRef("103")).name()).isEqualTo("database");
        assertThat(pve.guest(new GuestRef("pve2/103")).vmid()).isEqualTo(200);
    }

    @Test
    void a_name_that_several_have_is_answered_with_the_choices() {
        assertThat(faultOf(() -> pve.guest(new GuestRef("web"))))
                .isEqualTo(new PveFault.Ambiguity("web", List.of("pve1/101", "pve2/102")));
    }

    @Test
    void a_name_that_nobody_has_is_answered_with_the_nearest() {
        assertThat(faultOf(() -> pve.guest(new GuestRef("databse"))))
                .isInstanceOfSatisfying(
                        PveFault.Missing.class,
                        fault -> assertThat(fault.message())
                                .isEqualTo("no guest 'databse' (did you mean database (103)?)"));
        assertThat(faultOf(() -> pve.guest(new GuestRef("pve2/database"))))
                .isInstanceOfSatisfying(
                        PveFault.Missing.class,
                        fault -> assertThat(fault.message()).isEqualTo("no guest 'pve2/database': it is pve1/103"));
        assertThat(faultOf(() -> pve.guest(new GuestRef("999"))))
                .isInstanceOfSatisfying(
                        PveFault.Missing.class,
                        fault -> assertThat(fault.message()).isEqualTo("no guest '999'"));
    }

    @Test
    void the_cluster_says_who_is_in_it() {
        var status = pve.clusterStatus();

        assertThat(status.name()).isEqualTo("lab");
        assertThat(status.quorate()).isTrue();
        assertThat(status.members()).extracting(ClusterStatus.Member::name).containsExactlyInAnyOrder("pve1", "pve2");
    }

    @Test
    void permissions_are_those_of_the_token() {
        assertThat(pve.permissions().has("/vms/101", "VM.PowerMgmt")).isTrue();
    }

    @Test
    void a_password_logs_in_and_has_its_own_rights() {
        var ops = as(new Connection.Credential.Password("ops@pve", new Secret("hunter22"), Optional.empty()));

        assertThat(ops.guests()).hasSize(4);
        assertThat(faultOf(() -> ops.send(Verb.POST, "/pools", Json.obj("poolid", "dev"))))
                .isInstanceOfSatisfying(
                        PveFault.Forbidden.class,
                        fault -> assertThat(fault.privilege()).isEqualTo("Pool.Allocate"));
    }

    @Test
    void a_wrong_password_is_refused_without_a_second_try() {
        var ops = as(new Connection.Credential.Password("ops@pve", new Secret("hunter23"), Optional.empty()));

        assertThat(faultOf(ops::version))
                .isInstanceOfSatisfying(
                        PveFault.Unauthorized.class,
                        fault -> assertThat(fault.why()).isEqualTo("authentication failure"));
    }

    @Test
    void f26_a_second_factor_is_answered_where_its_secret_is_known() {
        change(cluster -> cluster.access
                .users
                .get("ops@pve")
                .factors
                .put("a", new SecondFactor("a", "totp", "phone", TOTP_SECRET, true, 0)));

        var with = as(new Connection.Credential.Password(
                "ops@pve", new Secret("hunter22"), Optional.of(new Secret(TOTP_SECRET))));
        var without = as(new Connection.Credential.Password("ops@pve", new Secret("hunter22"), Optional.empty()));

        assertThat(with.guests()).hasSize(4);
        assertThat(faultOf(without::version))
                .isInstanceOfSatisfying(
                        PveFault.Unauthorized.class,
                        fault -> assertThat(fault.why()).contains("API token"));
    }

    @Test
    void a_ticket_that_has_run_out_is_replaced() {
        var ops = as(new Connection.Credential.Password("ops@pve", new Secret("hunter22"), Optional.empty()));
        ops.version();

        sim.advance(Duration.ofHours(3));
        time.pass(Duration.ofMinutes(1)); // The client does not know that so much time has passed.

        assertThat(ops.guests()).hasSize(4);
    }

    @Test
    void a_guest_is_started_and_the_task_is_followed_to_its_end() {
        var guest = pve.guest(new GuestRef("pve1/web"));

        var task = guest.power(PowerAction.START);

        assertThat(task.await(Duration.ofMinutes(2), Watcher.NOBODY))
                .isEqualTo(new TaskReport.Finished(task.id(), List.of()));
        assertThat(guest.status().running()).isTrue();
        assertThat(task.id().type()).isEqualTo("qmstart");
        assertThat(pve.node("pve1").tasks(Json.Obj.EMPTY, 10).tasks())
                .extracting(TaskList.TaskRow::upid)
                .contains(task.id());
    }

    @Test
    void a_task_that_fails_says_what_pve_said() {
        change(cluster -> cluster.guests.get(101).config.put("lock", "backup"));

        var task = pve.guest(new GuestRef("101")).power(PowerAction.START);

        assertThat(faultOf(() -> task.await(Duration.ofMinutes(2), Watcher.NOBODY)))
                .isInstanceOfSatisfying(
                        PveFault.TaskFailed.class,
                        fault -> assertThat(fault.exit()).isEqualTo("VM is locked (backup)"));
    }

    @Test
    void a_configuration_is_read_and_changed() {
        var guest = pve.guest(new GuestRef("101"));

        var digest = guest.config().digest();
        guest.configure(Json.obj("description", "new", "digest", digest))
                .ifPresent(task -> task.await(Duration.ofMinutes(1), Watcher.NOBODY));

        assertThat(guest.config().get("description").map(String::strip)).contains("new");
        assertThat(guest.config().digest()).isNotEqualTo(digest);
        assertThat(faultOf(() -> guest.configure(Json.obj("description", "newer", "digest", digest))))
                .isInstanceOf(PveFault.Conflict.class);
    }

    @Test
    void a_node_that_is_gone_is_unreachable_and_the_rest_is_not() {
        sim.faults().drop("pve2");

        assertThat(faultOf(() -> pve.node("pve2").status())).isInstanceOf(PveFault.Unreachable.class);
        assertThat(pve.node("pve1").status().memory()).isPresent();
    }

    @Test
    void what_cannot_be_a_name_is_refused_here() {
        assertThat(faultOf(() -> pve.node("../x"))).isInstanceOf(PveFault.Invalid.class);
        assertThat(faultOf(() -> pve.node("pve1").storage("a/b"))).isInstanceOf(PveFault.Invalid.class);
        assertThat(faultOf(() -> pve.guest(new GuestRef("200")).power(PowerAction.RESET)))
                .isInstanceOf(PveFault.Invalid.class);
    }

    @Test
    void an_unknown_task_has_vanished() {
        var task = pve.task(Upid.parse("UPID:pve1:0000214B:000F6268:6B011B60:qmmove:145:root@pam!test:"));

        assertThat(faultOf(task::status)).isInstanceOf(PveFault.TaskVanished.class);
    }

    @Test
    void reading_only_lets_nothing_else_through() {
        var transport = new ReadOnly((verb, path, params) -> Json.obj("data", path));

        assertThat(transport.data(Verb.GET, "/version", Json.Obj.EMPTY)).isEqualTo(Json.str("/version"));
        for (var verb : List.of(Verb.POST, Verb.PUT, Verb.DELETE)) {
            assertThat(catchThrowableOfType(
                            IllegalStateException.class, () -> transport.send(verb, "/pools", Json.Obj.EMPTY)))
                    .hasMessageContaining("nothing was sent");
        }
    }
}
