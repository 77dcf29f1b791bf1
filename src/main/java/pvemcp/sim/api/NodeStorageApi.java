package pvemcp.sim.api;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import pvemcp.json.Json;
import pvemcp.schema.Verb;
import pvemcp.sim.SimError;
import pvemcp.sim.world.Sizes;
import pvemcp.sim.world.Storage;
import pvemcp.sim.world.Volume;
import pvemcp.sim.world.VolumeId;
import pvemcp.sim.world.VolumeName;

/// `/nodes/{node}/storage`: the storages as one node sees them, and what is on them (PVE::API2::Storage::Status,
/// PVE::API2::Storage::Content).
final class NodeStorageApi {
    private static final String STORAGE = "/nodes/{node}/storage/{storage}";
    private static final String VOLUME = STORAGE + "/content/{volume}";

    private NodeStorageApi() {}

    static void add(Routes routes) {
        routes.on(Verb.GET, "/nodes/{node}/storage", NodeStorageApi::list)
                .on(Verb.GET, STORAGE, NodeStorageApi::index)
                .on(Verb.GET, STORAGE + "/status", NodeStorageApi::status)
                .on(Verb.GET, STORAGE + "/content", NodeStorageApi::content)
                .on(Verb.POST, STORAGE + "/content", NodeStorageApi::allocate)
                .on(Verb.GET, VOLUME, NodeStorageApi::volume)
                .on(Verb.PUT, VOLUME, NodeStorageApi::update)
                .on(Verb.DELETE, VOLUME, NodeStorageApi::delete)
                .on(Verb.GET, STORAGE + "/prunebackups", PruneApi::preview)
                .on(Verb.DELETE, STORAGE + "/prunebackups", PruneApi::prune)
                .on(Verb.POST, STORAGE + "/download-url", TransferApi::download)
                .on(Verb.POST, STORAGE + "/upload", TransferApi::upload);
    }

    private static Json index(Request request) {
        return QemuApi.subdirs(
                "content",
                "download-url",
                "file-restore",
                "import-metadata",
                "identity",
                "oci-registry-pull",
                "prunebackups",
                "rrd",
                "rrddata",
                "status",
                "upload");
    }

    private static boolean isVisible(Request request, Storage storage) {
        return request.mayAny("/storage/" + storage.id(), "Datastore.Audit", "Datastore.AllocateSpace");
    }

    private static Json list(Request request) {
        var node = request.node().name();
        var wanted = request.find("storage");
        if (wanted.isPresent() && !request.cluster().storages.containsKey(wanted.get())) {
            throw noSuchStorage();
        }
        var contents = request.list("content");
        var rows = new ArrayList<Json>();
        for (var storage : request.cluster().storages.values()) {
            boolean chosen = storage.isOn(node)
                    && wanted.map(storage.id()::equals).orElse(true)
                    && (contents.isEmpty() || contents.stream().anyMatch(storage::holds))
                    && (!request.flag("enabled") || storage.isEnabled())
                    && isVisible(request, storage);
            if (chosen) {
                rows.add(row(storage, node, request.flag("format")));
            }
        }
        return new Json.Arr(rows);
    }

    private static Json.Obj row(Storage storage, String node, boolean format) {
        var row = new LinkedHashMap<String, Object>();
        row.put("storage", storage.id());
        row.putAll(state(storage, node));
        if (storage.isActive(node)) {
            row.put("used_fraction", (double) storage.used(node) / (double) storage.total);
        }
        if (format) {
            var supported = storage.type().formats().stream().sorted().toList();
            var flags = new LinkedHashMap<String, Object>();
            supported.forEach(name -> flags.put(name, 1));
            row.put("format", List.of(flags, storage.defaultFormat()));
            var formats = new LinkedHashMap<String, Object>();
            formats.put("default", storage.defaultFormat());
            formats.put("supported", supported);
            row.put("formats", formats);
        }
        return (Json.Obj) Json.of(row);
    }

    private static SequencedMap<String, Object> state(Storage storage, String node) {
        boolean active = storage.isActive(node);
        var state = new LinkedHashMap<String, Object>();
        state.put("type", storage.type().id());
        state.put("content", String.join(",", storage.content()));
        state.put("enabled", storage.isEnabled() ? 1 : 0);
        state.put("active", active ? 1 : 0);
        state.put("shared", storage.isShared() ? 1 : 0);
        state.put("total", active ? storage.total : 0);
        state.put("used", active ? storage.used(node) : 0);
        state.put("avail", active ? storage.available(node) : 0);
        return state;
    }

    private static SimError noSuchStorage() {
        return SimError.invalid("storage", "No such storage.");
    }

    private static Json status(Request request) {
        var storage = request.cluster().storages.get(request.text("storage"));
        if (storage == null || !storage.isOn(request.node().name())) {
            throw noSuchStorage();
        }
        return Json.of(state(storage, request.node().name()));
    }

    static Storage storage(Request request) {
        return request.cluster()
                .storage(request.text("storage"))
                .requireEnabled(request.node().name());
    }

    private static Json content(Request request) {
        var storage = storage(request);
        var wanted = request.find("content");
        var vmid = request.find("vmid").map(Integer::parseInt);
        var rows = new ArrayList<Json>();
        for (var volume : storage.volumes(request.node().name()).values()) {
            var name = volume.name();
            boolean chosen = wanted.map(name.content()::equals).orElse(true)
                    && vmid.map(id -> id == name.vmid()).orElse(true)
                    && mayList(request, storage, volume);
            if (chosen) {
                rows.add(contentRow(storage, volume));
            }
        }
        return new Json.Arr(rows);
    }

    // PVE::Storage::check_volume_access
    private static boolean mayList(Request request, Storage storage, Volume volume) {
        var name = volume.name();
        boolean open = name.content().equals("iso") || name.content().equals("vztmpl");
        if (open || request.may("/storage/" + storage.id(), "Datastore.Allocate")) {
            return true;
        }
        return name.content().equals("backup")
                ? request.may("/vms/" + name.vmid(), "VM.Backup")
                : name.vmid() != 0 && request.may("/vms/" + name.vmid(), "VM.Config.Disk");
    }

    private static Json contentRow(Storage storage, Volume volume) {
        var name = volume.name();
        var row = new LinkedHashMap<String, Object>();
        row.put("volid", storage.id() + ":" + name.text());
        row.put("content", listedContent(storage, name));
        row.put("format", name.format());
        row.put("size", volume.size);
        row.put("ctime", volume.created.getEpochSecond());
        if (name.vmid() != 0) {
            row.put("vmid", name.vmid());
        }
        if (name.isDisk()) {
            if (storage.type().files()) {
                row.put("used", volume.used);
                row.put("parent", volume.parent.isEmpty() ? Json.Null.NULL : "../" + volume.parent);
            } else if (!volume.parent.isEmpty()) {
                row.put("parent", volume.parent);
            }
        }
        if (name.content().equals("backup")) {
            row.put("subtype", name.backupKind());
            if (!volume.notes.isEmpty()) {
                row.put("notes", volume.notes);
            }
            if (volume.isProtected) {
                row.put("protected", 1);
            }
            if (!volume.verification.isEmpty()) {
                row.put("verification", Json.obj("state", volume.verification, "upid", ""));
            }
        }
        return Json.of(row);
    }

    /// A container's disk image is an image on storages of files, and a root directory where it is a file system.
    private static String listedContent(Storage storage, VolumeName name) {
        return name.isDisk() && !storage.holds("images") ? "rootdir" : name.content();
    }

    // ---- one volume ----

    /// The volume of the path, which may come with its storage in front.
    private static VolumeId id(Request request) {
        var text = request.text("volume");
        var storage = request.text("storage");
        if (!VolumeId.matches(text)) {
            return new VolumeId(storage, text);
        }
        var id = VolumeId.parse(text);
        if (!id.storage().equals(storage)) {
            throw SimError.invalid("volume", "storage ID mismatch (%s != %s)\n".formatted(id.storage(), storage));
        }
        return id;
    }

    private static Json volume(Request request) {
        var id = id(request);
        var storage = storage(request);
        storage.parse(id.name());
        var volume = storage.volume(request.node().name(), id.name())
                .orElseThrow(() -> new SimError("volume_size_info on '%s' failed - no format".formatted(id)));
        var info = new LinkedHashMap<String, Object>();
        info.put("path", storage.path(id.name()));
        info.put("size", volume.size);
        info.put("used", volume.name().isDisk() ? volume.used : volume.size);
        info.put("format", volume.name().isDisk() ? volume.name().format() : "raw");
        if (volume.name().content().equals("backup")) {
            info.put("protected", volume.isProtected ? 1 : 0);
            if (!volume.notes.isEmpty()) {
                info.put("notes", volume.notes);
            }
        }
        return Json.of(info);
    }

    private static Json update(Request request) {
        var id = id(request);
        var storage = storage(request);
        var name = storage.parse(id.name());
        if (request.has("notes")) {
            if (!name.content().equals("backup")) {
                throw new SimError("only backups can have notes");
            }
            Drives.volume(request.cluster(), request.node().name(), id).notes = request.text("notes");
        }
        if (request.has("protected")) {
            if (!name.content().equals("backup")) {
                throw new SimError("only backups support attribute 'protected'");
            }
            Drives.volume(request.cluster(), request.node().name(), id).isProtected = request.flag("protected");
        }
        return Json.Null.NULL;
    }

    private static Json allocate(Request request) {
        var storage = storage(request);
        var file = request.text("filename");
        int vmid = request.vmid();
        // PVE::API2::Storage::Content: KiB, or with a letter
        var text = request.text("size");
        long size = text.matches("\\d+") ? Long.parseLong(text) << 10 : Sizes.parse(text);
        int dot = file.lastIndexOf('.');
        var ending = dot < 0 ? "" : file.substring(dot + 1);
        var format = request.text("format", ending);
        if (!ending.isEmpty() && !format.equals(ending)) {
            throw SimError.invalid("format", "different storage formats (%s != %s)".formatted(format, ending));
        }
        if (!file.matches("(vm|subvol|base)-\\d+-.+")) {
            throw new SimError("unable to parse volume filename '%s'".formatted(file));
        }
        var name = storage.type().files()
                ? vmid + "/" + (ending.isEmpty() ? file + "." + (format.isEmpty() ? "raw" : format) : file)
                : file;
        if (storage.volume(request.node().name(), name).isPresent()) {
            throw new SimError("disk image '%s' already exists".formatted(storage.path(name)));
        }
        storage.allocate(request.node().name(), name, size, request.cluster().now());
        return Json.str(storage.id() + ":" + name);
    }

    private static Json delete(Request request) {
        var id = id(request);
        var storage = storage(request);
        var name = storage.parse(id.name());
        requireDeletable(request, storage, name);
        var owner = name.vmid() == 0 ? storage.id() : name.vmid() + "@" + storage.id();
        var upid = request.start(
                "imgdel",
                owner,
                Timed.after(_ -> requireUnprotected(request, storage, id))
                        .then(500, work -> {
                            var node = request.node().name();
                            if (storage.volume(node, id.name()).isEmpty()
                                    && storage.type().files()) {
                                work.say("disk image '%s' does not exist".formatted(storage.path(id.name())));
                            }
                            storage.remove(node, id.name());
                            work.say("Removed volume '%s'".formatted(id));
                        })
                        .steps());
        // With a delay it waits that long, and if done by then says nothing (PVE::API2::Storage::Content::delete).
        return request.has("delay") ? Json.Null.NULL : upid;
    }

    private static void requireDeletable(Request request, Storage storage, VolumeName name) {
        if (request.may("/storage/" + storage.id(), "Datastore.Allocate")) {
            return;
        }
        if (name.content().equals("backup") && request.may("/vms/" + name.vmid(), "VM.Backup")) {
            request.require("/storage/" + storage.id(), "Datastore.AllocateSpace");
            return;
        }
        request.require("/storage/" + storage.id(), "Datastore.Allocate");
    }

    private static void requireUnprotected(Request request, Storage storage, VolumeId id) {
        storage.volume(request.node().name(), id.name()).ifPresent(volume -> {
            if (volume.isProtected) {
                throw new SimError("cannot remove protected volume '%s' on '%s'".formatted(id.name(), storage.id()));
            }
        });
    }
}
