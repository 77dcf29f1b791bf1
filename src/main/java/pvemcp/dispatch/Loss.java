package pvemcp.dispatch;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import pvemcp.json.Json;
import pvemcp.pve.PveException;
import pvemcp.pve.Verb;
import pvemcp.schema.ApiSchema;
import pvemcp.tool.Operations;

/// What a request takes of one guest that only a backup brings back.
///
/// @param parts of a guest its disks by key (`scsi0`), as far as a backup has to have them; of disks their volumes,
///     and of backups that go along; the snapshot; the backups
record Loss(int vmid, What what, List<String> parts) {
    enum What {
        /// As it is now: it is deleted, rolled back or written over.
        GUEST,
        DISKS,
        SNAPSHOT,
        BACKUP
    }

    // What may go along with the removal of a disk.
    private static final Set<String> BESIDE = Set.of("delete", "idlist", "force", "digest", "background_delay");

    Loss {
        parts = List.copyOf(parts);
    }

    /// @param destroys whether the call is one that destroys, and deletes what it detaches
    static List<Loss> by(Wires.Sent request, boolean destroys, Sight sight) {
        if (request.verb() == Verb.GET) {
            return List.of();
        }
        var match = Operations.match(sight.ctx().schema(), request.verb(), request.path());
        if (match.isEmpty()) {
            return List.of();
        }
        var ofOne = by(match.get(), request, destroys, sight);
        return ofOne.map(List::of).orElseGet(() -> sight.clearing(request.verb(), match.get(), request.params()));
    }

    private static Optional<Loss> by(ApiSchema.Match match, Wires.Sent request, boolean destroys, Sight sight) {
        var template = match.operation().path();
        boolean deletes = request.verb() == Verb.DELETE;
        if (template.equals("/nodes/{node}/storage/{storage}/content/{volume}") && deletes) {
            return volume(match, sight);
        }
        int vmid = match.variables().containsKey("vmid")
                ? Integer.parseInt(match.variables().get("vmid"))
                : request.params().whole("vmid").orElse(0L).intValue();
        return switch (template) {
            case "/nodes/{node}/qemu", "/nodes/{node}/lxc" -> overwritten(vmid, request, sight);
            case "/nodes/{node}/qemu/{vmid}", "/nodes/{node}/lxc/{vmid}" ->
                deletes ? Optional.of(guest(vmid, true, sight)) : Optional.empty();
            case "/nodes/{node}/qemu/{vmid}/snapshot/{snapname}/rollback",
                    "/nodes/{node}/lxc/{vmid}/snapshot/{snapname}/rollback" -> Optional.of(guest(vmid, false, sight));
            case "/nodes/{node}/qemu/{vmid}/snapshot/{snapname}", "/nodes/{node}/lxc/{vmid}/snapshot/{snapname}" ->
                deletes
                        ? Optional.of(new Loss(
                                vmid, What.SNAPSHOT, List.of(match.variables().get("snapname"))))
                        : Optional.empty();
            case "/nodes/{node}/qemu/{vmid}/unlink" -> disks(vmid, "idlist", request, destroys, sight);
            case "/nodes/{node}/qemu/{vmid}/config", "/nodes/{node}/lxc/{vmid}/config" ->
                disks(vmid, "delete", request, destroys, sight);
            default -> Optional.empty();
        };
    }

    /// A VM that is written over keeps the disks the backup has not, as unused ones (PVE::QemuServer,
    /// restore_cleanup_oldconf); a container does not.
    private static Optional<Loss> overwritten(int vmid, Wires.Sent request, Sight sight) {
        boolean vm = request.params().has("archive");
        boolean restores = vm || request.params().flag("restore").orElse(false);
        boolean over = restores
                && request.params().flag("force").orElse(false)
                && sight.row(vmid).isPresent();
        if (!over) {
            return Optional.empty();
        }
        return Optional.of(vm ? new Loss(vmid, What.GUEST, List.of()) : guest(vmid, true, sight));
    }

    private static Loss guest(int vmid, boolean withUnused, Sight sight) {
        var keys = DiskVolumes.of(options(vmid, sight)).keySet().stream()
                .filter(key -> withUnused || !key.startsWith("unused"))
                .toList();
        return new Loss(vmid, What.GUEST, keys);
    }

    private static Optional<Loss> disks(int vmid, String param, Wires.Sent request, boolean destroys, Sight sight) {
        var deleted = Targets.words(request.params().text(param).orElse(""));
        if (deleted.isEmpty()) {
            return Optional.empty();
        }
        boolean all = destroys || request.params().flag("force").orElse(false);
        var volumes = new ArrayList<String>();
        DiskVolumes.of(options(vmid, sight)).forEach((key, volume) -> {
            if (deleted.contains(key) && (all || key.startsWith("unused"))) {
                volumes.add(volume);
            }
        });
        return volumes.isEmpty() ? Optional.empty() : Optional.of(new Loss(vmid, What.DISKS, volumes));
    }

    private static Optional<Loss> volume(ApiSchema.Match match, Sight sight) {
        var name = match.variables().get("volume");
        var volid = name.contains(":") ? name : match.variables().get("storage") + ":" + name;
        var guests = sight.ctx()
                .schema()
                .touched(match.operation(), match.variables(), Json.Obj.EMPTY)
                .guests();
        if (guests.isEmpty()) {
            return Optional.empty();
        }
        var what = isBackup(volid) ? What.BACKUP : What.DISKS;
        return Optional.of(new Loss(guests.getLast(), what, List.of(volid)));
    }

    /// Of a guest that is gone, or whose node does not answer, nothing is known.
    private static Map<String, String> options(int vmid, Sight sight) {
        try {
            return sight.row(vmid).map(row -> sight.config(row).options()).orElse(new TreeMap<>());
        } catch (PveException _) {
            return Map.of();
        }
    }

    /// What a backup would have to have and has not; empty where it has all of it.
    ///
    /// @param inside the volumes in it by the keys of their disks
    List<String> missing(Map<String, String> inside) {
        return switch (what) {
            case GUEST -> parts.stream().filter(key -> !inside.containsKey(key)).toList();
            case DISKS ->
                parts.stream()
                        .filter(volume -> !isBackup(volume) && !inside.containsValue(volume))
                        .toList();
            case SNAPSHOT, BACKUP -> List.of();
        };
    }

    /// Whether it matters what is in a backup.
    boolean looksInside() {
        return !parts.isEmpty() && (what == What.GUEST || what == What.DISKS);
    }

    private static boolean isBackup(String volid) {
        return volid.contains(":backup/");
    }

    /// Whether this backup is among what is lost.
    boolean isOf(String volid) {
        return isBackup(volid) && parts.contains(volid);
    }

    /// Whether the request does nothing else than removing disks. A snapshot does not keep these: PVE takes no unused
    /// disk into one, and deletes none that is in one.
    boolean onlyDisks(Wires.Sent request) {
        return what == What.DISKS
                && BESIDE.containsAll(request.params().members().keySet());
    }
}
