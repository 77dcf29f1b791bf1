package pvemcp.sim.scenario;

import java.time.Duration;
import java.util.UUID;
import pvemcp.sim.world.Cluster;
import pvemcp.sim.world.Container;
import pvemcp.sim.world.Guest;
import pvemcp.sim.world.Sizes;
import pvemcp.sim.world.Storage;
import pvemcp.sim.world.StorageType;
import pvemcp.sim.world.Vm;

/// Puts storages and guests into a cluster, with everything that belongs to them.
final class Build {
    private final Cluster cluster;

    Build(Cluster cluster) {
        this.cluster = cluster;
    }

    Storage storage(String id, StorageType type, String content, long gigabytes, long otherGigabytes) {
        var storage = new Storage(id, type);
        storage.options.put("content", content);
        storage.total = gigabytes << 30;
        storage.otherUse = otherGigabytes << 30;
        cluster.storages.put(id, storage);
        return storage;
    }

    /// A file on a storage, some days old.
    void file(Storage storage, String node, String name, long megabytes, int daysOld) {
        storage.add(node, name, megabytes << 20, megabytes << 20, cluster.now().minus(Duration.ofDays(daysOld)));
    }

    Vm vm(int vmid, String node, String name, int cores, int megabytes, String storage, int disk) {
        var vm = new Vm(vmid, node);
        vm.config.put("name", name);
        vm.config.put("cores", Integer.toString(cores));
        vm.config.put("memory", Integer.toString(megabytes));
        vm.config.put("cpu", "x86-64-v2-AES");
        vm.config.put("ostype", "l26");
        vm.config.put("scsihw", "virtio-scsi-single");
        vm.config.put("boot", "order=scsi0;net0");
        vm.config.put("agent", "1");
        vm.config.put("smbios1", "uuid=" + uuid(vmid));
        vm.config.put("vmgenid", uuid(vmid + 1_000_000));
        vm.config.put("net0", "virtio=%s,bridge=vmbr0".formatted(mac(vmid)));
        vm.config.put("scsi0", disk(vm, storage, disk) + ",discard=on,iothread=1,size=" + disk + "G");
        vm.config.put(
                "meta",
                "creation-qemu=9.2.0,ctime=%d"
                        .formatted(cluster.now().minus(Duration.ofDays(200)).getEpochSecond()));
        cluster.guests.put(vmid, vm);
        return vm;
    }

    Container container(int vmid, String node, String name, int cores, int megabytes, String storage, int disk) {
        var container = new Container(vmid, node);
        container.config.put("hostname", name);
        container.config.put("arch", "amd64");
        container.config.put("ostype", "debian");
        container.config.put("cores", Integer.toString(cores));
        container.config.put("memory", Integer.toString(megabytes));
        container.config.put("swap", "512");
        container.config.put("unprivileged", "1");
        container.config.put("features", "nesting=1");
        container.config.put("net0", "name=eth0,bridge=vmbr0,hwaddr=%s,ip=dhcp,type=veth".formatted(mac(vmid)));
        container.config.put("rootfs", disk(container, storage, disk) + ",size=" + disk + "G");
        cluster.guests.put(vmid, container);
        return container;
    }

    /// A new disk of so many GiB, a third of it in use.
    String disk(Guest guest, String storageId, int gigabytes) {
        var storage = cluster.storage(storageId);
        var name = storage.freeName(
                guest.node, guest.vmid(), guest.isContainer() && storage.type().files() ? "raw" : "");
        long size = (long) gigabytes << 30;
        storage.add(guest.node, name, size, size / 3, cluster.now().minus(Duration.ofDays(200)));
        return storageId + ":" + name;
    }

    /// The same without looking for a free number: for the first disk of a guest among thousands.
    String firstDisk(Guest guest, Storage storage, int gigabytes) {
        var name = storage.fullName(guest.vmid(), "vm-%d-disk-0".formatted(guest.vmid()), "raw");
        long size = (long) gigabytes << 30;
        storage.add(guest.node, name, size, size / 3, cluster.now().minus(Duration.ofDays(200)));
        return storage.id() + ":" + name + ",size=" + Sizes.format(size);
    }

    void runsFor(Guest guest, Duration time) {
        guest.ranSince(cluster.now().minus(time));
    }

    static String mac(int vmid) {
        return "BC:24:11:%02X:%02X:%02X".formatted((vmid >> 16) & 255, (vmid >> 8) & 255, vmid & 255);
    }

    private static String uuid(int key) {
        return new UUID(
                        (0x5a1d_4000L << 32) | 0x4000L | (key & 0xFFF),
                        Long.MIN_VALUE | ((key * 0x9E3779B97F4A7C15L) >>> 2))
                .toString();
    }
}
