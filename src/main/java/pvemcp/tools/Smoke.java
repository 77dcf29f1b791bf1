package pvemcp.tools;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
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
import pvemcp.pve.Volume;
import pvemcp.remote.Command;
import pvemcp.remote.RunLimits;
import pvemcp.remote.Way;
import pvemcp.tool.BadArguments;
import pvemcp.tool.ToolContext;
import pvemcp.tools.SmokeTools.Suite;
import pvemcp.view.Clean;

/// One run of the smoke tests: each check is done, fails or is left out, and says why in a line. What the run makes
/// is small, marked, written down before it is made and removed at the end, also after a failure.
///
/// For one thread.
final class Smoke {
    private static final String TAG = "mcp-smoke";
    private static final int SMALL = 128; // MiB
    private static final int CHANGED = 136;
    private static final Bytes LARGEST_SOURCE = Bytes.ofGibi(64);
    // What binds a VM to its host, or may do anything to it: a copy of it is not for a test.
    private static final Pattern UNSAFE = Pattern.compile("(hostpci|usb)\\d+|args|hookscript");
    // pve-manager and its neighbours; the rest depends on what a node is for.
    private static final List<String> SERVICES = List.of("pve-cluster", "pvedaemon", "pveproxy", "pvestatd");

    private final SmokeTools.Run asked;
    private final ToolContext ctx;
    private final Set<Suite> suites;
    private final Instant end;
    private final List<Check> checks = new ArrayList<>();
    private final String run =
            HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());

    Smoke(SmokeTools.Run asked, ToolContext ctx) {
        this.asked = asked;
        this.ctx = ctx;
        this.suites = asked.chosen();
        this.end = ctx.clock().instant().plus(asked.timeout());
    }

    /// @param result `ok`, `failed` or `skipped`
    record Check(String suite, String check, String result, String detail, Duration took) {}

    /// @param verdict `passed` or `failed`, with the counts
    /// @param run stands in the notes of all that was made
    /// @param next what to do now; empty where nothing is left to do
    record Result(String verdict, String run, int failed, List<Check> checks, String next) {}

    /// A check that does not apply here, and why.
    private static final class Skipped extends RuntimeException {
        Skipped(String why) {
            super(why, null, false, false);
        }
    }

    Result run() {
        if (suites.contains(Suite.READ_ONLY)) {
            reads();
        }
        if (suites.contains(Suite.SERVICE)) {
            services();
        }
        if (suites.contains(Suite.LIFECYCLE) || suites.contains(Suite.ROLLBACK) || suites.contains(Suite.BACKUP)) {
            container();
        }
        if (suites.contains(Suite.CLONE)) {
            cloned();
        }
        return result();
    }

    private Result result() {
        int failed = count("failed");
        var verdict = "%s: %d ok, %d failed, %d skipped"
                .formatted(failed == 0 ? "passed" : "failed", count("ok"), failed, count("skipped"));
        boolean left = asked.writes()
                && SmokeRecord.of(ctx).left().stream()
                        .anyMatch(made -> made.run().equals(run));
        return new Result(verdict, run, failed, List.copyOf(checks), left ? "pve_smoke_cleanup" : "");
    }

    private int count(String result) {
        return (int)
                checks.stream().filter(check -> check.result().equals(result)).count();
    }

    /// Makes one check.
    ///
    /// @return whether what comes after may rely on it
    private boolean check(Suite suite, String name, Supplier<String> work) {
        ctx.checkCancelled();
        var word = HostTools.word(suite);
        ctx.progress(-1, word + ": " + name);
        var began = ctx.clock().instant();
        String result = "ok";
        String detail;
        try {
            detail = work.get();
        } catch (Skipped e) {
            result = "skipped";
            detail = e.getMessage();
        } catch (PveException e) {
            result = "failed";
            detail = Reasons.of(e.fault());
        } catch (BadArguments e) {
            result = "failed";
            detail = Clean.line(e.getMessage());
        }
        checks.add(new Check(
                word, name, result, detail, Duration.between(began, ctx.clock().instant())));
        return result.equals("ok");
    }

    private static PveException wrong(String what) {
        return new PveException(new PveFault.Unexpected(200, what));
    }

    // ---- what is only looked at ----

    private void reads() {
        check(
                Suite.READ_ONLY,
                "version",
                () -> "Proxmox VE " + Clean.name(ctx.pve().version().version()));
        check(Suite.READ_ONLY, "quorum", () -> {
            var status = visible(() -> ctx.pve().clusterStatus());
            if (!status.quorate()) {
                throw wrong("the cluster has no quorum, so nothing can be changed");
            }
            var down = status.members().stream()
                    .filter(member -> !member.online())
                    .map(member -> Clean.name(member.name()))
                    .toList();
            if (!down.isEmpty()) {
                throw wrong("not online: " + String.join(", ", down));
            }
            return "%d of %d nodes online"
                    .formatted(status.members().size(), status.members().size());
        });
        check(Suite.READ_ONLY, "guests", () -> ctx.pve().guests().size() + " visible");
        check(Suite.READ_ONLY, "storages", () -> {
            var storages = ctx.pve().node(asked.node()).storages();
            var dead = storages.stream()
                    .filter(storage -> storage.enabled() && !storage.active())
                    .map(storage -> Clean.name(storage.name()))
                    .toList();
            if (!dead.isEmpty()) {
                throw wrong("enabled but not active: " + String.join(", ", dead));
            }
            if (storages.isEmpty()) {
                throw new Skipped("none is visible to this token");
            }
            return storages.size() + " active or disabled";
        });
        check(Suite.READ_ONLY, "templates", () -> templates().size() + " container templates");
        check(Suite.READ_ONLY, "next id", () -> Integer.toString(ctx.pve().nextId()));
        check(
                Suite.READ_ONLY,
                "tasks",
                () -> ctx.pve()
                                .node(asked.node())
                                .tasks(Json.Obj.EMPTY, 5)
                                .tasks()
                                .size() + " of the newest are visible");
        check(
                Suite.READ_ONLY,
                "privileges",
                () -> ctx.pve().permissions().paths().size() + " paths with some");
    }

    /// What a token with few rights may not see is no failure of the cluster.
    private static <T> T visible(Supplier<T> question) {
        try {
            return question.get();
        } catch (PveException e) {
            if (e.fault() instanceof PveFault.Forbidden) {
                throw new Skipped("this token may not see it: " + Reasons.of(e.fault()));
            }
            throw e;
        }
    }

    private void services() {
        for (var service : SERVICES) {
            check(Suite.SERVICE, service, () -> {
                var path = ApiPath.of("/nodes/{node}/services/{service}/state", asked.node(), service);
                var state = visible(() -> Fields.of(ctx.pve().data(Verb.GET, path, Json.Obj.EMPTY)))
                        .text("state");
                if (!state.equals("running")) {
                    throw wrong("it is " + Clean.name(state));
                }
                return state;
            });
        }
    }

    // ---- a container of its own ----

    private record Template(String volume, Bytes size) {}

    private List<Template> templates() {
        var found = new ArrayList<Template>();
        var node = ctx.pve().node(asked.node());
        for (var storage : node.storages()) {
            if (storage.active() && storage.content().contains("vztmpl")) {
                for (Volume volume : node.storage(storage.name()).content(Json.obj("content", "vztmpl"))) {
                    found.add(new Template(volume.volid(), volume.size().orElse(Bytes.ZERO)));
                }
            }
        }
        found.sort(Comparator.comparing(Template::size).thenComparing(Template::volume));
        return found;
    }

    private void container() {
        var made = new ArrayList<SmokeRecord.Made>();
        boolean runs = check(Suite.LIFECYCLE, "create", () -> create(made))
                && check(
                        Suite.LIFECYCLE,
                        "start",
                        () -> task(made.getFirst(), Verb.POST, "/status/start", Json.Obj.EMPTY));
        if (runs) {
            var guest = made.getFirst();
            if (suites.contains(Suite.LIFECYCLE)) {
                check(Suite.LIFECYCLE, "running", () -> requireStatus(guest, "running"));
                check(Suite.LIFECYCLE, "network", () -> network(guest));
                check(Suite.LIFECYCLE, "program", () -> program(guest));
            }
            if (suites.contains(Suite.BACKUP)) {
                backUp(guest, made);
            }
            if (suites.contains(Suite.ROLLBACK)) {
                rollBack(guest);
            }
        }
        remove(Suite.LIFECYCLE, made);
    }

    /// The last made first: backups before the guest they are of.
    private void remove(Suite suite, List<SmokeRecord.Made> made) {
        var cleanup = asked.writes() && !made.isEmpty() ? new SmokeCleanup(ctx) : null;
        for (var each : made.reversed()) {
            var what = each.what().equals("backup") ? "remove backup" : "remove";
            check(suite, what, () -> cleanup.remove(each));
        }
    }

    private String create(List<SmokeRecord.Made> made) {
        var template = asked.template()
                .or(() -> templates().stream().findFirst().map(Template::volume))
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
        for (var row : Fields.list(ctx.pve().data(Verb.GET, path, Json.obj("type", "any_bridge")))) {
            found.add(row.text("iface"));
        }
        return found.stream().findFirst();
    }

    private static String path(SmokeRecord.Made guest, String below) {
        return ApiPath.of("/nodes/{node}/{kind}/{vmid}", guest.node(), guest.kind(), guest.vmid()) + below;
    }

    private Fields read(SmokeRecord.Made guest, String below) {
        return Fields.of(ctx.pve().data(Verb.GET, path(guest, below), Json.Obj.EMPTY));
    }

    private String requireStatus(SmokeRecord.Made guest, String wanted) {
        var status = read(guest, "/status/current").text("status");
        if (!status.equals(wanted)) {
            throw wrong("it is %s, not %s".formatted(Clean.name(status), wanted));
        }
        return status;
    }

    private String network(SmokeRecord.Made guest) {
        if (!read(guest, "/config").all().has("net0")) {
            throw new Skipped("the node has no bridge");
        }
        var names = Fields.list(ctx.pve().data(Verb.GET, path(guest, "/interfaces"), Json.Obj.EMPTY)).stream()
                .map(row ->
                        Clean.name(row.text("name") + " " + row.text("inet")).strip())
                .toList();
        if (names.isEmpty()) {
            throw wrong("no interface is up");
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
                throw wrong("printf answered '%s'".formatted(Clean.line(output.out() + output.err())));
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
        check(Suite.BACKUP, "back up", () -> {
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
        check(Suite.BACKUP, "find it", () -> {
            if (made.size() < 2) {
                throw new Skipped("there is none");
            }
            var archives = new SmokeCleanup(ctx).archives(made.getLast());
            if (archives.size() != 1) {
                throw wrong("%d archives of it are listed".formatted(archives.size()));
            }
            return Clean.line(archives.getFirst());
        });
    }

    private void rollBack(SmokeRecord.Made guest) {
        boolean can = check(Suite.ROLLBACK, "snapshot", () -> {
            var feature = ctx.pve().data(Verb.GET, path(guest, "/feature"), Json.obj("feature", "snapshot"));
            if (!Fields.of(feature).flag("hasFeature")) {
                throw new Skipped("its storage has no snapshots");
            }
            return task(guest, Verb.POST, "/snapshot", Json.obj("snapname", "smoke"));
        });
        if (!can) {
            return;
        }
        check(Suite.ROLLBACK, "change", () -> {
            ctx.pve().data(Verb.PUT, path(guest, "/config"), Json.obj("memory", CHANGED));
            return requireMemory(guest, CHANGED);
        });
        check(Suite.ROLLBACK, "roll back", () -> {
            task(guest, Verb.POST, "/status/stop", Json.Obj.EMPTY);
            task(guest, Verb.POST, "/snapshot/smoke/rollback", Json.Obj.EMPTY);
            return requireMemory(guest, SMALL);
        });
        check(Suite.ROLLBACK, "start again", () -> {
            task(guest, Verb.POST, "/status/start", Json.Obj.EMPTY);
            return requireStatus(guest, "running");
        });
        check(Suite.ROLLBACK, "delete snapshot", () -> task(guest, Verb.DELETE, "/snapshot/smoke", Json.Obj.EMPTY));
    }

    private String requireMemory(SmokeRecord.Made guest, int wanted) {
        long memory = read(guest, "/config").whole("memory").orElse(0L);
        if (memory != wanted) {
            throw wrong("it has %d MiB, not %d".formatted(memory, wanted));
        }
        return memory + " MiB";
    }

    // ---- a clone of a VM ----

    private void cloned() {
        var made = new ArrayList<SmokeRecord.Made>();
        boolean there = check(Suite.CLONE, "source", this::requireSafeSource)
                && check(Suite.CLONE, "clone", () -> clone(made))
                && check(Suite.CLONE, "unplug", () -> unplug(made.getFirst()));
        if (there
                && check(
                        Suite.CLONE,
                        "start",
                        () -> task(made.getFirst(), Verb.POST, "/status/start", Json.Obj.EMPTY))) {
            check(Suite.CLONE, "running", () -> requireStatus(made.getFirst(), "running"));
            check(Suite.CLONE, "stop", () -> task(made.getFirst(), Verb.POST, "/status/stop", Json.Obj.EMPTY));
        }
        remove(Suite.CLONE, made);
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
            throw wrong("%s is not for cloning in a test: %s".formatted(source, String.join(", ", problems)));
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
        return pulled + " NICs";
    }

    // ---- tasks ----

    /// Writes down what is about to be made, and takes that back where PVE refuses outright.
    private void make(SmokeRecord.Made one, List<SmokeRecord.Made> all, Supplier<Json> request) {
        var record = SmokeRecord.of(ctx);
        record.makes(one, ctx);
        Json started;
        try {
            started = request.get();
        } catch (PveException e) {
            if (e.fault() instanceof PveFault.Ambiguous) {
                all.add(one);
            } else {
                record.isGone(one, ctx);
            }
            throw e;
        }
        all.add(one);
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
            throw wrong("the time is up and it still runs: " + going.task());
        }
    }
}
