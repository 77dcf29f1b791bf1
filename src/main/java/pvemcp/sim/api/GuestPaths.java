package pvemcp.sim.api;

import java.util.Map;
import java.util.Optional;
import pvemcp.sim.SimError;
import pvemcp.sim.world.Container;
import pvemcp.sim.world.Guest;
import pvemcp.sim.world.Vm;

/// Finds the guest that a path names: it must be of that kind and on that node, whatever else has the id.
final class GuestPaths {
    private GuestPaths() {}

    static Vm vm(Request request) {
        return vm(request, request.vmid());
    }

    static Vm vm(Request request, int vmid) {
        return find(request, vmid, Vm.class).orElseThrow(() -> missing(request, vmid, "qemu-server"));
    }

    static Container container(Request request) {
        return container(request, request.vmid());
    }

    static Container container(Request request, int vmid) {
        return find(request, vmid, Container.class).orElseThrow(() -> missing(request, vmid, "lxc"));
    }

    /// The guest of a path below `/nodes/{node}/qemu/{vmid}` or `/nodes/{node}/lxc/{vmid}`.
    static Guest guest(Request request) {
        return isContainer(request) ? container(request) : vm(request);
    }

    static boolean isContainer(Request request) {
        return request.operation().path().startsWith("/nodes/{node}/lxc");
    }

    private static <G extends Guest> Optional<G> find(Request request, int vmid, Class<G> kind) {
        var node = request.node().name();
        return Optional.ofNullable(request.cluster().guests.get(vmid))
                .filter(guest -> guest.node.equals(node))
                .filter(kind::isInstance)
                .map(kind::cast);
    }

    // PVE::AbstractConfig::load_config
    private static SimError missing(Request request, int vmid, String folder) {
        return new SimError("Configuration file 'nodes/%s/%s/%d.conf' does not exist"
                .formatted(request.node().name(), folder, vmid));
    }

    /// A 403 unless the caller may make this guest: there, in its pool, or by overwriting one that he may back up
    /// (PVE::API2::Qemu::create_vm, PVE::API2::LXC::create_vm).
    static void requireMayCreate(Request request) {
        var path = "/vms/" + request.vmid();
        boolean inPool = request.has("pool") && request.may("/pool/" + request.text("pool"), "VM.Allocate");
        boolean restores = request.has("archive") || request.flag("restore");
        boolean overwrites = restores && request.flag("force") && request.may(path, "VM.Backup");
        if (!request.may(path, "VM.Allocate") && !inPool && !overwrites) {
            throw new SimError(403, "Permission check failed", Map.of());
        }
    }

    /// A 403 unless the caller has this privilege on the guest of the path, or on the pool it is being made in
    /// (PVE::RPCEnvironment::check_vm_perm).
    static void requireOnGuest(Request request, String privilege) {
        boolean inPool = request.has("pool") && request.may("/pool/" + request.text("pool"), privilege);
        if (!inPool) {
            request.require("/vms/" + request.vmid(), privilege);
        }
    }

    /// A 403 where a pool is named that is not there (PVE::RPCEnvironment::check_pool_exist).
    static void requirePool(Request request) {
        request.find("pool").ifPresent(pool -> {
            if (!request.cluster().pools.containsKey(pool)) {
                throw new SimError(403, "Permission check failed (pool '%s' does not exist)".formatted(pool), Map.of());
            }
        });
    }

    /// PVE::Cluster::check_vmid_unused
    static void requireUnusedId(Request request, int vmid, String prefix) {
        var other = request.cluster().guests.get(vmid);
        if (other != null) {
            throw new SimError("%s%s %d already exists on node '%s'".formatted(prefix, other.noun(), vmid, other.node));
        }
    }

    static void join(Request request, int vmid) {
        request.find("pool")
                .ifPresent(pool -> request.cluster().pools.get(pool).guests.add(vmid));
    }

    static boolean isRoot(Request request) {
        return request.authId().equals("root@pam");
    }
}
