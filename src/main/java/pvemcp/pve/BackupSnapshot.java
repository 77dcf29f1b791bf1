package pvemcp.pve;

import java.time.Instant;
import java.util.Optional;
import pvemcp.json.Json;

/// One backup on a [BackupServer].
///
/// @param namespace empty: the root of the datastore
/// @param kind `vm`, `ct` or `host`
/// @param id of the guest, or the name of a host
/// @param complete whether it is all there: one that is being made is not, nor one that broke off
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
        boolean complete,
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
                // There is none before its manifest is written, with which a backup ends (datastore.rs,
                // list_snapshots).
                f.bytes("size").isPresent(),
                f.flag("protected"),
                verification.text("state"),
                verification.text("upid"),
                !f.text("fingerprint").isEmpty() || hasEncryptedFile(f),
                f.text("owner"),
                f.text("comment").strip());
    }

    /// A manifest without the fingerprint of its key is one of an old client.
    private static boolean hasEncryptedFile(Fields f) {
        return Fields.list(f.raw("files")).stream()
                .anyMatch(file -> file.text("crypt-mode").equals("encrypt"));
    }

    /// Whether this user or token may add to the backups of the same guest: they belong to whoever made the first,
    /// and those of a token also to its user (proxmox-backup, api2/backup/mod.rs).
    public boolean growsBy(String user) {
        return owner.equals(user) || owner.startsWith(user + "!");
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
