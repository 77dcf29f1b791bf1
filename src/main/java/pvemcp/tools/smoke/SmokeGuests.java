package pvemcp.tools.smoke;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import pvemcp.json.Json;
import pvemcp.pve.ApiPath;
import pvemcp.pve.Bytes;
import pvemcp.pve.Fields;
import pvemcp.pve.Guest;
import pvemcp.pve.GuestRef;
import pvemcp.pve.PveException;
import pvemcp.pve.PveFault;
import pvemcp.pve.TaskReport;
import pvemcp.pve.Verb;
import pvemcp.remote.Command;
import pvemcp.remote.RunLimits;
import pvemcp.remote.Way;
import pvemcp.tool.ToolContext;
import pvemcp.tools.common.Places;
import pvemcp.tools.smoke.SmokeChecks.Skipped;
import pvemcp.tools.smoke.SmokeTools.Suite;
import pvemcp.view.Clean;
import pvemcp.view.Units;

/// The checks that make guests and backups of their own: small, marked, written down before they are made, and
/// removed at the end, also after a failure.
final class SmokeGuests {
    private static final String TAG = "mcp-smoke";
    private static final int SMALL = 128; // MiB
    private static final int CHANGED = 136;
    private static final Bytes LARGEST_SOURCE = Bytes.ofGibi(64);
    // What binds a VM to its host, or may do anything to it: a copy of it is not for a test.
    private static final Pattern UNSAFE = Pattern.compile("(hostpci|usb)\\d+|args|hookscript");

    private final SmokeTools.Run asked;
    private final ToolContext ctx;
    private final SmokeChecks checks;
    private final Set<Suite> suites;
    private final String run;
    private final Instant end;

    /// @param run stands in the notes of all that is made
    SmokeGuests(SmokeTools.Run asked, ToolContext ctx, SmokeChecks checks, String run) {
        this.asked = asked;
        this.ctx = ctx;
        this.checks = checks;
        this.suites = asked.chosen();
        this.run = run;
        this.end = ctx.clock().instant().plus(asked.timeout());
    }

    // ---- a container of its own ----

    void container() {
        var made = new ArrayList<SmokeRecord.Made>();
        try {
            boolean runs = checks.make(Suite.LIFECYCLE, "create", () -> create(made))
                    && checks.make(
                            Suite.LIFECYCLE,
                            "start",
                            () -> task(made.getFirst(), Verb.POST, "/status/start", Json.Obj.EMPTY));
            if (runs) {
                var guest = made.getFirst();
                if (suites.contains(Suite.LIFECYCLE)) {
                    checks.make(Suite.LIFECYCLE, "running", () -> requireStatus(guest, "running"));
                    checks.make(Suite.LIFECYCLE, "network", () -> network(guest));
                    checks.make(Suite.LIFECYCLE, "program", () -> program(guest));
                }
                if (suites.contains(Suite.BACKUP)) {
                    backUp(guest, made);
                }
                if (suites.contains(Suite.ROLLBACK)) {
                    rollBack(guest);
                }
            }
        } finally {
            // Also where policy stops a request in the middle of it.
            remove(Suite.LIFECYCLE, made);
        }
    }

    /// The last made first: backups before the guest they are of.
    private void remove(Suite suite, List<SmokeRecord.Made> made) {
        var cleanup = asked.writes() && !made.isEmpty() ? new SmokeCleanup(ctx) : null;
        for (var each : made.reversed()) {
            var what = each.what().equals("backup") ? "remove backup" : "remove";
            checks.make(suite, what, () -> cleanup.remove(each));
        }
    }

    private String create(List<SmokeRecord.Made> made) {
        var template = asked.template()
                .or(() -> SmokeReads.templates(ctx, asked.node()).stream()
                        .findFirst()
                        .map(SmokeReads.Template::volume))
                .orElseThrow(() -> new Skipped(
                        "%s has no container template; pve_template_download brings one".formatted(asked.node())));
        var storage = Places.storage(ctx.pve(), asked.node(), "rootdir", asked.storage());
        int vmid = ctx.pve().nextId();
        var name = TAG + "-" + vmid;
        var params = Json.obj("vmid", vmid, "hostname", name, "ostemplate", template)
                .with("rootfs", storage + ":1")
                .with("memory", SMALL)
                .with("swap", 0)
                .with("cores", 1)
                .with("unprivileged", 1)
                .with("tags", TAG)
                .with("description", SmokeRecord.Made.mark(run));
        params = Places.with(params, "pool", asked.pool());
        var bridge = bridge();
        if (bridge.isPresent()) {
            params = params.with("net0", "name=eth0,ip=dhcp,bridge=" + bridge.get());
        }
        var guest = new SmokeRecord.Made("guest", run, asked.node(), "lxc", vmid, name, "");
        var request = params;
        make(guest, made, () -> ctx.pve().data(Verb.POST, ApiPath.of("/nodes/{node}/lxc", asked.node()), request));
        return "%s of %s on %s".formatted(name, Clean.line(template), storage);
    }

    private Optional<String> bridge() {
        var path = ApiPath.of("/nodes/{node}/network", asked.node());
        var found = new TreeSet<String>();
        for (var row : ctx.pve().rows(path, Json.obj("type", "any_bridge"))) {
            found.add(row.text("iface"));
        }
        return found.stream().findFirst();
    }

    private static String path(SmokeRecord.Made guest, String below) {
        return ApiPath.of("/nodes/{node}/{kind}/{vmid}", guest.node(), guest.kind(), guest.vmid()) + below;
    }

    private Fields read(SmokeRecord.Made guest, String below) {
        return ctx.pve().fields(path(guest, below));
    }

    private String requireStatus(SmokeRecord.Made guest, String wanted) {
        var status = read(guest, "/status/current").text("status");
        if (!status.equals(wanted)) {
            throw SmokeChecks.wrong("it is %s, not %s".formatted(Clean.name(status), wanted));
        }
        return status;
    }

    private String network(SmokeRecord.Made guest) {
        if (!read(guest, "/config").all().has("net0")) {
            throw new Skipped("the node has no bridge");
        }
        var names = ctx.pve().rows(path(guest, "/interfaces")).stream()
                .map(row ->
                        Clean.name(row.text("name") + " " + row.text("inet")).strip())
                .toList();
        if (names.isEmpty()) {
            throw SmokeChecks.wrong("no interface is up");
        }
        return String.join(", ", names);
    }

    private String program(SmokeRecord.Made made) {
        var guest = guest(made);
        try {
            var output = ctx.shells()
                    .shell(ctx.pve(), guest, Way.AUTO)
                    .run(Command.of("printf", "smoke-ok"), new RunLimits(Duration.ofSeconds(20), 1000));
            if (!output.out().equals("smoke-ok")) {
                throw SmokeChecks.wrong("printf answered '%s'".formatted(Clean.line(output.out() + output.err())));
            }
            return "smoke-ok";
        } catch (PveException e) {
            if (e.fault() instanceof PveFault.NoWayIn closed) {
                throw new Skipped(Clean.line(closed.why()));
            }
            throw e;
        }
    }

    private Guest guest(SmokeRecord.Made made) {
        return ctx.pve().guest(new GuestRef(made.node() + "/" + made.vmid()));
    }

    // ---- what is done with it ----

    private void backUp(SmokeRecord.Made guest, List<SmokeRecord.Made> made) {
        checks.make(Suite.BACKUP, "back up", () -> {
            var storage = Places.storage(ctx.pve(), asked.node(), "backup", asked.backupStorage());
            var backup = new SmokeRecord.Made(
                    "backup", run, guest.node(), guest.kind(), guest.vmid(), guest.name(), storage);
            // Without remove=0 the storage's own rule might remove other backups (PVE::VZDump).
            var params = Json.obj("vmid", guest.vmid(), "storage", storage, "mode", "snapshot", "compress", "zstd")
                    .with("remove", 0)
                    .with("notes-template", guest.mark());
            make(
                    backup,
                    made,
                    () -> ctx.pve().data(Verb.POST, ApiPath.of("/nodes/{node}/vzdump", guest.node()), params));
            return "to " + storage;
        });
        checks.make(Suite.BACKUP, "find it", () -> {
            if (made.size() < 2) {
                throw new Skipped("there is none");
            }
            var archives = new SmokeCleanup(ctx).archives(made.getLast());
            if (archives.size() != 1) {
                throw SmokeChecks.wrong("%d archives of it are listed".formatted(archives.size()));
            }
            return Clean.line(archives.getFirst());
        });
    }

    private void rollBack(SmokeRecord.Made guest) {
        boolean can = checks.make(Suite.ROLLBACK, "snapshot", () -> {
            var feature = ctx.pve().data(Verb.GET, path(guest, "/feature"), Json.obj("feature", "snapshot"));
            if (!Fields.of(feature).flag("hasFeature")) {
                throw new Skipped("its storage has no snapshots");
            }
            return task(guest, Verb.POST, "/snapshot", Json.obj("snapname", "smoke"));
        });
        if (!can) {
            return;
        }
        checks.make(Suite.ROLLBACK, "change", () -> {
            ctx.pve().data(Verb.PUT, path(guest, "/config"), Json.obj("memory", CHANGED));
            return requireMemory(guest, CHANGED);
        });
        checks.make(Suite.ROLLBACK, "roll back", () -> {
            task(guest, Verb.POST, "/status/stop", Json.Obj.EMPTY);
            task(guest, Verb.POST, "/snapshot/smoke/rollback", Json.Obj.EMPTY);
            return requireMemory(guest, SMALL);
        });
        checks.make(Suite.ROLLBACK, "start again", () -> {
            task(guest, Verb.POST, "/status/start", Json.Obj.EMPTY);
            return requireStatus(guest, "running");
        });
        checks.make(
                Suite.ROLLBACK, "delete snapshot", () -> task(guest, Verb.DELETE, "/snapshot/smoke", Json.Obj.EMPTY));
    }

    private String requireMemory(SmokeRecord.Made guest, int wanted) {
        long memory = read(guest, "/config").whole("memory").orElse(0L);
        if (memory != wanted) {
            throw SmokeChecks.wrong("it has %d MiB, not %d".formatted(memory, wanted));
        }
        return memory + " MiB";
    }

    // ---- a clone of a VM ----

    void cloned() {
        var made = new ArrayList<SmokeRecord.Made>();
        try {
            boolean there = checks.make(Suite.CLONE, "source", this::requireSafeSource)
                    && checks.make(Suite.CLONE, "clone", () -> clone(made))
                    && checks.make(Suite.CLONE, "unplug", () -> unplug(made.getFirst()));
            if (there
                    && checks.make(
                            Suite.CLONE,
                            "start",
                            () -> task(made.getFirst(), Verb.POST, "/status/start", Json.Obj.EMPTY))) {
                checks.make(Suite.CLONE, "running", () -> requireStatus(made.getFirst(), "running"));
                checks.make(
                        Suite.CLONE, "stop", () -> task(made.getFirst(), Verb.POST, "/status/stop", Json.Obj.EMPTY));
            }
        } finally {
            remove(Suite.CLONE, made);
        }
    }

    private Guest source() {
        return ctx.pve().guest(asked.source().orElseThrow());
    }

    private String requireSafeSource() {
        var source = source();
        var problems = new ArrayList<String>();
        if (!source.kind().segment().equals("qemu")) {
            problems.add("it is a container");
        } else {
            source.config().options().keySet().stream()
                    .filter(option -> UNSAFE.matcher(option).matches())
                    .forEach(option -> problems.add("it has " + option));
        }
        if (!source.row().status().equals("stopped")) {
            problems.add("it is " + Clean.name(source.row().status()));
        }
        var size = source.row().maxDisk().orElse(Bytes.ZERO);
        if (size.compareTo(LARGEST_SOURCE) > 0) {
            problems.add("its disk is larger than " + LARGEST_SOURCE);
        }
        if (!problems.isEmpty()) {
            throw SmokeChecks.wrong(
                    "%s is not for cloning in a test: %s".formatted(source, String.join(", ", problems)));
        }
        return Clean.line(source.toString());
    }

    private String clone(List<SmokeRecord.Made> made) {
        var source = source();
        int vmid = ctx.pve().nextId();
        var name = TAG + "-" + vmid;
        var clone = new SmokeRecord.Made("guest", run, source.node(), "qemu", vmid, name, "");
        var params = Json.obj("newid", vmid, "name", name, "full", 1, "description", clone.mark());
        make(clone, made, () -> source.send(Verb.POST, "/clone", Places.with(params, "pool", asked.pool())));
        return name;
    }

    /// A copy of a server must not answer in its place: its cables are pulled before it runs.
    private String unplug(SmokeRecord.Made clone) {
        var changes = Json.Obj.EMPTY;
        int pulled = 0;
        for (var option : guest(clone).config().options().entrySet()) {
            if (option.getKey().matches("net\\d+")) {
                var rest = option.getValue().replaceAll(",link_down=[01]", "");
                changes = changes.with(option.getKey(), rest + ",link_down=1");
                pulled++;
            }
        }
        if (pulled > 0) {
            await(ctx.pve().data(Verb.POST, path(clone, "/config"), changes));
        }
        return Units.some(pulled, "NICs");
    }

    // ---- tasks ----

    /// Writes down what is about to be made, and takes that back where PVE refuses outright.
    private void make(SmokeRecord.Made one, List<SmokeRecord.Made> all, Supplier<Json> request) {
        var record = SmokeRecord.of(ctx);
        record.makes(one, ctx);
        all.add(one);
        Json started;
        try {
            started = request.get();
        } catch (PveException e) {
            if (!(e.fault() instanceof PveFault.Ambiguous)) {
                all.remove(one);
                record.isGone(one, ctx);
            }
            throw e;
        }
        await(started);
    }

    private String task(SmokeRecord.Made guest, Verb verb, String below, Json.Obj params) {
        await(ctx.pve().data(verb, path(guest, below), params));
        return "";
    }

    private void await(Json started) {
        var task = ctx.pve().startedBy(started);
        if (task.isEmpty()) {
            return;
        }
        var left = Duration.between(ctx.clock().instant(), end);
        if (task.get().await(left.isPositive() ? left : Duration.ZERO, ctx) instanceof TaskReport.Going going) {
            throw SmokeChecks.wrong("the time is up and it still runs: " + going.task());
        }
    }
}
