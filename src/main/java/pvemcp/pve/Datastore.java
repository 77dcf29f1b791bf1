package pvemcp.pve;

import java.time.Instant;
import java.util.Optional;

/// A datastore of a [BackupServer].
///
/// @param total empty, as the other two, where the token may not see it or it could not be looked at
/// @param full when it will be full if it goes on as in the last month; in the past where it does not grow
/// @param maintenance the mode it is in, such as `type=read-only`; empty: none
/// @param error why it could not be looked at; empty where it could
public record Datastore(
        String name,
        Optional<Bytes> total,
        Optional<Bytes> used,
        Optional<Bytes> available,
        Optional<Instant> full,
        String maintenance,
        String comment,
        String error) {
    // proxmox-backup, pbs-api-types: DataStoreStatusListItem and DataStoreListItem
    static Datastore from(Fields usage, Optional<Fields> described) {
        return new Datastore(
                usage.text("store"),
                usage.bytes("total"),
                usage.bytes("used"),
                usage.bytes("avail"),
                usage.moment("estimated-full-date"),
                described.map(row -> row.text("maintenance")).orElse(""),
                described.map(row -> row.text("comment").strip()).orElse(""),
                usage.text("error").strip());
    }

    /// How much of it is taken; empty where that is not known.
    public Optional<Percent> use() {
        return total.filter(size -> size.count() > 0).flatMap(size -> used.map(taken -> taken.of(size)));
    }
}
