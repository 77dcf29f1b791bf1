package pvemcp.tools.storage;

import static pvemcp.tool.Tool.read;

import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.pve.Bytes;
import pvemcp.pve.Percent;
import pvemcp.pve.Resource;
import pvemcp.pve.Volume;
import pvemcp.text.Word;
import pvemcp.tool.Aim.OnStorage;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.Everywhere;
import pvemcp.tool.Kind;
import pvemcp.tool.ToolContext;
import pvemcp.tool.Toolset;
import pvemcp.tools.common.Gathered;
import pvemcp.tools.common.Names;
import pvemcp.tools.common.Page;
import pvemcp.tools.common.StoragePlace;
import pvemcp.tools.common.Window;
import pvemcp.view.Clean;

/// Where disks, images and backups are.
public final class StorageTools {
    public static final Toolset STORAGE = Toolset.of(
            "storage",
            "Storages and what is on them",
            read("pve_storage_list", "List storages with type, free space and content kinds.", StorageList.class),
            read("pve_storage_content", """
                    List volumes on a storage: disks, ISO images, templates, backups.""", StorageContent.class));

    private StorageTools() {}

    /// A storage in a list. A shared one is one, however many nodes show it, and has no node.
    record StorageLine(
            String storage,
            String node,
            String type,
            String status,
            boolean shared,
            Optional<Percent> full,
            Optional<Bytes> used,
            Optional<Bytes> size,
            List<String> content) {
        static StorageLine of(Resource.StorageRow row) {
            var size = row.size().filter(bytes -> !bytes.isZero());
            var used = row.used().filter(_ -> size.isPresent());
            return new StorageLine(
                    row.name(),
                    row.shared() ? "" : row.node(),
                    row.type(),
                    Clean.name(row.status()),
                    row.shared(),
                    used.flatMap(bytes -> size.map(bytes::of)),
                    used,
                    size,
                    row.content().stream().sorted().toList());
        }

        String key() {
            return storage + " " + node;
        }

        boolean isAvailable() {
            return status.equals("available");
        }
    }

    record StorageList(
            @Doc(value = "Only on this node", kind = Kind.NODE, obvious = true)
            Optional<String> node,

            @Doc(
                    value = "Such as images, iso, backup",
                    usual = {"images", "rootdir", "iso", "vztmpl", "backup", "snippets", "import"},
                    obvious = true)
            Optional<String> content,

            Window window)
            implements Call<Page>, Everywhere {
        @Override
        public Page run(ToolContext ctx) {
            var rows = Gathered.of(ctx, this::rows).sorted(Comparator.comparing(StorageLine::key));
            return Page.of("storages", StorageLine.class, rows, this)
                    .counting("status", StorageLine::status)
                    .knowing("node", () -> Names.nodes(ctx))
                    .sortedBy("storage")
                    .brief("storage", "node", "type", "status", "full", "used", "size", "content")
                    .page(window, StorageLine::key);
        }

        private List<StorageLine> rows(ToolContext ctx) {
            var rows = new LinkedHashMap<String, StorageLine>();
            ctx.pve().storages().stream()
                    .filter(row -> node.map(row.node()::equals).orElse(true))
                    .map(StorageLine::of)
                    .filter(row -> content.map(row.content()::contains).orElse(true))
                    // Of a shared storage, the row of a node that can reach it says most.
                    .forEach(row -> rows.merge(row.key(), row, (a, b) -> a.isAvailable() ? a : b));
            return List.copyOf(rows.values());
        }
    }

    record VolumeLine(
            String volume,
            String content,
            String format,
            Optional<Bytes> size,
            Optional<Long> guest,
            Optional<Instant> created,
            boolean isProtected,
            String notes) {
        static VolumeLine of(Volume volume) {
            return new VolumeLine(
                    Clean.line(volume.volid()),
                    volume.content(),
                    volume.format(),
                    volume.size(),
                    volume.vmid(),
                    volume.created(),
                    volume.isProtected(),
                    Clean.name(volume.notes()));
        }
    }

    enum VolumeSort {
        NAME,
        NEWEST,
        SIZE
    }

    public record StorageContent(
            @Doc(kind = Kind.STORAGE) String storage,

            @Doc(value = "Node to ask; default: one that has the storage", kind = Kind.NODE, obvious = true)
            Optional<String> node,

            @Doc("Such as iso, backup") Optional<String> content,

            @Doc(value = "Only of this guest id", min = 100, max = 999_999_999, obvious = true)
            Optional<Long> vmid,

            @Doc(value = "Part of the volume's name", obvious = true)
            Optional<String> text,

            @Doc(value = "Order", or = "name", obvious = true)
            VolumeSort sort,

            Window window)
            implements Call<Page>, OnStorage {
        @Override
        public Page run(ToolContext ctx) {
            var filter = Json.Obj.EMPTY;
            if (content.isPresent()) {
                filter = filter.with("content", content.get());
            }
            if (vmid.isPresent()) {
                filter = filter.with("vmid", vmid.get());
            }
            var at = node.orElseGet(() -> StoragePlace.node(ctx, storage));
            var rows = ctx.pve().node(at).storage(storage).content(filter).stream()
                    .map(VolumeLine::of)
                    .filter(this::fits)
                    .sorted(order())
                    .toList();
            return Page.of("volumes on " + storage, VolumeLine.class, rows, this)
                    .counting("content", VolumeLine::content)
                    .sortedBy(Word.of(sort))
                    .brief("volume", "content", "size", "guest", "created")
                    .page(window, VolumeLine::volume);
        }

        private boolean fits(VolumeLine volume) {
            return text.map(part -> volume.volume().toLowerCase(Locale.ROOT).contains(part.toLowerCase(Locale.ROOT)))
                    .orElse(true);
        }

        private Comparator<VolumeLine> order() {
            var byName = Comparator.comparing(VolumeLine::volume);
            return switch (sort) {
                case NAME -> byName;
                case NEWEST ->
                    Comparator.comparing((VolumeLine row) -> row.created().orElse(Instant.EPOCH))
                            .reversed()
                            .thenComparing(byName);
                case SIZE ->
                    Comparator.comparing((VolumeLine row) -> row.size().orElse(Bytes.ZERO))
                            .reversed()
                            .thenComparing(byName);
            };
        }
    }
}
