package pvemcp.dispatch;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import pvemcp.json.Json;
import pvemcp.pve.Fields;
import pvemcp.pve.PveException;
import pvemcp.pve.PveFault;
import pvemcp.pve.Verb;
import pvemcp.pve.Volume;
import pvemcp.schema.ApiSchema;

/// What guests lose where a request names none of them and takes away what their disks and backups are on: a volume
/// group, a pool or a directory of a node, a pool of Ceph; or where it prunes backups.
///
/// A disk that is wiped is not looked at: PVE wipes none that is in use (PVE::API2::Disks, wipe_disk).
final class Clearing {
    private static final String PRUNE = "/nodes/{node}/storage/{storage}/prunebackups";

    private Clearing() {}

    /// By guest; empty for a request of another kind.
    ///
    /// @throws PveException where it cannot be seen what would be lost
    static List<Loss> by(Verb verb, ApiSchema.Match match, Json.Obj params, Sight sight) {
        if (verb != Verb.DELETE) {
            return List.of();
        }
        var template = match.operation().path();
        var at = match.variables();
        return switch (template) {
            case PRUNE -> pruned(at, params, sight);
            case "/nodes/{node}/disks/zfs/{name}",
                    "/nodes/{node}/disks/lvm/{name}",
                    "/nodes/{node}/disks/lvmthin/{name}",
                    "/nodes/{node}/disks/directory/{name}",
                    "/nodes/{node}/ceph/pool/{name}",
                    "/nodes/{node}/ceph/fs/{name}" -> destroyed(template, at, params, sight);
            default -> List.of();
        };
    }

    /// The same request as a GET tells what it would do.
    private static List<Loss> pruned(SequencedMap<String, String> at, Json.Obj params, Sight sight) {
        var storage = sight.ctx().pve().node(at.get("node")).storage(at.get("storage"));
        var lost = new TreeMap<Integer, List<String>>();
        for (var backup : Fields.list(storage.read("/prunebackups", params))) {
            if (backup.text("mark").equals("remove")) {
                backup.whole("vmid").ifPresent(vmid -> add(lost, vmid, backup.text("volid")));
            }
        }
        return losses(Map.of(), lost);
    }

    private static List<Loss> destroyed(
            String template, SequencedMap<String, String> at, Json.Obj params, Sight sight) {
        var node = at.get("node");
        var disks = new TreeMap<Integer, List<String>>();
        var backups = new TreeMap<Integer, List<String>>();
        for (var storage : sight.ctx().pve().rows("/storage")) {
            var nodes = Targets.words(storage.text("nodes"));
            boolean there = nodes.isEmpty() || nodes.contains(node);
            if (there && liesOn(template, at.get("name"), params, storage)) {
                for (var volume : content(node, storage.text("storage"), sight)) {
                    var lost = volume.content().equals("backup") ? backups : disks;
                    volume.vmid().ifPresent(vmid -> add(lost, vmid, volume.volid()));
                }
            }
        }
        return losses(disks, backups);
    }

    private static List<Volume> content(String node, String storage, Sight sight) {
        try {
            return sight.ctx().pve().node(node).storage(storage).content(Json.Obj.EMPTY);
        } catch (PveException e) {
            throw new PveException(new PveFault.Conflict(
                    "what guests have on the storage %s cannot be seen (%s), and this would destroy it; where that is meant, remove the storage from the cluster first"
                            .formatted(storage, Explain.fault(e.fault(), "").what())));
        }
    }

    /// Whether a storage is on what is destroyed, by the names PVE::API2::Disks gives these things.
    private static boolean liesOn(String template, String name, Json.Obj params, Fields storage) {
        var type = storage.text("type");
        var kind = template.substring("/nodes/{node}/".length(), template.lastIndexOf('/'));
        return switch (kind) {
            case "disks/zfs" ->
                type.equals("zfspool")
                        ? isBelow(name, storage.text("pool"))
                        : isBelow("/" + name, storage.text("path"));
            case "disks/lvm" ->
                (type.equals("lvm") || type.equals("lvmthin"))
                        && storage.text("vgname").equals(name);
            case "disks/lvmthin" ->
                storage.text("thinpool").equals(name)
                        && params.text("volume-group").orElse("").equals(storage.text("vgname"));
            case "disks/directory" -> isBelow("/mnt/pve/" + name, storage.text("path"));
            case "ceph/pool" ->
                type.equals("rbd")
                        && (storage.text("pool").equals(name)
                                || storage.text("data-pool").equals(name));
            default ->
                type.equals("cephfs")
                        && (storage.text("fs-name").equals(name)
                                || storage.text("fs-name").isEmpty());
        };
    }

    private static boolean isBelow(String place, String path) {
        return path.equals(place) || path.startsWith(place + "/");
    }

    private static void add(Map<Integer, List<String>> lost, long vmid, String volid) {
        lost.computeIfAbsent((int) vmid, _ -> new ArrayList<>()).add(volid);
    }

    private static List<Loss> losses(Map<Integer, List<String>> disks, Map<Integer, List<String>> backups) {
        var losses = new ArrayList<Loss>();
        disks.forEach((vmid, volumes) -> {
            var parts = new ArrayList<>(volumes);
            parts.addAll(backups.getOrDefault(vmid, List.of()));
            losses.add(new Loss(vmid, Loss.What.DISKS, parts));
        });
        backups.forEach((vmid, volumes) -> {
            if (!disks.containsKey(vmid)) {
                losses.add(new Loss(vmid, Loss.What.BACKUP, volumes));
            }
        });
        return losses;
    }
}
