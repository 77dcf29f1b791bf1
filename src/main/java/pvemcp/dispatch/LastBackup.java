package pvemcp.dispatch;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.pve.PveException;
import pvemcp.pve.Resource.StorageRow;
import pvemcp.pve.Volume;
import pvemcp.tool.ToolContext;
import pvemcp.view.Clean;

/// What backups there are of one guest, on all storages that can be seen.
///
/// @param newest of whatever kind
/// @param counting the newest that counts: not too old, and verified where somebody verifies
/// @param unseen storages that could not be looked at
record LastBackup(Optional<Found> newest, Optional<Found> counting, List<String> unseen) {
    /// @param verified what the last verification said: `ok`, `failed`; empty where there was none
    /// @param verifies whether the storage is one that verifies, a backup server
    record Found(Instant made, String storage, boolean verifies, String verified) {
        boolean counts(Instant oldest) {
            return !made.isBefore(oldest) && (!verifies || verified.equals("ok"));
        }

        String words(Instant now) {
            var verification = !verifies ? "" : verified.equals("ok") ? ", verified" : failed();
            return "%s ago on %s%s".formatted(age(Duration.between(made, now)), Clean.name(storage), verification);
        }

        private String failed() {
            return verified.isEmpty() ? ", never verified" : ", verification " + Clean.name(verified);
        }

        private static String age(Duration age) {
            if (age.toDays() > 0) {
                return age.toDays() + " d";
            }
            return age.toHours() > 0 ? age.toHours() + " h" : age.toMinutes() + " min";
        }
    }

    static LastBackup of(int vmid, Duration age, ToolContext ctx) {
        var now = ctx.clock().instant();
        var found = new ArrayList<Found>();
        var unseen = new ArrayList<String>();
        var seen = new HashSet<String>();
        for (var row : ctx.pve().storages()) {
            boolean another = row.content().contains("backup") && (!row.shared() || seen.add(row.name()));
            if (another) {
                try {
                    look(row, vmid, ctx, found);
                } catch (PveException _) {
                    unseen.add(row.shared() ? row.name() : row.name() + " on " + row.node());
                }
            }
        }
        found.sort((one, other) -> other.made().compareTo(one.made()));
        var counting =
                found.stream().filter(backup -> backup.counts(now.minus(age))).findFirst();
        return new LastBackup(found.stream().findFirst(), counting, unseen);
    }

    private static void look(StorageRow row, int vmid, ToolContext ctx, List<Found> found) {
        var filter = Json.obj("content", "backup", "vmid", vmid);
        for (var volume : ctx.pve().node(row.node()).storage(row.name()).content(filter)) {
            if (volume.created().isPresent()
                    && volume.vmid().filter(id -> id == vmid).isPresent()) {
                found.add(
                        new Found(volume.created().get(), row.name(), row.type().equals("pbs"), verification(volume)));
            }
        }
    }

    // PVE::Storage::PBSPlugin passes on what the backup server says of a snapshot: verification: { state, upid }.
    private static String verification(Volume volume) {
        return volume.rest()
                .object("verification")
                .flatMap(said -> said.text("state"))
                .orElse("");
    }

    String words(Instant now) {
        var unknown = unseen.isEmpty() ? "" : "; not looked at: " + Clean.line(String.join(", ", unseen));
        if (newest.isEmpty()) {
            return "no backup that can be seen" + unknown;
        }
        boolean same = newest.equals(counting);
        var last = "last backup " + newest.get().words(now);
        var other = counting.isPresent() && !same
                ? "; the last that counts " + counting.get().words(now)
                : "";
        return last + other + (counting.isEmpty() ? ", which does not count" : "") + unknown;
    }
}
