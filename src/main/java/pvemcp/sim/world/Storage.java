package pvemcp.sim.world;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import pvemcp.json.Json;
import pvemcp.sim.SimError;
import pvemcp.sim.state.Fields;
import pvemcp.sim.state.Form;
import pvemcp.sim.state.HasFields;

/// A storage of the cluster: its configuration (a section of storage.cfg) and what it keeps, per node where it is not
/// shared. Mutable; the simulator's lock guards it.
public final class Storage implements HasFields {
    /// What a storage may be used for (PVE::Storage::Plugin, `$contentType`).
    public static final List<String> CONTENT_TYPES =
            List.of("images", "rootdir", "vztmpl", "backup", "iso", "snippets", "import");

    private static final String EVERYWHERE = "";
    private static final Form<StorageType> TYPE = Form.word(StorageType.class);

    static final Form<Storage> FORM =
            Form.thing(fields -> new Storage(fields.text("id", ""), fields.value("type", StorageType.DIR, TYPE)));

    private final String id;
    private final StorageType type;
    /// The options as text, without `type`.
    public final SequencedMap<String, String> options = new TreeMap<>();
    /// Bytes.
    public long total = 512L << 30;
    /// Bytes that are taken by what is no volume: the system, other data.
    public long otherUse = 12L << 30;
    /// Since when there is something known about it.
    public Instant created = Instant.EPOCH;
    /// What goes wrong when somebody looks at it; empty while nothing does.
    public String broken = "";

    private final Map<String, SequencedMap<String, Volume>> volumes = new TreeMap<>();

    public Storage(String id, StorageType type) {
        this.id = id;
        this.type = type;
    }

    public String id() {
        return id;
    }

    public StorageType type() {
        return type;
    }

    public boolean isEnabled() {
        return !flag("disable");
    }

    public boolean isShared() {
        return type.shared() || flag("shared");
    }

    private boolean flag(String option) {
        return options.getOrDefault(option, "0").equals("1");
    }

    /// Whether it is configured for that node.
    public boolean isOn(String node) {
        var nodes = options.get("nodes");
        return nodes == null || List.of(nodes.split(",")).contains(node);
    }

    public List<String> content() {
        return List.of(options.getOrDefault("content", type.defaultContent()).split(","));
    }

    public boolean holds(String contentType) {
        return content().contains(contentType);
    }

    public String defaultFormat() {
        return type.formats().isEmpty() ? "raw" : type.formats().getFirst();
    }

    /// PVE::Storage::storage_check_enabled
    public Storage requireEnabled(String node) {
        if (!isEnabled()) {
            throw new SimError("storage '%s' is disabled".formatted(id));
        }
        if (!isOn(node)) {
            throw new SimError("storage '%s' is not available on node '%s'".formatted(id, node));
        }
        if (!broken.isEmpty()) {
            throw new SimError(broken);
        }
        return this;
    }

    /// What it keeps, as seen from that node, by name.
    public SequencedMap<String, Volume> volumes(String node) {
        return volumes.computeIfAbsent(isShared() ? EVERYWHERE : node, _ -> new LinkedHashMap<>());
    }

    public Optional<Volume> volume(String node, String name) {
        return Optional.ofNullable(volumes(node).get(name));
    }

    public VolumeName parse(String name) {
        return VolumeName.parse(name, type.files());
    }

    /// Puts a volume there.
    ///
    /// @param used bytes it takes up
    public Volume add(String node, String name, long size, long used, Instant created) {
        var volume = new Volume(parse(name), size, type.thin() ? used : size, created);
        volumes(node).put(name, volume);
        return volume;
    }

    /// Makes a new disk under the next free name.
    ///
    /// @param format as the caller asked for; empty text for the storage's own
    public Volume allocate(String node, int vmid, String format, long size, Instant now) {
        return allocate(node, freeName(node, vmid, format), size, now);
    }

    /// Makes a new disk with that name, such as `101/vm-101-state-one.raw`.
    public Volume allocate(String node, String name, long size, Instant now) {
        if (size > available(node)) {
            // The words of lvcreate and of qemu-img differ; this is what a full file system says.
            throw new SimError("unable to create image: 'storage %s' - No space left on device".formatted(id));
        }
        return add(node, name, size, size == 0 ? 0 : 4096, now);
    }

    /// `101/vm-101-disk-2.qcow2` or `vm-101-disk-2` (PVE::Storage::Plugin::find_free_diskname).
    public String freeName(String node, int vmid, String format) {
        var kind = format.equals("subvol") ? "subvol" : "vm";
        for (int number = 0; number < 1000; number++) {
            var disk = "-%d-disk-%d".formatted(vmid, number);
            boolean taken = volumes(node).keySet().stream()
                    .map(name -> name.substring(name.lastIndexOf('/') + 1))
                    .anyMatch(name -> name.substring(name.indexOf('-') < 0 ? 0 : name.indexOf('-'))
                            .replaceFirst("\\.\\w+$", "")
                            .equals(disk));
            if (!taken) {
                return fullName(vmid, kind + disk, format);
            }
        }
        throw new SimError("unable to allocate an image name for VM %d in storage '%s'".formatted(vmid, id));
    }

    /// The name of a volume from its last part without extension.
    public String fullName(int vmid, String stem, String format) {
        if (!type.files()) {
            return stem;
        }
        var extension = format.isEmpty() ? defaultFormat() : format;
        return "%d/%s.%s".formatted(vmid, stem, extension);
    }

    /// Removes a volume; one that is the base of linked clones stays (PVE::Storage::vdisk_free).
    public void remove(String node, String name) {
        var users = volumes(node).values().stream()
                .filter(volume -> volume.parent.equals(name))
                .findAny();
        if (users.isPresent()) {
            throw new SimError("base volume '%s:%s' is still in use by linked cloned".formatted(id, name));
        }
        volumes(node).remove(name);
    }

    /// Where a volume is in the file system.
    public String path(String name) {
        var parsed = parse(name);
        if (!type.files()) {
            return switch (type) {
                case ZFSPOOL -> "/dev/zvol/" + options.getOrDefault("pool", id) + "/" + name;
                case RBD -> "rbd:" + options.getOrDefault("pool", "rbd") + "/" + name;
                default -> "/dev/" + options.getOrDefault("vgname", id) + "/" + name;
            };
        }
        var folder = switch (parsed.content()) {
            case "iso" -> "/template/iso/";
            case "vztmpl" -> "/template/cache/";
            case "backup" -> "/dump/";
            case "snippets" -> "/snippets/";
            case "import" -> "/import/";
            default -> "/images/" + parsed.vmid() + "/";
        };
        return mountPath() + folder + parsed.file();
    }

    public String mountPath() {
        return options.getOrDefault("path", "/mnt/pve/" + id);
    }

    public boolean isActive(String node) {
        return isEnabled() && isOn(node) && broken.isEmpty();
    }

    public long used(String node) {
        return Math.min(
                total,
                otherUse
                        + volumes(node).values().stream()
                                .mapToLong(volume -> volume.used)
                                .sum());
    }

    public long available(String node) {
        return total - used(node);
    }

    /// The storage's row in `/cluster/resources` on one node (PVE::API2Tools::extract_storage_stats).
    public Json.Obj resource(String node) {
        boolean active = isActive(node);
        var row = new LinkedHashMap<String, Object>();
        row.put("id", "storage/" + node + "/" + id);
        row.put("storage", id);
        row.put("type", "storage");
        row.put("node", node);
        row.put("plugintype", type.id());
        row.put("status", active ? "available" : "unknown");
        row.put("shared", isShared() ? 1 : 0);
        row.put("content", String.join(",", content()));
        if (active) {
            row.put("disk", used(node));
            row.put("maxdisk", total);
        }
        return (Json.Obj) Json.of(row);
    }

    @Override
    public void fields(Fields fields) {
        fields.fixed("id", id);
        fields.value("type", type, TYPE);
        fields.texts("options", options);
        total = fields.whole("total", total);
        otherUse = fields.whole("otherUse", otherUse);
        created = fields.moment("created", created);
        broken = fields.text("broken", broken);
        fields.map("volumes", volumes, Volume.form(this::parse).map());
    }
}
