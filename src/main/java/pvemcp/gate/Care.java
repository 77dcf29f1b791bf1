package pvemcp.gate;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/// What is seen to before a guest is put at risk.
///
/// @param snapshotFirst before what a snapshot is taken
/// @param backup what is asked for before what only a backup brings back is taken away
/// @param age how old a backup may be that counts
public record Care(Set<Risk> snapshotFirst, Backup backup, Duration age) {
    /// Nothing is taken first; that there is no backup is said.
    public static final Care DEFAULT = new Care(Set.of(), Backup.WARN, Duration.ofDays(7));

    public Care {
        snapshotFirst = Set.copyOf(snapshotFirst);
    }

    public enum Risk {
        /// Of its configuration or its disks.
        CHANGE,
        /// To an older snapshot.
        ROLLBACK,
        /// Of programs in it, or files.
        EXECUTE
    }

    public enum Backup {
        /// Nobody looks.
        OFF,
        /// What there is is told.
        WARN,
        /// Without one it is refused, unless the call says that it goes without and somebody agrees.
        REQUIRE
    }

    /// What a rule has to say on it, each only where it says something.
    ///
    /// @param snapshotFirst whether a snapshot is taken before any of it
    public record Special(Optional<Boolean> snapshotFirst, Optional<Backup> backup) {
        public static final Special NONE = new Special(Optional.empty(), Optional.empty());
    }
}
