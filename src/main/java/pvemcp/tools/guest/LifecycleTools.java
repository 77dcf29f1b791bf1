package pvemcp.tools.guest;

import static pvemcp.tool.Tool.change;
import static pvemcp.tool.Tool.destroy;
import static pvemcp.tool.Tool.execute;
import static pvemcp.tool.Tool.operate;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import pvemcp.json.Json;
import pvemcp.pve.Guest;
import pvemcp.pve.GuestKind;
import pvemcp.pve.GuestRef;
import pvemcp.pve.PowerAction;
import pvemcp.pve.PveException;
import pvemcp.pve.PveFault;
import pvemcp.pve.Resource.GuestRow;
import pvemcp.pve.Task;
import pvemcp.pve.Verb;
import pvemcp.text.Word;
import pvemcp.tool.Aim.OnGuest;
import pvemcp.tool.Aim.OnGuests;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.Kind;
import pvemcp.tool.Planned;
import pvemcp.tool.Preview;
import pvemcp.tool.SoAlready;
import pvemcp.tool.ToolContext;
import pvemcp.tool.Toolset;
import pvemcp.tools.common.Disks;
import pvemcp.tools.common.HaWish;
import pvemcp.tools.common.Identity;
import pvemcp.tools.common.Outcome;
import pvemcp.tools.common.Places;
import pvemcp.tools.common.Reasons;
import pvemcp.view.Clean;
import pvemcp.view.Units;

/// How guests come, move and go.
public final class LifecycleTools {
    public static final Toolset LIFECYCLE = Toolset.of(
            "lifecycle",
            "Creating, cloning, moving and deleting guests",
            execute("pve_vm_create", """
                    Create a VM: empty, with an ISO, or from a cloud image.""", VmCreate.class),
            execute("pve_ct_create", """
                    Create an unprivileged container from a template or OCI image.""", CtCreate.class),
            change("pve_guest_clone", """
                    Clone a VM or container, or make a guest from a template.""", GuestClone.class),
            change("pve_guest_template", """
                    Turn a stopped guest into a template, for good.""", GuestTemplate.class),
            operate("pve_guest_migrate", """
                    Move a guest to another node, if nothing stands against it. Running containers restart.""", GuestMigrate.class),
            operate("pve_guest_power_many", """
                    Start, stop or restart all guests of a pool, tag or node, and say of each how it went.""", PowerMany.class),
            destroy("pve_guest_delete", """
                    Delete a stopped guest with all its disks and snapshots. Backups stay.""", GuestDelete.class));

    private LifecycleTools() {}

    record GuestDelete(
            @Doc GuestRef guest,

            @Doc(value = "Also from jobs, HA and ACLs", or = "true", obvious = true)
            boolean purge,

            @Doc(value = "Also volumes no configuration names", obvious = true)
            boolean unreferenced,

            @Doc(value = "How long to wait for the task", or = "45s", obvious = true)
            Duration timeout)
            implements Call<GuestDelete.Deleted>, OnGuest, Planned {
        record Gone(String disk, String volume, String size) {}

        record Deleted(String guest, Outcome outcome, List<Gone> disks) implements OfTask {}

        @Override
        public Preview preview(ToolContext ctx) {
            var found = ctx.pve().guest(guest);
            var config = found.config();
            var disks = Disks.of(found.kind(), config).stream()
                    .filter(disk -> !disk.removable())
                    .map(disk -> "%s %s %s"
                            .formatted(disk.key(), disk.volume(), disk.size())
                            .strip())
                    .toList();
            var warnings = new ArrayList<String>();
            warnings.add(
                    disks.isEmpty()
                            ? "it has no disks"
                            : "these disks are lost: " + Clean.line(String.join("; ", disks)));
            var snapshots = found.snapshots().size();
            if (snapshots > 0) {
                warnings.add(snapshots + " snapshot(s) are lost with them");
            }
            warnings.addAll(obstacles(found, config.isProtected()));
            if (!found.row().haState().isEmpty()) {
                warnings.add(
                        "it is managed by HA" + (purge ? ", and is taken out of it" : ": PVE refuses without purge"));
            }
            return new Preview(Clean.oneLine("delete %s for good".formatted(found)), List.of(), warnings);
        }

        private static List<String> obstacles(Guest found, boolean isProtected) {
            var obstacles = new ArrayList<String>();
            if (!found.row().status().equals("stopped")) {
                obstacles.add("%s is not stopped (%s): pve_guest_power action=shutdown first"
                        .formatted(found, Clean.name(found.row().status())));
            }
            if (isProtected) {
                obstacles.add("%s is protected: pve_guest_set protection=false first, if that is what the user wants"
                        .formatted(found));
            }
            return obstacles;
        }

        @Override
        public Deleted run(ToolContext ctx) {
            var found = ctx.pve().guest(guest);
            var config = found.config();
            Identity.require(found, config);
            var obstacles = obstacles(found, config.isProtected());
            if (!obstacles.isEmpty()) {
                throw new BadArguments(obstacles);
            }
            var disks = Disks.of(found.kind(), config).stream()
                    .filter(disk -> !disk.removable())
                    .map(disk -> new Gone(disk.key(), Clean.name(disk.volume()), Clean.name(disk.size())))
                    .toList();
            var params = Json.Obj.EMPTY;
            if (purge) {
                params = params.with("purge", 1);
            }
            if (unreferenced) {
                params = params.with("destroy-unreferenced-disks", 1);
            }
            var task = found.start(Verb.DELETE, "", params);
            return new Deleted(Clean.oneLine(found.toString()), Outcome.of(ctx, task, timeout), disks);
        }
    }

    record GuestMigrate(
            @Doc GuestRef guest,

            @Doc(value = "Where to", kind = Kind.NODE, obvious = true)
            String node,

            @Doc(value = "For local disks", kind = Kind.STORAGE, obvious = true)
            Optional<String> storage,

            @Doc(value = "How long to wait for the move", or = "45s", obvious = true)
            Duration timeout)
            implements Call<GuestMigrate.Moved>, OnGuest {
        /// @param way how it moved: live, with a restart, switched off
        record Moved(String guest, String from, String to, String way, Outcome outcome) implements OfTask, SoAlready {
            @Override
            public boolean isSoAlready() {
                return from.equals(to);
            }
        }

        @Override
        public Moved run(ToolContext ctx) {
            var found = ctx.pve().guest(guest);
            var from = found.node();
            Places.node(ctx.pve(), Optional.of(node));
            if (from.equals(node)) {
                return new Moved(Clean.oneLine(found.toString()), from, node, "not at all: it is there", Outcome.DONE);
            }
            var check = found.read("/migrate", Json.obj("target", node));
            var told = check instanceof Json.Obj object ? object : Json.Obj.EMPTY;
            requirePossible(found, told);
            boolean running = found.status().running();
            boolean vm = found.kind() == GuestKind.VM;
            var params = Json.obj("target", node);
            if (running) {
                params = params.with(vm ? "online" : "restart", 1);
            }
            boolean localDisks =
                    vm && told.array("local_disks").map(list -> list.size() > 0).orElse(false);
            if (localDisks) {
                params = params.with("with-local-disks", 1);
            }
            params = Places.with(params, vm ? "targetstorage" : "target-storage", storage);
            var task = found.start(Verb.POST, "/migrate", params);
            var outcome = HaWish.follow(ctx, task, timeout, HaWish.move(found.vmid(), node));
            var way = !running ? "switched off" : vm ? "live" : "with a restart";
            return new Moved(
                    Clean.oneLine("%s (%d)".formatted(found.name(), found.vmid())),
                    from,
                    node,
                    way + (localDisks ? ", local disks copied" : ""),
                    outcome);
        }

        private void requirePossible(Guest found, Json.Obj check) {
            var anywhere = new ArrayList<String>();
            var there = new ArrayList<String>();
            var refused = check.object("not_allowed_nodes").flatMap(nodes -> nodes.object(node));
            // A local disk may go to another storage there, which the check does not know of.
            if (refused.isPresent() && storage.isEmpty()) {
                refused.get()
                        .members()
                        .forEach((why, what) -> there.add(
                                "%s: %s".formatted(Clean.name(why.replace('_', ' ')), Clean.line(what.write()))));
            }
            if (found.row().status().equals("running")) {
                var devices = check.array("local_resources").orElse(Json.Arr.EMPTY);
                if (devices.size() > 0) {
                    anywhere.add("it uses devices of this node (%s) and runs".formatted(Clean.line(devices.write())));
                }
            }
            for (var disk : check.array("local_disks").orElse(Json.Arr.EMPTY).items()) {
                boolean iso = disk instanceof Json.Obj row
                        && row.flag("cdrom").orElse(false)
                        && !row.text("volid").orElse("").contains("cloudinit");
                if (iso) {
                    anywhere.add("a CD-ROM on local storage (%s): eject it with pve_guest_disk action=eject"
                            .formatted(
                                    Clean.name(((Json.Obj) disk).text("volid").orElse(""))));
                }
            }
            var problems = Stream.concat(there.stream(), anywhere.stream()).collect(Collectors.joining("; "));
            if (!problems.isEmpty()) {
                var others = check.array("allowed_nodes").orElse(Json.Arr.EMPTY).items().stream()
                        .map(name -> name.scalarText().orElse(""))
                        .filter(name -> anywhere.isEmpty() && !name.isEmpty())
                        .collect(Collectors.joining(", "));
                var problem = "%s cannot move to %s: %s%s"
                        .formatted(found, node, problems, others.isEmpty() ? "" : "; it could move to " + others);
                throw new PveException(new PveFault.Invalid(problem, Map.of("node", problem)));
            }
        }
    }

    record PowerMany(
            @Doc(value = "What to do", obvious = true) PowerAction action,

            @Doc(value = "All in this pool", kind = Kind.POOL, obvious = true)
            Optional<String> pool,

            @Doc(value = "All with this tag", obvious = true)
            Optional<String> tag,

            @Doc(value = "All on this node", kind = Kind.NODE, obvious = true)
            Optional<String> node,

            @Doc(value = "Only these, by id", obvious = true)
            List<Integer> vmids,

            @Doc(value = "At the same time", or = "3", min = 1, max = 10, obvious = true)
            int parallel,

            @Doc(value = "How long to wait for all", or = "45s", obvious = true)
            Duration timeout)
            implements Call<PowerMany.Sum>, OnGuests, Planned {
        private static final String SO_ALREADY = "already so";

        PowerMany {
            if (pool.isEmpty() && tag.isEmpty() && node.isEmpty() && vmids.isEmpty()) {
                throw new IllegalArgumentException("say which guests: pool, tag, node or vmids");
            }
        }

        /// @param outcome `done`, `already so`, `failed: why`, `still running` or `not begun`
        record One(int id, String name, String node, String outcome, String task) {}

        record Sum(String done, List<One> guests, String next) implements SoAlready {
            @Override
            public boolean isSoAlready() {
                return guests.stream().allMatch(one -> one.outcome().equals(SO_ALREADY));
            }
        }

        /// Templates cannot run, so they are never meant.
        @Override
        public boolean includes(GuestRow row) {
            return !row.template()
                    && pool.map(row.pool()::equals).orElse(true)
                    && tag.map(wanted -> row.tags().stream().anyMatch(wanted::equalsIgnoreCase))
                            .orElse(true)
                    && node.map(row.node()::equals).orElse(true)
                    && (vmids.isEmpty() || vmids.contains(row.vmid()));
        }

        private List<GuestRow> chosen(ToolContext ctx) {
            var rows = ctx.pve().guests().stream()
                    .filter(this::includes)
                    .sorted(Comparator.comparingInt(GuestRow::vmid))
                    .toList();
            if (rows.isEmpty()) {
                throw new BadArguments(List.of("no guest fits; pve_guest_list shows pools, tags and nodes"));
            }
            return rows;
        }

        private boolean isSoAlready(GuestRow row) {
            return switch (action) {
                case START -> row.status().equals("running");
                case SHUTDOWN, STOP, REBOOT, RESET, SUSPEND, HIBERNATE ->
                    row.status().equals("stopped");
                case RESUME -> false;
            };
        }

        @Override
        public Preview preview(ToolContext ctx) {
            var touched = chosen(ctx).stream().filter(row -> !isSoAlready(row)).toList();
            var requests = touched.stream()
                    .map(row -> "POST /nodes/%s/%s/%d/status/%s"
                            .formatted(row.node(), row.kind().segment(), row.vmid(), action.segment()))
                    .toList();
            var names = touched.stream()
                    .map(row -> "%s (%d)".formatted(Clean.name(row.name()), row.vmid()))
                    .collect(Collectors.joining(", "));
            return new Preview(
                    "%s %s: %s".formatted(Word.of(action), Units.some(touched.size(), "guests"), names),
                    requests,
                    List.of());
        }

        private record Begun(GuestRow row, Task task) {}

        @Override
        public Sum run(ToolContext ctx) {
            var rows = chosen(ctx);
            var end = ctx.clock().instant().plus(Outcome.limited(timeout));
            var results = new ArrayList<One>();
            var going = new ArrayDeque<Begun>();
            for (var row : rows) {
                if (isSoAlready(row)) {
                    results.add(one(row, SO_ALREADY, ""));
                    continue;
                }
                if (going.size() >= parallel) {
                    results.add(ended(ctx, going.removeFirst(), end));
                }
                if (!ctx.clock().instant().isBefore(end)) {
                    results.add(one(row, "not begun", ""));
                    continue;
                }
                try {
                    going.add(new Begun(
                            row, ctx.pve().guest(new GuestRef(row.id())).power(action)));
                } catch (PveException e) {
                    results.add(one(row, "failed: " + Reasons.of(e.fault()), ""));
                }
                ctx.progress((double) results.size() / rows.size(), Word.of(action) + " " + Clean.name(row.name()));
            }
            going.forEach(begun -> results.add(ended(ctx, begun, end)));
            results.sort(Comparator.comparingInt(One::id));
            return sum(results);
        }

        private One ended(ToolContext ctx, Begun begun, Instant end) {
            var left = Duration.between(ctx.clock().instant(), end);
            try {
                var limit = left.isNegative() ? Duration.ZERO : left;
                var wish = HaWish.power(begun.row().vmid(), action);
                var outcome = HaWish.follow(ctx, begun.task(), limit, wish);
                return one(begun.row(), outcome.outcome(), begun.task().id().toString());
            } catch (PveException e) {
                return one(
                        begun.row(),
                        "failed: " + Reasons.of(e.fault()),
                        begun.task().id().toString());
            }
        }

        private static One one(GuestRow row, String outcome, String task) {
            return new One(row.vmid(), Clean.name(row.name()), row.node(), outcome, task);
        }

        private Sum sum(List<One> results) {
            long done = results.stream()
                    .filter(one -> one.outcome().startsWith("done"))
                    .count();
            long failed = results.stream()
                    .filter(one -> one.outcome().startsWith("failed"))
                    .count();
            long left = results.stream()
                    .filter(one -> one.outcome().equals("still running")
                            || one.outcome().equals("not begun"))
                    .count();
            var text = "%s: %d done, %d failed, %d unfinished, %d already so"
                    .formatted(Word.of(action), done, failed, left, results.size() - done - failed - left);
            return new Sum(
                    text, results, left > 0 ? "pve_task_list running=true, then the same call for what is left" : "");
        }
    }
}
