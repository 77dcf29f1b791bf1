package pvemcp.sim.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import pvemcp.json.Json;
import pvemcp.schema.Verb;
import pvemcp.sim.SimError;
import pvemcp.sim.world.Cluster;
import pvemcp.sim.world.Guest;
import pvemcp.sim.world.Storage;
import pvemcp.sim.world.StorageType;

/// `/storage`: the storages as the cluster configures them (PVE::API2::Storage::Config).
final class StorageApi {
    /// Options that every type takes (PVE::Storage::Plugin, `$defaultData`).
    private static final Set<String> COMMON = Set.of(
            "type",
            "storage",
            "nodes",
            "content",
            "disable",
            "shared",
            "prune-backups",
            "max-protected-backups",
            "bwlimit",
            "format",
            "preallocation",
            "options",
            "maxfiles",
            "snapshot-as-volume-chain");

    private static final Set<String> FILES =
            Set.of("path", "mkdir", "is_mountpoint", "create-base-path", "create-subdirs", "content-dirs");

    private StorageApi() {}

    static void add(Routes routes) {
        routes.on(Verb.GET, "/storage", StorageApi::list)
                .on(Verb.POST, "/storage", StorageApi::create)
                .on(
                        Verb.GET,
                        "/storage/{storage}",
                        request -> row(request.cluster(), request.cluster().storage(request.text("storage"))))
                .on(Verb.PUT, "/storage/{storage}", StorageApi::update)
                .on(Verb.DELETE, "/storage/{storage}", StorageApi::delete);
    }

    private static Json list(Request request) {
        var type = request.find("type");
        var rows = new ArrayList<Json>();
        for (var storage : request.cluster().storages.values()) {
            boolean visible = request.mayAny("/storage/" + storage.id(), "Datastore.Audit", "Datastore.AllocateSpace");
            if (visible && type.map(storage.type().id()::equals).orElse(true)) {
                rows.add(row(request.cluster(), storage));
            }
        }
        return new Json.Arr(rows);
    }

    /// storage.cfg as far as its digest goes.
    private static String digest(Cluster cluster) {
        return Guest.sha1(cluster.storages.values().stream()
                .map(storage -> storage.type().id() + ": " + storage.id() + "\n" + storage.options)
                .collect(Collectors.joining("\n\n")));
    }

    private static Json.Obj row(Cluster cluster, Storage storage) {
        var row = new TreeMap<String, Object>();
        storage.options.forEach((key, value) -> row.put(
                key,
                Set.of("disable", "shared", "mkdir", "sparse", "krbd").contains(key)
                        ? (Object) Long.parseLong(value)
                        : value));
        row.putIfAbsent("content", storage.type().defaultContent());
        row.put("storage", storage.id());
        row.put("type", storage.type().id());
        row.put("digest", digest(cluster));
        return (Json.Obj) Json.of(row);
    }

    private static Json created(Storage storage) {
        return Json.obj("storage", storage.id(), "type", storage.type().id());
    }

    private static Json create(Request request) {
        var cluster = request.cluster();
        var id = request.text("storage");
        var type = StorageType.of(request.text("type")).orElseThrow();
        var given = new TreeMap<>(request.others(Set.of("storage", "type")));
        for (var key : given.keySet()) {
            if (!takes(type, key)) {
                throw new SimError("unexpected property '%s'".formatted(key));
            }
        }
        var required = required(type);
        for (var option : required) {
            if (!given.containsKey(option)) {
                throw new SimError("missing value for required option '%s'".formatted(option));
            }
        }
        if (cluster.storages.containsKey(id)) {
            throw new SimError("create storage failed: storage ID '%s' already defined".formatted(id));
        }
        var storage = new Storage(id, type);
        storage.created = cluster.now();
        storage.options.putAll(given);
        storage.options.remove("password");
        if (type == StorageType.DIR) {
            shareDisk(cluster, storage);
        }
        cluster.storages.put(id, storage);
        return created(storage);
    }

    /// A directory is on the root file system, as `local` is.
    private static void shareDisk(Cluster cluster, Storage storage) {
        var local = cluster.storages.get("local");
        if (local != null) {
            storage.total = local.total;
            storage.otherUse = local.otherUse;
        }
    }

    private static List<String> required(StorageType type) {
        return switch (type) {
            case NFS -> List.of("server", "export");
            case CIFS -> List.of("server", "share");
            case PBS -> List.of("server", "datastore");
            case LVMTHIN -> List.of("thinpool", "vgname");
            default -> type.required().isEmpty() ? List.of() : List.of(type.required());
        };
    }

    private static boolean takes(StorageType type, String key) {
        if (COMMON.contains(key) || required(type).contains(key)) {
            return true;
        }
        return switch (type) {
            case DIR, BTRFS -> FILES.contains(key);
            case NFS, CIFS, CEPHFS ->
                FILES.contains(key)
                        || Set.of(
                                        "username",
                                        "password",
                                        "domain",
                                        "smbversion",
                                        "subdir",
                                        "monhost",
                                        "fs-name",
                                        "fuse",
                                        "keyring")
                                .contains(key);
            case PBS ->
                Set.of("username", "password", "fingerprint", "namespace", "encryption-key", "master-pubkey", "port")
                        .contains(key);
            case LVM ->
                Set.of("base", "saferemove", "saferemove_throughput", "tagged_only")
                        .contains(key);
            case ZFSPOOL -> Set.of("blocksize", "sparse", "mountpoint").contains(key);
            case RBD ->
                Set.of("monhost", "pool", "data-pool", "username", "krbd", "namespace", "keyring")
                        .contains(key);
            default -> true;
        };
    }

    private static Json update(Request request) {
        var cluster = request.cluster();
        var id = request.text("storage");
        var storage = cluster.storages.get(id);
        if (storage == null) {
            throw new SimError("update storage failed: storage '%s' does not exist".formatted(id));
        }
        request.find("digest").ifPresent(digest -> {
            if (!digest.equals(digest(cluster))) {
                throw new SimError(
                        "update storage failed: detected modified configuration - file changed by other user?"
                                + " Try again.");
            }
        });
        for (var key : request.list("delete")) {
            if (required(storage.type()).contains(key)) {
                throw new SimError("update storage failed: unable to delete required option '%s'".formatted(key));
            }
            storage.options.remove(key);
        }
        var given = new TreeMap<>(request.others(Set.of("storage", "digest", "delete", "password")));
        for (var key : given.keySet()) {
            if (!takes(storage.type(), key)) {
                throw new SimError("update storage failed: unexpected property '%s'".formatted(key));
            }
        }
        storage.options.putAll(given);
        // What is at its default is not kept.
        storage.options.remove("disable", "0");
        return created(storage);
    }

    private static Json delete(Request request) {
        var id = request.text("storage");
        if (request.cluster().storages.remove(id) == null) {
            throw new SimError("delete storage failed: storage '%s' does not exist".formatted(id));
        }
        request.cluster().pools.values().forEach(pool -> pool.storages.remove(id));
        return Json.Null.NULL;
    }
}
