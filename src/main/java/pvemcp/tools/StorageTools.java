package pvemcp.tools;

import static pvemcp.tool.Tool.read;

import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.pve.ApiPath;
import pvemcp.pve.Bytes;
import pvemcp.pve.Fields;
import pvemcp.pve.Percent;
import pvemcp.pve.PveException;
import pvemcp.pve.PveFault;
import pvemcp.tool.Aim.OnStorage;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.Kind;
import pvemcp.tool.ToolContext;
import pvemcp.tool.Toolset;
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

    record StorageRow(
            String storage,
            String node,
            String type,
            String status,
            boolean shared,
            Optional<Percent> full,
            Optional<Bytes> used,
            Optional<Bytes> size,
            List<String> content) {
        static StorageRow from(Fields f) {
            var size = f.bytes("maxdisk").filter(bytes -> !bytes.isZero());
            var used = f.bytes("disk").filter(_ -> size.isPresent());
            return new StorageRow(
                    f.text("storage"),
                    f.text("node"),
                    f.text("plugintype"),
                    Clean.name(f.text("status")),
                    f.flag("shared"),
                    used.flatMap(bytes -> size.map(bytes::of)),
                    used,
                    size,
                    f.listed("content").stream().sorted().toList());
        }

        /// A shared storage is one, however many nodes show it.
        StorageRow onAllNodes() {
            return shared ? new StorageRow(storage, "", type, status, true, full, used, size, content) : this;
        }
    }

    record StorageList(
            @Doc(value = "Only on this node", kind = Kind.NODE)
            Optional<String> node,

            @Doc("Only for this content: images, rootdir, iso, vztmpl, backup, snippets, import")
            Optional<String> content,

            Window window)
            implements Call<Page> {
        @Override
        public Page run(ToolContext ctx) {
            var rows = new LinkedHashMap<String, StorageRow>();
            Inventory.resources(ctx.pve(), "storage").stream()
                    .map(StorageRow::from)
                    .filter(row -> node.map(row.node()::equals).orElse(true))
                    .filter(row -> content.map(row.content()::contains).orElse(true))
                    .map(StorageRow::onAllNodes)
                    .sorted(Comparator.comparing(StorageRow::storage).thenComparing(StorageRow::node))
                    // Of a shared storage, the row of a node that has it at hand says most.
                    .forEach(row -> rows.merge(
                            row.storage() + " " + row.node(),
                            row,
                            (a, b) -> a.status().equals("available") ? a : b));
            return Page.of("storages", StorageRow.class, List.copyOf(rows.values()), this)
                    .counting("status", StorageRow::status)
                    .sortedBy("storage")
                    .brief("storage", "node", "type", "status", "full", "used", "size", "content")
                    .page(window, row -> row.storage() + " " + row.node());
        }
    }

    record Volume(
            String volume,
            String content,
            String format,
            Optional<Bytes> size,
            Optional<Long> guest,
            Optional<Instant> created,
            boolean isProtected,
            String notes) {
        static Volume from(Fields f) {
            return new Volume(
                    Clean.line(f.text("volid")),
                    f.text("content"),
                    f.text("format"),
                    f.bytes("size"),
                    f.whole("vmid"),
                    f.moment("ctime"),
                    f.flag("protected"),
                    Clean.name(f.text("notes")));
        }
    }

    enum VolumeSort {
        NAME,
        NEWEST,
        SIZE
    }

    record StorageContent(
            @Doc(kind = Kind.STORAGE) String storage,

            @Doc(value = "Node to ask; default: one that has the storage", kind = Kind.NODE)
            Optional<String> node,

            @Doc("Only images, rootdir, iso, vztmpl, backup, snippets or import")
            Optional<String> content,

            @Doc(value = "Only of this guest id", min = 100, max = 999_999_999)
            Optional<Long> vmid,

            @Doc("Part of the volume's name") Optional<String> text,
            @Doc(value = "Order", or = "name") VolumeSort sort,
            Window window)
            implements Call<Page>, OnStorage {
        @Override
        public Page run(ToolContext ctx) {
            var params = Json.Obj.EMPTY;
            if (content.isPresent()) {
                params = params.with("content", content.get());
            }
            if (vmid.isPresent()) {
                params = params.with("vmid", vmid.get());
            }
            var at = node.orElseGet(() -> nodeOf(ctx));
            var rows =
                    Fetch.list(ctx, ApiPath.of("/nodes/{node}/storage/{storage}/content", at, storage), params).stream()
                            .map(Volume::from)
                            .filter(this::fits)
                            .sorted(order())
                            .toList();
            return Page.of("volumes on " + storage, Volume.class, rows, this)
                    .counting("content", Volume::content)
                    .sortedBy(sort.name().toLowerCase(Locale.ROOT))
                    .brief("volume", "content", "size", "guest", "created")
                    .page(window, Volume::volume);
        }

        private boolean fits(Volume volume) {
            return text.map(part -> volume.volume().toLowerCase(Locale.ROOT).contains(part.toLowerCase(Locale.ROOT)))
                    .orElse(true);
        }

        private Comparator<Volume> order() {
            var byName = Comparator.comparing(Volume::volume);
            return switch (sort) {
                case NAME -> byName;
                case NEWEST ->
                    Comparator.<Volume, Instant>comparing(
                                    volume -> volume.created().orElse(Instant.EPOCH))
                            .reversed()
                            .thenComparing(byName);
                case SIZE ->
                    Comparator.<Volume, Bytes>comparing(volume -> volume.size().orElse(Bytes.ZERO))
                            .reversed()
                            .thenComparing(byName);
            };
        }

        private String nodeOf(ToolContext ctx) {
            var rows = Inventory.resources(ctx.pve(), "storage").stream()
                    .map(StorageRow::from)
                    .filter(row -> row.storage().equals(storage))
                    .sorted(Comparator.comparing(
                                    (StorageRow row) -> !row.status().equals("available"))
                            .thenComparing(StorageRow::node))
                    .toList();
            if (rows.isEmpty()) {
                throw new PveException(new PveFault.Missing(storage, "there is no storage '%s'".formatted(storage)));
            }
            if (!rows.getFirst().shared() && rows.size() > 1) {
                // Each node has its own disk under this name; one node's would pass for all.
                throw new PveException(new PveFault.Ambiguity(
                        "storage " + storage,
                        rows.stream().map(row -> "node=" + row.node()).toList()));
            }
            return rows.getFirst().node();
        }
    }
}
