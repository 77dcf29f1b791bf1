package pvemcp.tools.backup;

import static pvemcp.tool.Tool.change;
import static pvemcp.tool.Tool.destroy;
import static pvemcp.tool.Tool.execute;
import static pvemcp.tool.Tool.operate;
import static pvemcp.tool.Tool.read;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import pvemcp.json.Json;
import pvemcp.pve.Bytes;
import pvemcp.pve.Fields;
import pvemcp.pve.Guest;
import pvemcp.pve.GuestKind;
import pvemcp.pve.GuestRef;
import pvemcp.pve.PveException;
import pvemcp.pve.PveFault;
import pvemcp.pve.Resource.GuestRow;
import pvemcp.pve.Resource.StorageRow;
import pvemcp.pve.Verb;
import pvemcp.pve.Volume;
import pvemcp.schema.ApiSchema;
import pvemcp.text.Word;
import pvemcp.tool.Aim.OnRequest;
import pvemcp.tool.Aim.OnSeveral;
import pvemcp.tool.Aim.OnStorage;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.Everywhere;
import pvemcp.tool.Kind;
import pvemcp.tool.Planned;
import pvemcp.tool.Preview;
import pvemcp.tool.Tier;
import pvemcp.tool.Tool.Tiered;
import pvemcp.tool.ToolContext;
import pvemcp.tool.Toolset;
import pvemcp.tool.Unfinished;
import pvemcp.tools.common.Extras;
import pvemcp.tools.common.Gathered;
import pvemcp.tools.common.Identity;
import pvemcp.tools.common.Outcome;
import pvemcp.tools.common.Page;
import pvemcp.tools.common.StoragePlace;
import pvemcp.tools.common.Window;
import pvemcp.view.Clean;
import pvemcp.view.Shown;
import pvemcp.view.View;

/// Backups of guests: made, listed, restored, kept and removed.
public final class BackupTools {
    public static final Toolset BACKUPS = Toolset.of(
            "backups",
            "Backups of guests",
            read("pve_backup_list", """
                    List backups of guests, newest first.""", BackupList.class),
            change("pve_backup_run", """
                    Back up guests now.""", BackupRun.class),
            destroy("pve_backup_restore", """
                    Restore a backup as a new guest, or with overwrite=true in place of the one with that id.""", BackupRestore.class),
            change("pve_backup_protect", """
                    Protect a backup from removal, or change its notes.""", BackupProtect.class),
            destroy("pve_backup_prune", """
                    Show which backups a keep rule would remove; apply=true removes them.""", BackupPrune.class),
            destroy("pve_backup_delete", "Delete one backup. Protected ones are refused.", BackupDelete.class),
            read("pve_backup_config", """
                    Show the guest configuration inside a backup, without passwords.""", BackupConfig.class),
            operate("pve_backup_files", """
                    List files inside a backup on a Proxmox Backup Server.""", BackupFiles.class),
            execute("pve_backup_extract", """
                    Download a file or directory out of a backup to this server.""", BackupExtract.class));

    private BackupTools() {}

    // ---- list ----

    /// @param verified what the backup server said of it last; empty where it was never asked
    record BackupLine(
            String archive,
            int guest,
            String kind,
            Optional<Instant> created,
            Optional<Duration> age,
            Optional<Bytes> size,
            boolean isProtected,
            String verified,
            String notes) {
        static BackupLine of(Volume volume, Instant now) {
            var more = Fields.of(volume.rest());
            var verification = more.raw("verification") instanceof Json.Obj state
                    ? state.text("state").orElse("")
                    : "";
            return new BackupLine(
                    Clean.line(volume.volid()),
                    volume.vmid().orElse(0L).intValue(),
                    more.text("subtype").equals("lxc") ? "container" : "vm",
                    volume.created(),
                    volume.created().map(when -> Duration.between(when, now)),
                    volume.size(),
                    volume.isProtected(),
                    Clean.name(verification),
                    Clean.name(volume.notes()));
        }
    }

    /// A page of backups, and what it may not show.
    record Backups(Page page, List<String> remarks) implements Shown {
        @Override
        public View view() {
            var parts = new ArrayList<View>(List.of(page.view()));
            remarks.forEach(remark -> parts.add(new View.Text(remark)));
            return new View.Stack(parts);
        }

        @Override
        public Json data() {
            var data = (Json.Obj) page.data();
            return remarks.isEmpty() ? data : data.with("remarks", Json.strings(remarks));
        }
    }

    record BackupList(
            @Doc(value = "Only of this guest; an id works after it is gone", obvious = true)
            Optional<GuestRef> guest,

            @Doc(value = "Only on this storage", kind = Kind.STORAGE, obvious = true)
            Optional<String> storage,

            Window window)
            implements Call<Backups>, Everywhere {
        /// What one cluster shows.
        private record Seen(List<BackupLine> rows, List<String> remarks) {}

        @Override
        public Backups run(ToolContext ctx) {
            var each = ctx.everywhere(this::seen);
            var newest = Comparator.comparing((BackupLine row) -> row.created().orElse(Instant.EPOCH))
                    .reversed()
                    .thenComparing(BackupLine::archive);
            var page = Page.of(
                            "backups",
                            BackupLine.class,
                            Gathered.of(each.map(Seen::rows)).sorted(newest),
                            this)
                    .counting("kind", BackupLine::kind)
                    .sortedBy("age, newest first")
                    .brief("archive", "age", "size", "is_protected", "verified", "notes")
                    .page(window, BackupLine::archive);
            var remarks = new ArrayList<String>();
            each.answers()
                    .forEach((cluster, seen) -> seen.remarks()
                            .forEach(remark -> remarks.add(each.several() ? cluster + ": " + remark : remark)));
            return new Backups(page, remarks);
        }

        private Seen seen(ToolContext ctx) {
            var remarks = new ArrayList<String>();
            var vmid = guest.map(ref -> vmid(ctx, ref));
            var places = places(ctx);
            if (places.isEmpty()) {
                remarks.add(storage.map("this token sees no storage '%s' that holds backups"::formatted)
                        .orElse("no storage for backups is visible to this token; it needs Datastore.Audit on it"));
            }
            var rows = new ArrayList<BackupLine>();
            for (var place : places) {
                rows.addAll(on(ctx, place, vmid, remarks));
            }
            if (!places.isEmpty() && !seesAll(ctx, places, vmid)) {
                remarks.add("backups of other guests may be there but not visible to this token: it needs VM.Backup on"
                        + " the guest, or Datastore.Allocate on the storage");
            }
            return new Seen(rows, remarks);
        }

        private static int vmid(ToolContext ctx, GuestRef ref) {
            return ref.text().matches("\\d{3,9}")
                    ? Integer.parseInt(ref.text())
                    : ctx.pve().guest(ref).vmid();
        }

        /// One row for each storage and, unless it is shared, node.
        private List<StorageRow> places(ToolContext ctx) {
            var places = new LinkedHashMap<String, StorageRow>();
            ctx.pve().storages().stream()
                    .filter(row -> row.content().contains("backup"))
                    .filter(row -> storage.map(row.name()::equals).orElse(true))
                    .sorted(Comparator.comparing(StorageRow::name).thenComparing(StorageRow::node))
                    .forEach(row -> places.merge(
                            row.shared() ? row.name() : row.name() + " " + row.node(),
                            row,
                            (one, other) -> one.status().equals("available") ? one : other));
            return List.copyOf(places.values());
        }

        private static List<BackupLine> on(
                ToolContext ctx, StorageRow place, Optional<Integer> vmid, List<String> remarks) {
            var filter = Json.obj("content", "backup");
            if (vmid.isPresent()) {
                filter = filter.with("vmid", vmid.get());
            }
            try {
                var now = ctx.clock().instant();
                return ctx.pve().node(place.node()).storage(place.name()).content(filter).stream()
                        .map(volume -> BackupLine.of(volume, now))
                        .toList();
            } catch (PveException e) {
                // One storage that is down must not hide the backups on the others.
                remarks.add("%s on %s could not be read: %s"
                        .formatted(
                                Clean.name(place.name()),
                                Clean.name(place.node()),
                                Clean.line(e.fault().toString())));
                return List.of();
            }
        }

        private static boolean seesAll(ToolContext ctx, List<StorageRow> places, Optional<Integer> vmid) {
            var permissions = ctx.pve().permissions();
            return permissions.has(vmid.map(id -> "/vms/" + id).orElse("/vms"), "VM.Backup")
                    || places.stream()
                            .allMatch(place -> permissions.has("/storage/" + place.name(), "Datastore.Allocate"));
        }
    }

    // ---- run ----

    enum Mode {
        SNAPSHOT,
        SUSPEND,
        STOP
    }

    enum Compress {
        ZSTD,
        GZIP,
        LZO,
        NONE;

        String word() {
            return this == NONE ? "0" : Word.of(this);
        }
    }

    record BackupRun(
            @Doc(value = "Guests: ids, names or node/id", obvious = true)
            List<GuestRef> guests,

            @Doc(value = "Default: the only one for backups", kind = Kind.STORAGE, obvious = true)
            Optional<String> storage,

            @Doc(value = "'stop' shuts the guest down meanwhile", or = "snapshot", obvious = true)
            Mode mode,

            @Doc(value = "How to compress", or = "zstd", obvious = true)
            Compress compress,

            @Doc(value = "Notes; {{guestname}}, {{node}}, {{vmid}} are filled in", or = "{{guestname}}", obvious = true)
            String notes,

            @Doc(value = "Never pruned", obvious = true) boolean protect,

            @Doc(value = "Other vzdump parameters by name", obvious = true)
            Json.Obj options,

            @Doc(value = "How long to wait for the tasks", or = "45s", obvious = true)
            Duration timeout)
            implements Call<BackupRuns>, OnSeveral {
        // What selects other guests, removes older backups or ends other jobs is not part of making this one.
        private static final Set<String> TAKEN = Set.of(
                "vmid", "all", "pool", "exclude", "node", "storage", "stop", "remove", "prune-backups", "job-id");

        BackupRun {
            guests = List.copyOf(guests);
            if (guests.isEmpty()) {
                throw new IllegalArgumentException("argument 'guests': name at least one guest");
            }
        }

        @Override
        public BackupRuns run(ToolContext ctx) {
            Extras.require(ctx, "/nodes/{node}/vzdump", options, TAKEN);
            var byNode = new LinkedHashMap<String, List<Guest>>();
            for (var ref : guests) {
                var guest = ctx.pve().guest(ref);
                byNode.computeIfAbsent(guest.node(), _ -> new ArrayList<>()).add(guest);
            }
            var jobs = new ArrayList<VzdumpJob>();
            byNode.forEach((node, here) -> jobs.add(VzdumpJob.start(ctx, node, here, params(ctx, node, here))));
            return BackupRuns.of(jobs.stream()
                    .flatMap(job -> job.follow(ctx, timeout).stream())
                    .toList());
        }

        private Json.Obj params(ToolContext ctx, String node, List<Guest> here) {
            var vmids = String.join(
                    ",",
                    here.stream().map(guest -> Integer.toString(guest.vmid())).toList());
            var params = Json.obj(
                    "vmid", vmids,
                    "storage", storage(ctx, node),
                    "mode", Word.of(mode),
                    "compress", compress.word(),
                    // One line, as in vzdump.conf (PVE::VZDump::Common, notes-template).
                    "notes-template", notes.replace("\\", "\\\\").replace("\n", "\\n"));
            if (protect) {
                params = params.with("protected", 1);
            }
            for (var option : options.members().entrySet()) {
                params = params.with(option.getKey(), option.getValue());
            }
            return params;
        }

        /// The one that is named, or else the only one there is.
        private String storage(ToolContext ctx, String node) {
            var names = ctx.pve().storages().stream()
                    .filter(row -> row.node().equals(node) && row.content().contains("backup"))
                    .map(StorageRow::name)
                    .sorted()
                    .toList();
            if (storage.isPresent()) {
                // A token may not see the storages it may use.
                if (!names.isEmpty() && !names.contains(storage.get())) {
                    throw new BadArguments(List.of("argument 'storage': '%s' takes no backups on %s; there is %s"
                            .formatted(storage.get(), node, String.join(", ", names))));
                }
                return storage.get();
            }
            if (names.size() != 1) {
                throw new BadArguments(List.of(
                        names.isEmpty()
                                ? "argument 'storage': this token sees no storage for backups on " + node
                                : "argument 'storage': say which of " + String.join(", ", names)));
            }
            return names.getFirst();
        }
    }

    /// @param outcome of all: `done`, `1 of 3 failed`, `still running`
    record BackupRuns(String outcome, List<VzdumpJob.Result> guests, String next) implements Unfinished {
        /// Of all guests, where they have one in common: those of a node do.
        @Override
        public String task() {
            var tasks = guests.stream().map(VzdumpJob.Result::task).distinct().toList();
            return tasks.size() == 1 ? tasks.getFirst() : "";
        }

        @Override
        public boolean isGoing() {
            return outcome.equals("still running") && !task().isEmpty();
        }

        static BackupRuns of(List<VzdumpJob.Result> results) {
            long failed = results.stream()
                    .filter(row -> row.outcome().equals("failed"))
                    .count();
            var going = results.stream()
                    .filter(row -> row.outcome().equals("still running"))
                    .map(VzdumpJob.Result::task)
                    .distinct()
                    .toList();
            var outcome = failed > 0
                    ? "%d of %d failed".formatted(failed, results.size())
                    : going.isEmpty() ? "done" : "still running";
            var next = going.isEmpty()
                    ? failed > 0 ? "pve_task_get task=" + results.getFirst().task() : ""
                    : "pve_task_wait task=" + String.join(", then task=", going);
            return new BackupRuns(outcome, results, next);
        }
    }

    // ---- restore ----

    record BackupRestore(
            @Doc(value = "As pve_backup_list names it", obvious = true)
            String archive,

            @Doc(value = "Default: the original's", obvious = true)
            Optional<Integer> vmid,

            @Doc(value = "Node to restore to", kind = Kind.NODE, obvious = true)
            Optional<String> node,

            @Doc(value = "Default: as it was", kind = Kind.STORAGE, obvious = true)
            Optional<String> storage,

            @Doc(value = "Destroy the guest that has this id", obvious = true)
            boolean overwrite,

            @Doc(value = "New MACs and UUID", obvious = true)
            boolean unique,

            @Doc(value = "Start it afterwards", obvious = true)
            boolean start,

            @Doc(value = "Other parameters or config to override", obvious = true)
            Json.Obj options,

            @Doc(value = "How long to wait for the task", or = "45s", obvious = true)
            Duration timeout)
            implements Call<Outcome>, OnRequest, Tiered, Planned {
        private static final Set<String> TAKEN =
                Set.of("vmid", "node", "archive", "ostemplate", "restore", "force", "storage");

        BackupRestore {
            archive = Archive.parse(archive).text();
        }

        @Override
        public Request request(ToolContext ctx) {
            var plan = plan(ctx);
            return new Request(Verb.POST, plan.path(), plan.params());
        }

        private int target() {
            return vmid.orElseGet(() -> Archive.parse(archive).vmid());
        }

        @Override
        public Tier tier(ApiSchema schema) {
            return overwrite ? Tier.DESTROY : Tier.CHANGE;
        }

        @Override
        public Preview preview(ToolContext ctx) {
            var plan = plan(ctx);
            return new Preview(
                    "restore %s as %s %d on %s".formatted(archive, noun(), target(), plan.node()),
                    List.of("POST %s %s".formatted(plan.path(), plan.params().write())),
                    plan.replaced()
                            .map(row -> List.of(
                                    "%s (%d) on %s is destroyed with its disks; what is newer than the backup is lost"
                                            .formatted(Clean.name(row.name()), row.vmid(), row.node())))
                            .orElse(List.of()));
        }

        private String noun() {
            return kind() == GuestKind.VM ? "VM" : "container";
        }

        private GuestKind kind() {
            return Archive.parse(archive).kind();
        }

        private record Plan(String node, String path, Json.Obj params, Optional<GuestRow> replaced) {}

        private Plan plan(ToolContext ctx) {
            Extras.require(ctx, "/nodes/{node}/" + kind().segment(), options, TAKEN);
            var there = ctx.pve().guests().stream()
                    .filter(row -> row.vmid() == target())
                    .findFirst();
            there.ifPresent(this::requireReplaceable);
            var at = node.or(() -> there.map(GuestRow::node)).orElseGet(() -> place(ctx));
            return new Plan(at, "/nodes/%s/%s".formatted(at, kind().segment()), params(), there);
        }

        private void requireReplaceable(GuestRow row) {
            var who = "%s (%d) on %s".formatted(Clean.name(row.name()), row.vmid(), row.node());
            if (!overwrite) {
                throw new BadArguments(List.of(
                        "argument 'vmid': %s has this id; give a free one (pve_next_id), or overwrite=true destroys it"
                                .formatted(who)));
            }
            if (row.kind() != kind()
                    || node.filter(at -> !at.equals(row.node())).isPresent()) {
                throw new BadArguments(List.of(
                        "argument 'vmid': %s cannot be overwritten by a %s%s: only the same kind on the same node"
                                .formatted(who, noun(), node.map(" on "::concat).orElse(""))));
            }
        }

        /// Where the original is, if the archive can be reached there; else where the archive is.
        private String place(ToolContext ctx) {
            var archived = Archive.parse(archive);
            var reaching = ctx.pve().storages().stream()
                    .filter(row -> row.name().equals(archived.storage()))
                    .map(StorageRow::node)
                    .toList();
            return ctx.pve().guests().stream()
                    .filter(row -> row.vmid() == archived.vmid() && reaching.contains(row.node()))
                    .map(GuestRow::node)
                    .findFirst()
                    .orElseGet(() -> StoragePlace.node(ctx, archived.storage()));
        }

        private Json.Obj params() {
            // PVE::API2::Qemu takes `archive`, PVE::API2::LXC `ostemplate` with `restore`.
            var params = kind() == GuestKind.VM
                    ? Json.obj("vmid", target(), "archive", archive)
                    : Json.obj("vmid", target(), "ostemplate", archive, "restore", 1);
            params = storage.isPresent() ? params.with("storage", storage.get()) : params;
            params = overwrite ? params.with("force", 1) : params;
            params = unique ? params.with("unique", 1) : params;
            params = start ? params.with("start", 1) : params;
            for (var option : options.members().entrySet()) {
                params = params.with(option.getKey(), option.getValue());
            }
            return params;
        }

        @Override
        public Outcome run(ToolContext ctx) {
            var plan = plan(ctx);
            plan.replaced()
                    .map(row -> ctx.pve().guest(new GuestRef(row.node() + "/" + row.vmid())))
                    .ifPresent(there -> Identity.require(there, there.config()));
            var task = ctx.pve().requireTask(ctx.pve().data(Verb.POST, plan.path(), plan.params()));
            return Outcome.of(ctx, task, timeout);
        }
    }

    // ---- keep and remove ----

    record BackupProtect(
            @Doc(value = "As pve_backup_list names it", obvious = true)
            String archive,

            @Doc(value = "true: protect, false: lift it", obvious = true)
            Optional<Boolean> protect,

            @Doc(value = "New notes", obvious = true) Optional<String> notes,
            @Doc(kind = Kind.NODE) Optional<String> node)
            implements Call<Outcome>, OnArchive {
        BackupProtect {
            archive = Archive.parse(archive).text();
            if (protect.isEmpty() && notes.isEmpty()) {
                throw new IllegalArgumentException("say what to change: protect, notes or both");
            }
        }

        @Override
        public Outcome run(ToolContext ctx) {
            var params = protect.map(on -> Json.obj("protected", on ? 1 : 0)).orElse(Json.Obj.EMPTY);
            if (notes.isPresent()) {
                params = params.with("notes", notes.get());
            }
            var archived = Archive.parse(archive);
            archived.at(ctx, node).send(Verb.PUT, archived.path(), params);
            return Outcome.DONE;
        }
    }

    record BackupPrune(
            @Doc(kind = Kind.STORAGE) String storage,

            @Doc(value = "Only backups of this guest id", obvious = true)
            Optional<Integer> vmid,

            @Doc("Such as keep-last=3") Optional<String> keep,

            @Doc(value = "Remove them; false only shows", obvious = true)
            boolean apply,

            @Doc(kind = Kind.NODE) Optional<String> node,

            @Doc(value = "How long to wait for the task", or = "45s", obvious = true)
            Duration timeout)
            implements Call<BackupPrune.Pruned>, OnStorage, Tiered {
        record Marked(String archive, String mark) {}

        /// @param outcome whether it is only shown or has been done
        record Pruned(String outcome, int removed, int kept, List<Marked> archives, Optional<Outcome> task) {}

        @Override
        public Tier tier(ApiSchema schema) {
            return apply ? Tier.DESTROY : Tier.READ;
        }

        @Override
        public Pruned run(ToolContext ctx) {
            var at = ctx.pve()
                    .node(node.orElseGet(() -> StoragePlace.node(ctx, storage)))
                    .storage(storage);
            var params = keep.map(rule -> Json.obj("prune-backups", rule)).orElse(Json.Obj.EMPTY);
            if (vmid.isPresent()) {
                params = params.with("vmid", vmid.get());
            }
            var marks = Fields.list(at.read("/prunebackups", params)).stream()
                    .map(row -> new Marked(Clean.line(row.text("volid")), Clean.name(row.text("mark"))))
                    .sorted(Comparator.comparing((Marked row) -> !row.mark().equals("remove"))
                            .thenComparing(Marked::archive))
                    .toList();
            int remove = (int)
                    marks.stream().filter(row -> row.mark().equals("remove")).count();
            if (!apply || remove == 0) {
                var outcome = remove == 0 ? "nothing to remove" : "shown only; apply=true removes them";
                return new Pruned(outcome, remove, marks.size() - remove, shown(marks), Optional.empty());
            }
            var task = ctx.pve().requireTask(at.send(Verb.DELETE, "/prunebackups", params));
            var ended = Outcome.of(ctx, task, timeout);
            return new Pruned(
                    "pruning " + ended.outcome(), remove, marks.size() - remove, shown(marks), Optional.of(ended));
        }

        /// What goes is named, what stays is only counted where it is much.
        private static List<Marked> shown(List<Marked> marks) {
            return marks.size() <= 40
                    ? marks
                    : marks.stream()
                            .filter(row -> row.mark().equals("remove"))
                            .limit(100)
                            .toList();
        }
    }

    record BackupDelete(
            @Doc(value = "As pve_backup_list names it", obvious = true)
            String archive,

            @Doc(kind = Kind.NODE) Optional<String> node,

            @Doc(value = "How long to wait for the task", or = "45s", obvious = true)
            Duration timeout)
            implements Call<Outcome>, OnArchive {
        BackupDelete {
            archive = Archive.parse(archive).text();
        }

        @Override
        public Outcome run(ToolContext ctx) {
            var archived = Archive.parse(archive);
            var at = archived.at(ctx, node);
            // PVE's task succeeds for a file that is not there; a mistyped name should not pass for a deleted backup.
            var found = at.content(Json.obj("content", "backup", "vmid", archived.vmid())).stream()
                    .filter(volume -> volume.volid().equals(archive))
                    .findFirst()
                    .orElseThrow(() -> new PveException(new PveFault.Missing(
                            "backup " + archive,
                            "no backup '%s'; pve_backup_list shows what is there".formatted(archive))));
            if (found.isProtected()) {
                throw new PveException(new PveFault.Locked(
                        "backup " + archive,
                        "protection",
                        "it is protected; pve_backup_protect protect=false lifts that"));
            }
            return Outcome.of(
                    ctx, ctx.pve().requireTask(at.send(Verb.DELETE, archived.path(), Json.Obj.EMPTY)), timeout);
        }
    }

    // ---- look inside ----

    record BackupConfig(
            @Doc(value = "As pve_backup_list names it", obvious = true)
            String archive,

            @Doc(kind = Kind.NODE) Optional<String> node)
            implements Call<View> {
        BackupConfig {
            archive = Archive.parse(archive).text();
        }

        @Override
        public View run(ToolContext ctx) {
            var storage = Archive.parse(archive).at(ctx, node);
            var text = storage.node()
                    .read("/vzdump/extractconfig", Json.obj("volume", archive))
                    .scalarText()
                    .orElse("");
            var lines = text.lines()
                    .map(line -> line.startsWith("cipassword:") ? "cipassword: **********" : Clean.line(line))
                    .toList();
            return new View.Log("configuration in " + archive, lines);
        }
    }

    record BackupFiles(
            @Doc(value = "As pve_backup_list names it", obvious = true)
            String archive,

            @Doc(value = "Path inside the backup", or = "/", obvious = true)
            String path,

            @Doc(kind = Kind.NODE) Optional<String> node)
            implements Call<List<BackupFiles.FileLine>>, OnArchive {
        // PVE::API2::Storage::FileRestore: v virtual, d directory, f file, l link, h hard link, b and c devices, …
        record FileLine(String name, String type, Optional<Bytes> size, Optional<Instant> changed) {}

        BackupFiles {
            archive = Archive.parse(archive).text();
        }

        @Override
        public List<FileLine> run(ToolContext ctx) {
            return BackupExtract.list(Archive.parse(archive).at(ctx, node), archive, path).stream()
                    .map(row -> new FileLine(
                            Clean.name(row.text("text")), row.text("type"), row.bytes("size"), row.moment("mtime")))
                    .toList();
        }
    }
}
