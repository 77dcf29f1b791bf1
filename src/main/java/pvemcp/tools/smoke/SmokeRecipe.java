package pvemcp.tools.smoke;

import java.util.ArrayList;
import java.util.List;

/// The rights that smoke tests need and no more, as the lines root types on a node to give them.
public final class SmokeRecipe {
    static final String GUESTS = "VM.Allocate VM.Audit VM.Backup VM.Clone VM.Config.CPU VM.Config.Disk VM.Config.Memory"
            + " VM.Config.Network VM.Config.Options VM.PowerMgmt VM.Snapshot VM.Snapshot.Rollback Pool.Audit";
    static final String STORES = "Datastore.AllocateSpace Datastore.Audit";

    private SmokeRecipe() {}

    record Grant(String path, String role) {}

    /// @param storage for disks
    /// @param backups for backups
    /// @param templates with the container template
    /// @param source the id of a VM to clone; empty for none
    static List<Grant> grants(
            String pool, String node, String storage, String backups, String templates, String source) {
        var grants = new ArrayList<Grant>();
        grants.add(new Grant("/pool/" + pool, "McpSmoke"));
        for (var each : List.of(storage, backups, templates)) {
            var grant = new Grant("/storage/" + each, "McpSmokeStore");
            if (!grants.contains(grant)) {
                grants.add(grant);
            }
        }
        // Containers and clones are connected to the node's bridges (PVE::API2::LXC, check_vnet_access).
        grants.add(new Grant("/sdn/zones/localnetwork", "PVESDNUser"));
        grants.add(new Grant("/nodes/" + node, "PVEAuditor"));
        if (!source.isEmpty()) {
            grants.add(new Grant("/vms/" + source, "McpSmoke"));
        }
        return grants;
    }

    /// The lines, for `sh` on a node.
    public static List<String> lines(
            String pool, String node, String storage, String backups, String templates, String source) {
        var lines = new ArrayList<String>();
        lines.add("pveum pool add " + pool);
        lines.add("pveum role add McpSmoke --privs \"%s\"".formatted(GUESTS));
        lines.add("pveum role add McpSmokeStore --privs \"%s\"".formatted(STORES));
        lines.add("pveum user add mcp-smoke@pve --comment 'smoke tests of pve-mcp'");
        for (var grant : grants(pool, node, storage, backups, templates, source)) {
            lines.add("pveum acl modify %s --users mcp-smoke@pve --roles %s".formatted(grant.path(), grant.role()));
        }
        lines.add("pveum user token add mcp-smoke@pve smoke --privsep 0 --expire $(date -d '+7 days' +%s)");
        return lines;
    }
}
