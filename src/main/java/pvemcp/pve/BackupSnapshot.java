package pvemcp.pve;

import java.time.Instant;
import java.util.Optional;
import pvemcp.json.Json;

/// One backup on a [BackupServer].
///
/// @param namespace empty: the root of the datastore
/// @param kind `vm`, `ct` or `host`
/// @param id of the guest, or the name of a host
/// @param verified what the last verification said, `ok` or `failed`; empty where there was none
/// @param verifiedBy the task of that verification; empty where there was none
/// @param encrypted whether a key of the client is needed to read it
public record BackupSnapshot(
        String datastore,
        String namespace,
        String kind,
        String id,
        Instant made,
        Optional<Bytes> size,
        boolean isProtected,
        String verified,
        String verifiedBy,
        boolean encrypted,
        String owner,
        String comment) {
    // proxmox-backup, pbs-api-types: SnapshotListItem
    static BackupSnapshot from(String datastore, String namespace, Fields f) {
        var verification = f.raw("verification") instanceof Json.Obj said ? Fields.of(said) : Fields.of(Json.Obj.EMPTY);
        return new BackupSnapshot(
                datastore,
                namespace,
                f.text("backup-type"),
                f.text("backup-id"),
                f.moment("backup-time").orElse(Instant.EPOCH),
                f.bytes("size"),
                f.flag("protected"),
                verification.text("state"),
                verification.text("upid"),
                !f.text("fingerprint").isEmpty(),
                f.text("owner"),
                f.text("comment").strip());
    }

    /// The guest it is of; empty for a host's.
    public Optional<Integer> vmid() {
        boolean ofGuest = (kind.equals("vm") || kind.equals("ct")) && id.matches("[1-9][0-9]{2,8}");
        return ofGuest ? Optional.of(Integer.parseInt(id)) : Optional.empty();
    }

    /// As the server itself writes it: `vm/101/2026-11-20T02:00:04Z`.
    public String path() {
        return "%s/%s/%s".formatted(kind, id, made);
    }
}
