package pvemcp.tools.storage;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import pvemcp.gate.Policy;
import pvemcp.json.Json;
import pvemcp.lab.Lab;
import pvemcp.lab.LabAssert;
import pvemcp.lab.Scenes;
import pvemcp.sim.Credentials;
import pvemcp.sim.Scenario;
import pvemcp.sim.world.Ceph;
import pvemcp.sim.world.HostSettings.Disk;
import pvemcp.tool.Tier;
import pvemcp.tool.ToolResult;

/// Ceph is looked at and looked after.
class CephStoryTest {
    private static LabAssert that(ToolResult result) {
        return LabAssert.assertThat(result);
    }

    /// Three nodes with Ceph, and one whose disk `/dev/sdz` is free.
    private static Scenario threeNodes() {
        return cluster -> {
            cluster.name = "lab";
            for (int i = 1; i <= 3; i++) {
                cluster.addNode("pve" + i);
            }
            Ceph.on(cluster, "pve1", "pve2", "pve3");
            cluster.node("pve1")
                    .host
                    .disks
                    .add(new Disk("/dev/sdz", "Spare", "S1", "ATA", "ssd", 1L << 40, "", "PASSED", 100));
            return Credentials.operator(cluster);
        };
    }

    private static ToolResult get(Lab lab, String what) {
        return lab.call("pve_ceph_get", "what", what);
    }

    private static ToolResult run(Lab lab, String action, String name) {
        return lab.call("pve_ceph_run", "node", "pve1", "action", action, "name", name);
    }

    private static ToolResult create(Lab lab, String what, String name, Object... namesAndValues) {
        return lab.call(
                "pve_ceph_set", "what", what, "node", "pve1", "name", name, "options", Json.obj(namesAndValues));
    }

    @Test
    void where_ceph_is_not_installed_it_says_so_and_what_to_do() {
        try (var lab = Lab.of(Scenes.small())) {
            that(lab.call("pve_ceph_get"))
                    .failsWith("pve_error")
                    .saying("binary not installed: /usr/bin/ceph-mon")
                    .hinting("pveceph install");
        }
    }

    @Test
    void a_healthy_cluster_is_told_in_a_few_lines() {
        try (var lab = Lab.of(threeNodes())) {
            that(lab.call("pve_ceph_get"))
                    .shows("health: HEALTH_OK", "monitors: 3 of 3 in quorum: pve1, pve2, pve3", "manager: pve1")
                    .shows("osds: 6, 6 up, 6 in", "active+clean", "1.2 TiB of 6 TiB")
                    .showsNot("OSD_DOWN");
            that(get(lab, "osds")).shows("6 OSDs", "osd.5|pve3|up and in|ssd");
            that(get(lab, "services"))
                    .shows("6 Ceph services", "mon|pve2|pve2|running in quorum", "mgr|pve2|pve2|standby");
            that(lab.call("pve_ceph_get", "what", "osds", "name", "osd.3")).shows("hostname: pve2", "/dev/sdy");
            that(get(lab, "config")).shows("osd_pool_default_size");
            that(get(lab, "config_file")).shows("fsid");
            that(get(lab, "crush")).shows("device 0 osd.0 class ssd");
            that(get(lab, "rules")).shows("replicated_rule");
        }
    }

    @Test
    void what_is_wrong_comes_with_ceph_s_own_words() {
        try (var lab = Lab.of(threeNodes()).with(cluster -> {
            var ceph = cluster.ceph.orElseThrow();
            ceph.osd("4").up = false;
            ceph.crashes.add("osd.4 crashed on host pve3 at 2026-11-20T03:00:00Z");
        })) {
            that(lab.call("pve_ceph_get"))
                    .shows("health: HEALTH_WARN", "OSD_DOWN|HEALTH_WARN|1 osds down")
                    .shows("RECENT_CRASH", "osd.4 crashed on host pve3");
            that(get(lab, "log")).shows("Health check failed: 1 osds down (OSD_DOWN)");
            that(lab.call("pve_health")).shows("|Ceph|OSD_DOWN: 1 osds down", "pve_ceph_get");
        }
    }

    @Test
    void an_osd_is_stopped_taken_out_and_destroyed_step_by_step() {
        try (var lab = Lab.of(threeNodes()).asRoot()) {
            var destroy = Json.obj("what", "osd", "node", "pve1", "name", "osd.0");
            that(lab.call("pve_ceph_destroy", destroy)).failsWith("pve_error").saying("osd is in use (in == 1)");
            that(lab.call("pve_ceph_destroy", destroy.with("name", "osd.5")))
                    .saying("OSD osd.5 does not belong to node pve1!");
            that(run(lab, "out", "osd.0")).shows("outcome: done");
            that(lab.call("pve_ceph_destroy", destroy)).saying("osd is still running (up == 1)");
            that(run(lab, "stop", "osd.0")).shows("outcome: done", ":srvstop:osd.0:");
            that(get(lab, "osds")).shows("osd.0|pve1|down and out");
            that(lab.call("pve_ceph_destroy", destroy)).shows("outcome: done", ":cephdestroyosd:osd.0:");
            assertThat(lab.<Boolean>ask(
                            cluster -> cluster.ceph.orElseThrow().osds.containsKey(0)))
                    .isFalse();
        }
    }

    @Test
    void a_free_disk_becomes_an_osd_and_a_used_one_does_not() {
        try (var lab = Lab.of(threeNodes()).asRoot()) {
            that(create(lab, "osd", "/dev/sdz")).shows("outcome: done", ":cephcreateosd:sdz:");
            that(get(lab, "osds")).shows("7 OSDs", "osd.6|pve1|up and in");
            that(create(lab, "osd", "/dev/sda")).saying("device '/dev/sda' is already in use");
        }
    }

    @Test
    void what_pve_keeps_for_root_a_token_is_refused() {
        try (var lab = Lab.of(threeNodes())) {
            that(create(lab, "osd", "/dev/sdz")).failsWith("forbidden").saying("root@pam");
        }
    }

    @Test
    void a_dry_run_asks_ceph_whether_it_can_do_without() {
        try (var lab = Lab.of(threeNodes())
                .with(cluster ->
                        cluster.ceph.orElseThrow().daemons(Ceph.Kind.MON).remove("pve3"))) {
            that(lab.call("pve_ceph_run", "node", "pve1", "action", "stop", "name", "mon.pve1", "dry_run", true))
                    .shows("NOT safe, says Ceph", "POST /nodes/pve1/ceph/stop");
            that(lab.call("pve_ceph_get", "what", "safety", "name", "mon.pve1")).shows("stop mon.pve1: NOT safe");
            that(lab.call("pve_ceph_get", "what", "safety", "name", "mon"))
                    .failsWith("bad_arguments")
                    .saying("such as osd.3");
        }
    }

    @Test
    void services_come_and_go() {
        try (var lab = Lab.of(threeNodes())) {
            that(lab.call("pve_ceph_destroy", "what", "mgr", "node", "pve2", "name", "pve2"))
                    .shows("outcome: done", ":cephdestroymgr:mgr.pve2:");
            that(lab.call("pve_ceph_set", "what", "mgr", "node", "pve2")).shows("outcome: done");
            that(lab.call("pve_ceph_set", "what", "mon", "node", "pve2"))
                    .failsWith("pve_error")
                    .saying("monitor 'pve2' already exists");
            that(lab.call("pve_ceph_set", "what", "mds", "node", "pve1")).shows(":cephcreatemds:mds.pve1:");
            that(get(lab, "services")).shows("mds|pve1|pve1|up:standby");
        }
    }

    @Test
    void a_pool_is_made_with_its_storage_changed_and_destroyed_with_what_is_lost_said_first() {
        try (var lab = Lab.of(threeNodes())) {
            that(create(lab, "pool", "vms", "size", 2, "add_storages", 1)).shows(":cephcreatepool:vms:");
            that(get(lab, "pools")).shows("2 pools", "vms|2, at least 2|128|rbd");
            assertThat(lab.<Boolean>ask(cluster -> cluster.storages.containsKey("vms")))
                    .isTrue();
            that(lab.call(
                            "pve_ceph_set",
                            "what",
                            "pool_settings",
                            "node",
                            "pve1",
                            "name",
                            "vms",
                            "options",
                            Json.obj("size", 3)))
                    .shows(":cephsetpool:vms:");
            that(lab.call("pve_ceph_get", "what", "pools", "name", "vms")).shows("size: 3", "pgp_num: 128");
            var destroy = Json.obj("what", "pool", "node", "pve1", "name", "vms");
            that(lab.call("pve_ceph_destroy", destroy.with("dry_run", Json.of(true))))
                    .shows("the pool holds 0 B, which are lost", "DELETE /nodes/pve1/ceph/pool/vms");
            that(lab.call("pve_ceph_destroy", destroy.with("options", Json.obj("remove_storages", 1))))
                    .shows(":cephdestroypool:vms:");
            assertThat(lab.<Boolean>ask(cluster -> cluster.storages.containsKey("vms")))
                    .isFalse();
        }
    }

    @Test
    void a_file_system_needs_a_metadata_server_first() {
        try (var lab = Lab.of(threeNodes())) {
            that(lab.call("pve_ceph_set", "what", "fs", "node", "pve1"))
                    .saying("no running Metadata Server (MDS) found!");
            that(lab.call("pve_ceph_set", "what", "mds", "node", "pve1")).isDone();
            that(lab.call("pve_ceph_set", "what", "fs", "node", "pve1")).shows(":cephfscreate:cephfs:");
            that(get(lab, "fs")).shows("cephfs_metadata");
            that(get(lab, "services")).shows("up:active");
            that(lab.call("pve_ceph_destroy", "what", "fs", "node", "pve1", "name", "cephfs"))
                    .shows(":cephdestroyfs:cephfs:");
        }
    }

    @Test
    void flags_are_set_and_seen() {
        try (var lab = Lab.of(threeNodes())) {
            that(get(lab, "flags")).shows("no flag is set");
            that(lab.call("pve_ceph_set", "what", "flags", "options", Json.obj("noout", 1)))
                    .shows("outcome: done", ":cephsetflags::");
            that(get(lab, "flags")).shows("set: noout");
            that(lab.call("pve_ceph_get")).shows("noout flag(s) set");
        }
    }

    @Test
    void destroying_is_its_own_tier() {
        try (var lab = Lab.of(threeNodes()).policy(policy -> policy.with(Tier.DESTROY, Policy.Answer.DENY))) {
            that(lab.call("pve_ceph_destroy", "what", "pool", "node", "pve1", "name", ".mgr"))
                    .isRefusedBy("policy.destroy");
            that(run(lab, "restart", "mon.pve1")).shows("outcome: done");
        }
    }
}
