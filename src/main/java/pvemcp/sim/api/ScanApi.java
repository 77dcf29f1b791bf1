package pvemcp.sim.api;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import pvemcp.json.Json;
import pvemcp.schema.Verb;
import pvemcp.sim.SimError;
import pvemcp.sim.world.StorageType;

/// What a node could use as storage (PVE::API2::Storage::Scan). The servers that answer are those the cluster has
/// storages on, with what these use; every other one does not.
final class ScanApi {
    private static final String BASE = "/nodes/{node}/scan/";

    private ScanApi() {}

    static void add(Routes routes) {
        routes.on(Verb.GET, BASE + "nfs", ScanApi::nfs)
                .on(Verb.GET, BASE + "cifs", ScanApi::cifs)
                .on(Verb.GET, BASE + "pbs", ScanApi::pbs)
                .on(Verb.GET, BASE + "iscsi", ScanApi::iscsi)
                .on(Verb.GET, BASE + "lvmthin", ScanApi::lvmthin)
                .on(Verb.GET, BASE + "zfs", ScanApi::zfs);
    }

    /// The values of one option of all storages of a type for which another option is this, each once.
    private static List<String> values(Request request, StorageType type, String by, String is, String wanted) {
        var values = new LinkedHashSet<String>();
        for (var storage : request.cluster().storages.values()) {
            boolean fits = storage.type() == type && (by.isEmpty() || is.equals(storage.options.get(by)));
            if (fits && storage.options.containsKey(wanted)) {
                values.add(storage.options.get(wanted));
            }
        }
        return List.copyOf(values);
    }

    private static Json rows(List<String> values, Function<String, Map<String, Object>> row) {
        var rows = new ArrayList<Json>();
        values.forEach(value -> rows.add(Json.of(row.apply(value))));
        return new Json.Arr(rows);
    }

    private static Json nfs(Request request) {
        var server = request.text("server");
        var exports = values(request, StorageType.NFS, "server", server, "export");
        if (exports.isEmpty()) {
            throw new SimError(
                    "command '/sbin/showmount --no-headers --exports %s' failed: exit code 1".formatted(server));
        }
        return rows(exports, path -> Map.of("path", path, "options", "*"));
    }

    private static Json cifs(Request request) {
        var server = request.text("server");
        var shares = values(request, StorageType.CIFS, "server", server, "share");
        if (shares.isEmpty()) {
            throw new SimError(
                    "do_connect: Connection to %s failed (Error NT_STATUS_HOST_UNREACHABLE)".formatted(server));
        }
        return rows(shares, share -> Map.of("share", share, "description", ""));
    }

    private static Json pbs(Request request) {
        var server = request.text("server");
        var stores = values(request, StorageType.PBS, "server", server, "datastore");
        if (stores.isEmpty()) {
            throw new SimError("error fetching datastores - 500 Can't connect to %s:%d (No route to host)"
                    .formatted(server, request.whole("port", 8007)));
        }
        return rows(stores, store -> Map.of("store", store, "comment", ""));
    }

    /// A portal that does not answer has no targets (PVE::Storage::ISCSIPlugin::iscsi_discovery).
    private static Json iscsi(Request request) {
        var portal = request.text("portal");
        return rows(
                values(request, StorageType.ISCSI, "portal", portal, "target"),
                target -> Map.of("target", target, "portal", portal));
    }

    private static Json lvmthin(Request request) {
        return rows(
                values(request, StorageType.LVMTHIN, "vgname", request.text("vg"), "thinpool"), lv -> Map.of("lv", lv));
    }

    /// A node has ZFS where a storage of the cluster is made of it.
    private static Json zfs(Request request) {
        var node = request.node().name();
        boolean installed = request.cluster().storages.values().stream()
                .anyMatch(storage -> storage.type() == StorageType.ZFSPOOL && storage.isOn(node));
        if (!installed) {
            throw new SimError("command 'zfs list -t filesystem -Hp -o name,avail,used' failed: open3: exec of zfs list"
                    + " -t filesystem -Hp -o name,avail,used failed: No such file or directory at"
                    + " /usr/share/perl5/PVE/Cmd.pm line 174.");
        }
        return rows(values(request, StorageType.ZFSPOOL, "", "", "pool"), pool -> Map.of("pool", pool));
    }
}
