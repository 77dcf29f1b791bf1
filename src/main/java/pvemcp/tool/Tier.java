package pvemcp.tool;

import pvemcp.text.Word;

/// How much a call can do, mildest first. Policy speaks only of these.
public enum Tier {
    /// Looks, changes nothing.
    READ,
    /// Changes the running state, and the opposite call undoes it: start, stop, migrate.
    OPERATE,
    /// Changes configuration, or makes something new.
    CHANGE,
    /// Removes what cannot be had back: guests, disks, snapshots, backups.
    DESTROY,
    /// Runs code on a host or in a guest, hands out credentials or rights, or opens a way out of the cluster.
    EXECUTE;

    /// As configuration and answers write it: `destroy`.
    public String word() {
        return Word.of(this);
    }
}
