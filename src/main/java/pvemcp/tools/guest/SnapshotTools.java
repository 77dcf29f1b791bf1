package pvemcp.tools.guest;

import static pvemcp.tool.Tool.change;
import static pvemcp.tool.Tool.destroy;
import static pvemcp.tool.Tool.read;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import pvemcp.json.Json;
import pvemcp.pve.ApiPath;
import pvemcp.pve.Guest;
import pvemcp.pve.GuestConfig;
import pvemcp.pve.GuestKind;
import pvemcp.pve.GuestRef;
import pvemcp.pve.PveException;
import pvemcp.pve.PveFault;
import pvemcp.pve.Snapshot;
import pvemcp.pve.Verb;
import pvemcp.text.Nearest;
import pvemcp.tool.Aim.OnGuest;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.Planned;
import pvemcp.tool.Preview;
import pvemcp.tool.ToolContext;
import pvemcp.tool.Toolset;
import pvemcp.tools.common.Disks;
import pvemcp.tools.common.Identity;
import pvemcp.tools.common.Outcome;
import pvemcp.view.Clean;
import pvemcp.view.View;

/// Snapshots of guests: states one can go back to, kept on the same storage.
public final class SnapshotTools {
    public static final Toolset SNAPSHOTS = Toolset.of(
            "snapshots",
            "Snapshots of VMs and containers",
            read("pve_snapshot_list", """
                    List a guest's snapshots as a tree, or show the configuration one of them holds.""", SnapshotList.class),
            change("pve_snapshot_create", """
                    Take a snapshot of a guest. It is no backup.""", SnapshotCreate.class),
            destroy("pve_snapshot_delete", """
                    Delete a snapshot. The guest stays as it is.""", SnapshotDelete.class),
            destroy("pve_snapshot_rollback", """
                    Put a guest back to a snapshot. What came since is lost.""", SnapshotRollback.class));

    private SnapshotTools() {}

    private static Snapshot snapshot(Guest guest, List<Snapshot> all, String name) {
        for (var each : all) {
            if (each.name().equals(name)) {
                return each;
            }
        }
        var names = all.stream().map(Snapshot::name).toList();
        var there = names.isEmpty() ? "it has none" : "it has " + String.join(", ", names);
        throw new PveException(new PveFault.Missing(
                "snapshot " + name,
                "%s has no snapshot '%s'%s; %s".formatted(guest, name, Nearest.hint(name, names), there)));
    }

    private static String path(String snapshot, String below) {
        return ApiPath.of("/snapshot/{snapname}", snapshot) + below;
    }

    private static Outcome follow(
            ToolContext ctx, Guest guest, Verb verb, String below, Json.Obj params, Duration limit) {
        return Outcome.of(ctx, guest.start(verb, below, params), limit);
    }

    record SnapshotList(
            @Doc GuestRef guest,

            @Doc(value = "Show this one's configuration", obvious = true)
            Optional<String> snapshot)
            implements Call<Object>, OnGuest {
        /// @param snapshot indented below the one it grew from
        /// @param memory whether the RAM was saved as well
        record Line(String snapshot, Optional<Instant> taken, Optional<Duration> age, boolean memory) {}

        record Tree(String guest, int snapshots, List<Line> tree, List<View> descriptions) {}

        record Setting(String key, String value) {}

        record Kept(String guest, String snapshot, List<Setting> settings) {}

        @Override
        public Object run(ToolContext ctx) {
            var found = ctx.pve().guest(guest);
            return snapshot.isPresent() ? kept(found, snapshot.get()) : tree(ctx, found);
        }

        private static Kept kept(Guest found, String name) {
            SnapshotTools.snapshot(found, found.snapshots(), name);
            var settings = new ArrayList<Setting>();
            found.config(name).options().forEach((key, value) -> {
                if (!key.equals("description")) {
                    settings.add(new Setting(Clean.name(key), Clean.line(value)));
                }
            });
            return new Kept(Clean.oneLine(found.toString()), Clean.name(name), settings);
        }

        private static Tree tree(ToolContext ctx, Guest found) {
            var all = found.snapshots();
            var lines = new ArrayList<Line>();
            var names = all.stream().map(Snapshot::name).collect(Collectors.toSet());
            var now = ctx.clock().instant();
            var seen = new HashSet<String>();
            for (var each : byAge(all)) {
                if (!names.contains(each.parent())) {
                    grow(all, each, 0, now, seen, lines);
                }
            }
            var current = found.config().get("parent").filter(names::contains);
            var here = "now"
                    + current.map(name -> ", grown from " + Clean.name(name)).orElse("");
            lines.add(new Line("(" + here + ")", Optional.empty(), Optional.empty(), false));
            var said = byAge(all).stream()
                    .filter(each -> !each.description().isEmpty())
                    .map(each -> Clean.name(each.name()) + ": " + Clean.line(each.description()))
                    .toList();
            return new Tree(
                    Clean.oneLine(found.toString()), all.size(), lines, Outcome.quoted("snapshot descriptions", said));
        }

        // A parent that is its own descendant cannot be, but what is read is not trusted to be a tree.
        private static void grow(
                List<Snapshot> all, Snapshot one, int depth, Instant now, Set<String> seen, List<Line> lines) {
            if (!seen.add(one.name())) {
                return;
            }
            lines.add(new Line(
                    "\u00a0\u00a0".repeat(depth) + (depth == 0 ? "" : "└ ") + Clean.name(one.name()),
                    one.taken(),
                    one.taken().map(taken -> Duration.between(taken, now)),
                    one.withMemory()));
            for (var each : byAge(all)) {
                if (each.parent().equals(one.name())) {
                    grow(all, each, depth + 1, now, seen, lines);
                }
            }
        }

        private static List<Snapshot> byAge(List<Snapshot> all) {
            return all.stream()
                    .sorted(Comparator.comparing((Snapshot each) -> each.taken().orElse(Instant.EPOCH))
                            .thenComparing(Snapshot::name))
                    .toList();
        }
    }

    record SnapshotCreate(
            @Doc GuestRef guest,

            @Doc(value = "Its name: a letter, then letters, digits, '-', '_'", obvious = true)
            String name,

            @Doc(value = "What it is for", obvious = true) Optional<String> description,
            @Doc(value = "Save the RAM too", obvious = true) boolean memory,

            @Doc(value = "How long to wait for the task", or = "45s", obvious = true)
            Duration timeout)
            implements Call<Outcome>, OnGuest {
        @Override
        public Outcome run(ToolContext ctx) {
            var found = ctx.pve().guest(guest);
            if (memory && found.kind() == GuestKind.CONTAINER) {
                throw new BadArguments(List.of(
                        "argument 'memory': %s is a container, and their RAM cannot be saved".formatted(found)));
            }
            requireFeature(found);
            var params = Json.obj("snapname", name);
            if (description.isPresent()) {
                params = params.with("description", description.get());
            }
            if (memory) {
                params = params.with("vmstate", 1);
            }
            return follow(ctx, found, Verb.POST, "/snapshot", params, timeout);
        }

        private static void requireFeature(Guest found) {
            var feature = found.read("/feature", Json.obj("feature", "snapshot"));
            if (!(feature instanceof Json.Obj told) || told.flag("hasFeature").orElse(true)) {
                return;
            }
            var volumes = Disks.of(found.kind(), found.config()).stream()
                    .filter(disk -> !disk.removable())
                    .map(disk -> disk.key() + " on " + disk.storage())
                    .collect(Collectors.joining(", "));
            throw new PveException(new PveFault.Unexpected(
                    500,
                    "snapshot feature is not available: a disk of %s lies where no snapshots can be taken (%s); "
                                    .formatted(found, Clean.line(volumes))
                            + "move it with pve_guest_disk, or make a backup instead"));
        }
    }

    record SnapshotDelete(
            @Doc GuestRef guest,
            @Doc(value = "The snapshot", obvious = true) String name,

            @Doc(value = "How long to wait for the task", or = "45s", obvious = true)
            Duration timeout)
            implements Call<Outcome>, OnGuest, Planned {
        @Override
        public Preview preview(ToolContext ctx) {
            var found = ctx.pve().guest(guest);
            var one = snapshot(found, found.snapshots(), name);
            return new Preview(
                    Clean.oneLine("delete snapshot %s of %s%s".formatted(name, found, taken(one))),
                    List.of(),
                    List.of("going back to that state will be impossible"));
        }

        @Override
        public Outcome run(ToolContext ctx) {
            var found = ctx.pve().guest(guest);
            snapshot(found, found.snapshots(), name);
            Identity.require(found, found.config());
            return follow(ctx, found, Verb.DELETE, path(name, ""), Json.Obj.EMPTY, timeout);
        }
    }

    record SnapshotRollback(
            @Doc GuestRef guest,
            @Doc(value = "The snapshot", obvious = true) String name,

            @Doc(value = "Start the guest afterwards", obvious = true)
            boolean start,

            @Doc(value = "How long to wait for the task", or = "45s", obvious = true)
            Duration timeout)
            implements Call<Outcome>, OnGuest, Planned {
        @Override
        public Preview preview(ToolContext ctx) {
            var found = ctx.pve().guest(guest);
            var all = found.snapshots();
            var one = snapshot(found, all, name);
            return new Preview(
                    Clean.oneLine("roll %s back to snapshot %s%s".formatted(found, name, taken(one))),
                    List.of(),
                    losses(found, one, all));
        }

        private static List<String> losses(Guest found, Snapshot one, List<Snapshot> all) {
            var losses = new ArrayList<String>();
            losses.add("everything written since then is lost");
            var newer = all.stream()
                    .filter(each -> each.taken().isPresent() && one.taken().isPresent())
                    .filter(each -> each.taken().get().isAfter(one.taken().get()))
                    .map(each -> Clean.name(each.name()))
                    .toList();
            if (!newer.isEmpty()) {
                losses.add(("newer snapshots (%s) leave the guest's line: ZFS refuses until they are deleted, other "
                                + "storages keep them aside")
                        .formatted(String.join(", ", newer)));
            }
            var unused = addedSince(found, found.config(), found.config(one.name()));
            if (!unused.isEmpty()) {
                losses.add("disks added since (%s) become unused".formatted(String.join(", ", unused)));
            }
            if (found.row().status().equals("running")) {
                losses.add(
                        one.withMemory()
                                ? "the guest is stopped and goes on from the saved RAM"
                                : "the guest is stopped");
            }
            return losses;
        }

        private static List<String> addedSince(Guest found, GuestConfig now, GuestConfig then) {
            var kept = Disks.of(found.kind(), then).stream()
                    .map(Disks.Disk::volume)
                    .toList();
            return Disks.of(found.kind(), now).stream()
                    .filter(disk -> !disk.removable() && !kept.contains(disk.volume()))
                    .map(disk -> disk.key() + " " + Clean.name(disk.volume()))
                    .toList();
        }

        @Override
        public Outcome run(ToolContext ctx) {
            var found = ctx.pve().guest(guest);
            snapshot(found, found.snapshots(), name);
            Identity.require(found, found.config());
            var params = start ? Json.obj("start", 1) : Json.Obj.EMPTY;
            return follow(ctx, found, Verb.POST, path(name, "/rollback"), params, timeout);
        }
    }

    private static String taken(Snapshot one) {
        return one.taken().map(moment -> ", taken " + moment).orElse("");
    }
}
