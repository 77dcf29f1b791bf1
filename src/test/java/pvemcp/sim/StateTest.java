package pvemcp.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import pvemcp.json.Json;
import pvemcp.sim.scenario.Scenarios;
import pvemcp.sim.time.SimTime;
import pvemcp.sim.world.Ceph;

/// A simulator that ends can be gone on from by another one, which nobody can tell from the first.
class StateTest {
    /// What people do to a host at home, some of it still under way at the end.
    private static final List<String> CHANGES = List.of(
            "POST /access/users userid=eve@pve&password=correct-horse&groups=&comment=Eve",
            "POST /access/groups groupid=ops&comment=they",
            "PUT /access/users/eve@pve groups=ops&enable=0",
            "POST /access/roles roleid=Looker&privs=VM.Audit,Sys.Audit",
            "PUT /access/acl path=/vms&users=eve@pve&roles=Looker&propagate=0",
            "POST /access/users/mcp@pve/token/second privsep=1&comment=other",
            "POST /access/domains realm=ad&type=ldap&server1=ldap.example&base_dn=dc=x&user_attr=uid",
            "POST /pools poolid=shop&comment=shop",
            "PUT /pools poolid=shop&vms=101,105&allow-move=1",
            "POST /storage storage=more&type=dir&path=/srv/more&content=images,backup,snippets",
            "POST /cluster/backup schedule=daily&storage=nas&vmid=101&enabled=1",
            "POST /cluster/firewall/groups group=web&comment=web",
            "POST /cluster/firewall/groups/web type=in&action=ACCEPT&dport=443&proto=tcp",
            "POST /cluster/firewall/ipset name=friends",
            "POST /cluster/firewall/ipset/friends cidr=192.0.2.0/28&comment=near",
            "POST /cluster/firewall/aliases name=door&cidr=192.0.2.1",
            "POST /nodes/pve1/qemu/101/firewall/rules type=in&action=DROP",
            "PUT /nodes/pve1/qemu/101/firewall/options enable=1",
            "POST /cluster/sdn/zones zone=z1&type=simple",
            "PUT /cluster/sdn ",
            "POST /cluster/sdn/vnets vnet=v1&zone=z1",
            "POST /cluster/ha/resources sid=vm:102&state=stopped",
            "POST /cluster/notifications/endpoints/gotify name=phone&server=https://g.example&token=t0k",
            "POST /cluster/metrics/server/influx type=influxdb&server=192.0.2.9&port=8089",
            "POST /cluster/mapping/dir id=media&map=node%3Dpve1,path%3D/srv/media",
            "PUT /cluster/options keyboard=de&description=Home",
            "PUT /nodes/pve1/config description=under%20the%20stairs",
            "POST /nodes/pve1/network iface=vmbr7&type=bridge&autostart=1",
            "POST /nodes/pve1/services/cron/stop ",
            "POST /nodes/pve1/qemu/101/agent/exec command=sleep&command=500",
            "POST /nodes/pve1/qemu/101/agent/file-write file=/etc/motd&content=Hello",
            "PUT /nodes/pve1/qemu/101/config memory=6144&tags=prod&description=the%20shop",
            "POST /nodes/pve1/qemu/101/snapshot snapname=before&description=first",
            "POST /nodes/pve1/lxc/105/snapshot snapname=before",
            "PUT /nodes/pve1/lxc/105/config delete=swap",
            "WAIT 120",
            "POST /nodes/pve1/qemu/101/snapshot snapname=after&vmstate=1",
            "WAIT 120",
            "POST /nodes/pve1/qemu/120/status/shutdown ",
            "POST /nodes/pve1/qemu/900/clone newid=301&name=copy&full=1",
            "POST /nodes/pve1/vzdump vmid=101&storage=nas&mode=snapshot",
            "DELETE /nodes/pve1/lxc/130 ",
            "WAIT 3",
            "POST /nodes/pve1/qemu/101/vncproxy websocket=1",
            "POST /nodes/pve1/lxc/105/status/reboot ");

    /// What moves about in a cluster, all of it under way at the end.
    private static final List<String> MOVES = List.of(
            "POST /cluster/ha/resources sid=vm:100",
            "POST /cluster/ha/resources sid=vm:107",
            "POST /cluster/ha/rules rule=home&type=node-affinity&resources=vm:100&nodes=node01:2",
            "POST /cluster/sdn/zones zone=z1&type=simple&nodes=node01",
            "PUT /cluster/sdn ",
            "WAIT 120",
            "POST /cluster/sdn/vnets vnet=v1&zone=z1",
            "PUT /cluster/ceph/flags/noout value=1",
            "POST /nodes/node01/qemu/101/migrate target=node03&online=1",
            "POST /cluster/ha/resources/vm:107/migrate node=node03",
            "DELETE /nodes/node03/lxc/108 ",
            "POST /nodes/node03/status command=reboot",
            "WAIT 1");

    @Test
    void a_host_at_home_is_the_same_after_a_restart_and_what_was_under_way_goes_on() {
        try (var first = start(Scenarios.homelab(), Json.Obj.EMPTY)) {
            CHANGES.forEach(line -> tell(first, line));
            try (var second = start(Worlds.BARE, kept(first))) {
                assertThat(second.fingerprint()).isEqualTo(first.fingerprint());
                assertThat(second.token()).isEqualTo(first.token());
                assertThat(Reads.of(second)).containsExactlyEntriesOf(Reads.of(first));

                first.advance(Duration.ofHours(1));
                second.advance(Duration.ofHours(1));
                assertThat(Reads.of(second)).containsExactlyEntriesOf(Reads.of(first));
                assertThat(world(second)).isEqualTo(world(first));
            }
        }
    }

    @Test
    void so_is_a_company() {
        try (var first = start(Scenarios.fleet(3, 20, 7), Json.Obj.EMPTY)) {
            first.change(cluster -> Ceph.on(cluster, cluster.nodes.firstEntry().getKey()));
            MOVES.forEach(line -> tell(first, line));
            try (var second = start(Worlds.BARE, kept(first))) {
                assertThat(Reads.of(second)).containsExactlyEntriesOf(Reads.of(first));

                first.advance(Duration.ofHours(1));
                second.advance(Duration.ofHours(1));
                assertThat(world(second)).isEqualTo(world(first));
            }
        }
    }

    @Test
    void so_is_a_cluster_in_trouble() {
        try (var first = start(Scenarios.troubled(), Json.Obj.EMPTY);
                var second = start(Worlds.BARE, kept(first))) {
            assertThat(Reads.of(second)).containsExactlyEntriesOf(Reads.of(first));
            assertThat(world(second)).isEqualTo(world(first));
        }
    }

    @Test
    void what_was_done_long_ago_is_not_done_again() {
        try (var sim = start(Worlds.BARE, Json.Obj.EMPTY)) {
            for (int i = 0; i < 250; i++) {
                tell(sim, "POST /pools poolid=p%d".formatted(i));
            }
            assertThat(since(kept(sim))).isEmpty();

            tell(sim, "POST /nodes/pve/services/cron/restart ");
            assertThat(since(kept(sim))).hasSize(1);
        }
    }

    @Test
    void time_has_passed_while_there_was_no_simulator() {
        try (var first = start(Worlds.BARE, Json.Obj.EMPTY)) {
            tell(first, "POST /nodes/pve/services/cron/restart ");
            var hour = Duration.ofHours(1);
            var later = SimOptions.of(Worlds.BARE, SimTime.byHand(Worlds.NOON.plus(hour)));
            try (var second = PveSim.start(later.withState(kept(first)))) {
                first.advance(hour);

                assertThat(world(second)).isEqualTo(world(first));
            }
        }
    }

    @Test
    void a_backup_server_beside_it_is_the_same_for_its_clients() {
        try (var first = start(Scenarios.backedUpHomelab(), Json.Obj.EMPTY)) {
            var beside = first.backupServer();
            try (var second = start(Worlds.BARE, kept(first))) {
                var again = second.backupServer();

                assertThat(again.fingerprint()).isEqualTo(beside.fingerprint());
                assertThat(again.token()).isEqualTo(beside.token());
                assertThat(second.<String>ask(
                                cluster -> cluster.storage("vault").options.get("fingerprint")))
                        .isEqualTo(beside.fingerprint());
            }
            try (var unasked = start(Worlds.BARE, kept(first));
                    var third = start(Worlds.BARE, kept(unasked))) {
                assertThat(third.backupServer().fingerprint()).isEqualTo(beside.fingerprint());
            }
        }
    }

    @Test
    void what_no_simulator_has_left_is_refused() {
        assertThatThrownBy(() -> start(Worlds.BARE, Json.obj("a", 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("it is no saved simulator, and this simulator reads format 1");
        assertThatThrownBy(() -> start(Worlds.BARE, Json.obj("format", 2)))
                .hasMessage("it is of format 2, and this simulator reads format 1");
    }

    /// The state of a simulator on its way through a file.
    private static Json.Obj kept(PveSim sim) {
        return (Json.Obj) Json.parse(sim.state().pretty());
    }

    private static List<Json> since(Json.Obj state) {
        return state.array("since").orElseThrow().items();
    }

    /// As the file has it, but for the certificate, which is wrapped anew each time.
    private static String world(PveSim sim) {
        var state = sim.state();
        assertThat(since(state)).isEmpty();
        return state.without("certificate").pretty();
    }

    private static void tell(PveSim sim, String line) {
        var words = line.split(" ", 3);
        var client = SimClient.of(sim);
        if (words[0].equals("WAIT")) {
            sim.advance(Duration.ofSeconds(Long.parseLong(words[1])));
            return;
        }
        var answer = switch (words[0]) {
            case "POST" -> client.post(words[1], words[2]);
            case "PUT" -> client.put(words[1], words[2]);
            default -> client.delete(words[1]);
        };
        assertThat(answer.status())
                .as("%s: %s %s", line, answer.reason(), answer.text())
                .isEqualTo(200);
    }

    private static PveSim start(Scenario scenario, Json.Obj state) {
        return PveSim.start(SimOptions.of(scenario, SimTime.byHand(Worlds.NOON)).withState(state));
    }
}
