package pvemcp.sim.api;

import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;

/// What calls that make a guest have in common, be it new or out of a backup.
final class NewGuest {
    private static final Set<String> OF_THE_CALL = Set.of(
            "node",
            "vmid",
            "storage",
            "pool",
            "start",
            "force",
            "unique",
            "archive",
            "bwlimit",
            "live-restore",
            "ostemplate",
            "restore",
            "password",
            "ssh-public-keys",
            "ignore-unpack-errors",
            "ha-managed",
            "import-working-storage");

    private NewGuest() {}

    /// What of the arguments is to stand in the guest's configuration, in the order of the names.
    static SequencedMap<String, String> options(Request request) {
        return new TreeMap<>(request.others(OF_THE_CALL));
    }
}
