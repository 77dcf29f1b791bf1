package pvemcp.schema;

/// How much an operation can do, mildest first.
public enum Danger {
    /// Looks, changes nothing and hands out nothing secret.
    READ,
    /// Changes the running state, and the opposite call undoes it: start, stop, migrate.
    OPERATE,
    /// Changes configuration, or makes something new.
    CHANGE,
    /// Removes what cannot be had back: guests, disks, snapshots, backups.
    DESTROY,
    /// Runs code on a host or in a guest, hands out credentials or rights, or opens a way in or out of the
    /// cluster.
    EXECUTE
}
