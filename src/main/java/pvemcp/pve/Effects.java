package pvemcp.pve;

import java.util.Set;

/// The GETs that do more than read: they dial out, read files of a guest or open a console. They are not
/// repeated freely.
final class Effects {
    // pve-manager, qemu-server, pve-storage at PVE 9.2: API2::Nodes, API2::ACMEAccount, API2::Scan,
    // API2::Qemu::Agent, API2::Storage::FileRestore.
    private static final Set<String> LAST = Set.of(
            "query-url-metadata",
            "query-oci-repo-tags",
            "vncwebsocket",
            "mtunnelwebsocket",
            "file-read",
            "exec-status");
    private static final Set<String> LAST_TWO =
            Set.of("scan/nfs", "scan/cifs", "scan/pbs", "scan/iscsi", "acme/tos", "acme/meta", "file-restore/download");

    private Effects() {}

    /// Whether a GET of this path does something besides reading.
    static boolean of(String path) {
        var end = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        var slash = end.lastIndexOf('/');
        var before = slash < 1 ? -1 : end.lastIndexOf('/', slash - 1);
        return LAST.contains(end.substring(slash + 1)) || LAST_TWO.contains(end.substring(before + 1));
    }
}
