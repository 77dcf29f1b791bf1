package pvemcp.tools.backup;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.pve.Bytes;
import pvemcp.pve.Fields;
import pvemcp.pve.GuestRef;
import pvemcp.pve.PveException;
import pvemcp.pve.Resource.StorageRow;
import pvemcp.pve.Volume;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.Everywhere;
import pvemcp.tool.Kind;
import pvemcp.tool.ToolContext;
import pvemcp.tools.common.Gathered;
import pvemcp.tools.common.Page;
import pvemcp.tools.common.Window;
import pvemcp.view.Clean;
import pvemcp.view.Shown;
import pvemcp.view.View;

/// The backups that are there, newest first.
record BackupList(
        @Doc(value = "Only of this guest; an id works after it is gone", obvious = true)
        Optional<GuestRef> guest,

        @Doc(value = "Only on this storage", kind = Kind.STORAGE, obvious = true)
        Optional<String> storage,

        Window window)
        implements Call<BackupList.Backups>, Everywhere {
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
                || places.stream().allMatch(place -> permissions.has("/storage/" + place.name(), "Datastore.Allocate"));
    }
}
