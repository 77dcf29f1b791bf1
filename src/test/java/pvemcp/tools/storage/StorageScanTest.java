package pvemcp.tools.storage;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import pvemcp.gate.Policy;
import pvemcp.json.Json;
import pvemcp.lab.Lab;
import pvemcp.lab.LabAssert;
import pvemcp.lab.Scenes;
import pvemcp.sim.world.Cluster;
import pvemcp.sim.world.Storage;
import pvemcp.sim.world.StorageType;
import pvemcp.tool.Tier;
import pvemcp.tool.ToolResult;

/// What a node could use as storage.
class StorageScanTest {
    private static LabAssert that(ToolResult result) {
        return LabAssert.assertThat(result);
    }

    private static Lab lab() {
        return Lab.of(Scenes.small()).with(cluster -> {
            storage(cluster, "nas", StorageType.NFS, "server", "192.0.2.5", "export", "/volume1/proxmox");
            storage(cluster, "share", StorageType.CIFS, "server", "192.0.2.6", "share", "media");
            storage(cluster, "pbs", StorageType.PBS, "server", "192.0.2.7", "datastore", "house");
            storage(cluster, "san", StorageType.ISCSI, "portal", "192.0.2.8", "target", "iqn.2026-11.example:disks");
            storage(cluster, "thin", StorageType.LVMTHIN, "vgname", "pve", "thinpool", "data");
            storage(cluster, "tank", StorageType.ZFSPOOL, "pool", "tank", "sparse", "1");
        });
    }

    private static void storage(Cluster cluster, String id, StorageType type, String... options) {
        var storage = new Storage(id, type);
        for (int i = 0; i < options.length; i += 2) {
            storage.options.put(options[i], options[i + 1]);
        }
        cluster.storages.put(id, storage);
    }

    private static ToolResult scan(Lab lab, String kind, String target) {
        return target.isEmpty()
                ? lab.call("pve_storage_scan", "node", "pve1", "kind", kind)
                : lab.call("pve_storage_scan", "node", "pve1", "kind", kind, "target", target);
    }

    @Test
    void each_kind_finds_what_there_is() {
        try (var lab = lab()) {
            that(scan(lab, "nfs", "192.0.2.5")).shows("/volume1/proxmox");
            that(scan(lab, "cifs", "192.0.2.6")).shows("media");
            that(scan(lab, "iscsi", "192.0.2.8")).shows("iqn.2026-11.example:disks");
            that(scan(lab, "lvmthin", "pve")).shows("data");
            that(scan(lab, "lvm", "")).isDone();
            that(scan(lab, "zfs", "")).shows("tank");
        }
    }

    @Test
    void a_server_that_does_not_answer_and_one_that_is_not_named_are_told() {
        try (var lab = lab()) {
            that(scan(lab, "nfs", "192.0.2.99")).saying("showmount --no-headers --exports 192.0.2.99");
            that(scan(lab, "nfs", "")).failsWith("bad_arguments").saying("name the server");
            that(scan(lab, "lvmthin", "")).failsWith("bad_arguments").saying("name the volume group");
        }
    }

    @Test
    void reading_the_node_is_a_read_and_dialling_out_is_not() {
        try (var lab = lab().policy(policy -> policy.with(Tier.EXECUTE, Policy.Answer.ASK))) {
            that(scan(lab, "zfs", "")).isDone();
            that(scan(lab, "nfs", "192.0.2.5"))
                    .isHeld()
                    .wouldSend("GET /nodes/pve1/scan/nfs {\"server\":\"192.0.2.5\"}");
        }
    }

    @Test
    void a_backup_server_is_asked_with_a_password_the_model_never_sees() {
        try (var lab = lab().knowingSecret("pbs", "hunter2")) {
            var options = Json.obj("username", "scan@pbs", "password", "secret:pbs");
            that(lab.call("pve_storage_scan", "node", "pve1", "kind", "pbs", "target", "192.0.2.7", "options", options))
                    .shows("house", "access.log")
                    .showsNot("hunter2");
            assertThat(lab.audit().toString()).doesNotContain("hunter2");
        }
    }
}
