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
/// @param counting the newest that counts: not too old, verified where somebody verifies, with all in it that would
///     be lost
/// @param lacking why the newest that is young and verified does not count; empty where it does, or there is none
/// @param unseen storages that could not be looked at
record LastBackup(Optional<Found> newest, Optional<Found> counting, String lacking, List<String> unseen) {
    /// As many as are looked into.
    private static final int LOOKS = 3;

    /// @param volid its name in the cluster
    /// @param node where it can be read
    /// @param verified what the last verification said: `ok`, `failed`; empty where there was none
    /// @param verifies whether the storage is one that verifies, a backup server
    record Found(String volid, String node, Instant made, String storage, boolean verifies, String verified) {
        boolean mayCount(Instant oldest) {
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

    /// @param age how old one may be that counts
    static LastBackup of(Loss loss, Duration age, ToolContext ctx) {
        var now = ctx.clock().instant();
        var found = new ArrayList<Found>();
        var unseen = new ArrayList<String>();
        var seen = new HashSet<String>();
        for (var row : ctx.pve().storages()) {
            boolean another = row.content().contains("backup") && (!row.shared() || seen.add(row.name()));
            if (another) {
                try {
                    look(row, loss, ctx, found);
                } catch (PveException _) {
                    unseen.add(row.shared() ? row.name() : row.name() + " on " + row.node());
                }
            }
        }
        found.sort((one, other) -> other.made().compareTo(one.made()));
        var newest = found.stream().findFirst();
        found.removeIf(backup -> !backup.mayCount(now.minus(age)));
        var lacking = "";
        for (var backup : found.subList(0, Math.min(LOOKS, found.size()))) {
            var why = lacks(backup, loss, ctx);
            if (why.isEmpty()) {
                return new LastBackup(newest, Optional.of(backup), lacking, unseen);
            }
            lacking = lacking.isEmpty() ? why : lacking;
        }
        return new LastBackup(newest, Optional.empty(), lacking, unseen);
    }

    /// Why a backup does not bring back what would be lost; empty where it does.
    private static String lacks(Found backup, Loss loss, ToolContext ctx) {
        if (!loss.looksInside()) {
            return "";
        }
        try {
            var config = ctx.pve()
                    .node(backup.node())
                    .read("/vzdump/extractconfig", Json.obj("volume", backup.volid()))
                    .scalarText()
                    .orElse("");
            var missing = loss.missing(DiskVolumes.archived(config));
            return missing.isEmpty() ? "" : Clean.line(String.join(", ", missing)) + " is not in it";
        } catch (PveException _) {
            return "what is in it cannot be read";
        }
    }

    private static void look(StorageRow row, Loss loss, ToolContext ctx, List<Found> found) {
        int vmid = loss.vmid();
        var filter = Json.obj("content", "backup", "vmid", vmid);
        for (var volume : ctx.pve().node(row.node()).storage(row.name()).content(filter)) {
            boolean ofGuest = volume.vmid().filter(id -> id == vmid).isPresent();
            if (volume.created().isPresent() && ofGuest && !loss.isOf(volume.volid())) {
                found.add(new Found(
                        volume.volid(),
                        row.node(),
                        volume.created().get(),
                        row.name(),
                        row.type().equals("pbs"),
                        verification(volume)));
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
        var why = lacking.isEmpty() ? "" : ": " + lacking;
        return last + other + (counting.isEmpty() ? ", which does not count" + why : "") + unknown;
    }
}
