package pvemcp.tools.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import pvemcp.lab.Lab;
import pvemcp.lab.LabAssert;
import pvemcp.lab.Scenes;
import pvemcp.schema.ApiSchema;
import pvemcp.sim.world.Storage;
import pvemcp.sim.world.StorageType;
import pvemcp.tool.ToolResult;

/// Pools and what is in them.
class PoolTest {
    private static LabAssert that(ToolResult result) {
        return LabAssert.assertThat(result);
    }

    /// The VM `web` is in the pool `shop`.
    private static Lab lab() {
        return Lab.of(Scenes.small()).with(cluster -> {
            var local = new Storage("local", StorageType.DIR);
            local.options.put("path", "/var/lib/vz");
            cluster.storages.put("local", local);
            cluster.pools.get("shop").comment = "What sells";
        });
    }

    @Test
    void pools_are_listed_and_one_is_shown_with_its_members() {
        try (var lab = lab().with(cluster -> cluster.pools.get("shop").storages.add("local"))) {
            that(lab.call("pve_pool_get")).shows("1 pool", "shop", "What sells");
            that(lab.call("pve_pool_get", "pool", "shop"))
                    .shows("comment: What sells", "2 members", "1 storage", "1 vm", "web", "local");
            that(lab.call("pve_pool_get", "pool", "shoo"))
                    .failsWith("not_found")
                    .saying("pool 'shoo' does not exist");
        }
    }

    @Test
    void a_pool_is_made_with_members_filled_emptied_and_deleted() {
        try (var lab = lab()) {
            that(lab.call("pve_pool_set", "pool", "infra", "action", "create", "guests", "dns", "comment", "Basics"))
                    .shows("outcome: done");
            that(lab.call("pve_pool_set", "pool", "infra", "action", "add", "guests", "db", "storages", "local"))
                    .shows("outcome: done");
            that(lab.call("pve_pool_get", "pool", "infra")).shows("3 members", "Basics", "dns", "db", "local");
            that(lab.call("pve_pool_set", "pool", "infra", "action", "change", "comment", "Foundations"))
                    .shows("outcome: done");
            that(lab.call("pve_pool_set", "pool", "infra", "action", "delete"))
                    .failsWith("pve_error")
                    .saying("is not empty");
            that(lab.call(
                            "pve_pool_set",
                            "pool",
                            "infra",
                            "action",
                            "remove",
                            "guests",
                            "100,pve1/dns",
                            "storages",
                            "local"))
                    .shows("outcome: done");
            that(lab.call("pve_pool_set", "pool", "infra", "action", "delete")).shows("outcome: done");
            that(lab.call("pve_pool_get")).showsNot("infra", "Foundations");
        }
    }

    @Test
    void pools_stand_in_pools() {
        try (var lab = lab()) {
            that(lab.call("pve_pool_set", "pool", "shop/web", "action", "create"))
                    .shows("outcome: done");
            that(lab.call("pve_pool_set", "pool", "shop/web", "action", "add", "guests", "dns"))
                    .shows("outcome: done");
            that(lab.call("pve_pool_get", "pool", "shop/web")).shows("1 member", "dns");
            that(lab.call("pve_pool_set", "pool", "shop/web", "action", "remove", "guests", "dns"))
                    .shows("outcome: done");
            that(lab.call("pve_pool_set", "pool", "shop/web", "action", "delete"))
                    .shows("outcome: done");
            that(lab.call("pve_pool_set", "pool", "none/x", "action", "create"))
                    .saying("parent 'none' of pool 'none/x' does not exist");
        }
    }

    @Test
    void a_guest_changes_its_pool_only_if_that_is_meant() {
        try (var lab = lab()) {
            that(lab.call("pve_pool_set", "pool", "infra", "action", "create")).shows("outcome: done");
            that(lab.call("pve_pool_set", "pool", "infra", "action", "add", "guests", "web"))
                    .saying("belongs already to pool 'shop'");
            that(lab.call("pve_pool_set", "pool", "infra", "action", "add", "guests", "web", "move", true))
                    .shows("outcome: done");
            that(lab.call("pve_pool_get", "pool", "shop")).shows("0 members");
        }
    }

    @Test
    void what_a_protected_pool_has_stays_there_and_nothing_is_put_into_it() {
        try (var lab = lab().protecting("pool:shop")) {
            that(lab.call("pve_pool_set", "pool", "shop", "action", "remove", "guests", "web"))
                    .isRefusedBy("policy.protect.pools");
            that(lab.call("pve_pool_set", "pool", "shop", "action", "add", "guests", "dns"))
                    .isRefusedBy("policy.protect.pools");
            that(lab.call("pve_pool_set", "pool", "other", "action", "add", "guests", "web", "move", true))
                    .isRefusedBy("policy.protect.pools");
            assertThat(lab.<Integer>ask(
                            cluster -> cluster.pools.get("shop").guests.size()))
                    .isEqualTo(1);
        }
    }

    @Test
    void a_call_that_would_do_nothing_is_not_understood() {
        try (var lab = lab()) {
            that(lab.call("pve_pool_set", "pool", "shop", "action", "add")).failsWith("bad_arguments");
            that(lab.call("pve_pool_set", "pool", "shop", "action", "change")).failsWith("bad_arguments");
            that(lab.call("pve_pool_set", "pool", "shop", "action", "delete", "guests", "web"))
                    .failsWith("bad_arguments");
        }
    }

    /// The pools of PVE 8.0, which had no parameter for the pool yet.
    private static final String OLD = """
            const apiSchema = [{"path": "/pools", "text": "pools", "leaf": 0,
              "info": {
                "GET": {"name": "index", "method": "GET", "parameters": {"additionalProperties": 0}},
                "POST": {"name": "create_pool", "method": "POST", "parameters": {"additionalProperties": 0, "properties": {
                  "poolid": {"type": "string", "format": "pve-poolid"},
                  "comment": {"type": "string", "optional": 1}}}}},
              "children": [{"path": "/pools/{poolid}", "text": "{poolid}", "leaf": 1,
                "info": {
                  "GET": {"name": "read_pool", "method": "GET", "parameters": {"additionalProperties": 0, "properties": {
                    "poolid": {"type": "string", "format": "pve-poolid"}}}},
                  "PUT": {"name": "update_pool", "method": "PUT", "parameters": {"additionalProperties": 0, "properties": {
                    "poolid": {"type": "string", "format": "pve-poolid"},
                    "comment": {"type": "string", "optional": 1},
                    "vms": {"type": "string", "format": "pve-vmid-list", "optional": 1},
                    "storage": {"type": "string", "format": "pve-storage-id-list", "optional": 1},
                    "delete": {"type": "boolean", "optional": 1}}}},
                  "DELETE": {"name": "delete_pool", "method": "DELETE", "parameters": {"additionalProperties": 0,
                    "properties": {"poolid": {"type": "string", "format": "pve-poolid"}}}}}}]}];
            """;

    @Test
    void an_older_release_is_asked_in_its_own_form() {
        try (var lab = lab().speaking(ApiSchema.fromApidoc(OLD, "8.0.4"))) {
            that(lab.call("pve_pool_set", "pool", "infra", "action", "create", "guests", "dns"))
                    .shows("outcome: done");
            that(lab.call("pve_pool_get", "pool", "infra")).shows("1 member", "dns");
            that(lab.call("pve_pool_set", "pool", "infra", "action", "remove", "guests", "dns"))
                    .shows("outcome: done");
            that(lab.call("pve_pool_set", "pool", "infra", "action", "delete")).shows("outcome: done");
            assertThat(lab.requests())
                    .contains("POST /pools", "PUT /pools/infra", "GET /pools/infra", "DELETE /pools/infra")
                    .doesNotContain("PUT /pools", "GET /pools", "DELETE /pools");
        }
    }

    @Test
    void an_older_release_is_protected_as_well() {
        try (var lab = lab().speaking(ApiSchema.fromApidoc(OLD, "8.0.4")).protecting("pool:shop")) {
            that(lab.call("pve_pool_set", "pool", "shop", "action", "change", "comment", "mine"))
                    .isRefusedBy("policy.protect.pools");
        }
    }
}
