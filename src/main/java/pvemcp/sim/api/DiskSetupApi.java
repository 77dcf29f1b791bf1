package pvemcp.sim.api;

import java.util.Map;
import pvemcp.json.Json;
import pvemcp.schema.Verb;
import pvemcp.sim.SimError;
import pvemcp.sim.world.HostSettings.Disk;

/// What is made of a host's disks (PVE::API2::Disks and the modules below it).
final class DiskSetupApi {
    private DiskSetupApi() {}

    static void add(Routes routes) {
        var disks = "/nodes/{node}/disks";
        routes.on(Verb.POST, disks + "/initgpt", request -> setUp(request, "disk", "diskinit", "partitions"))
                .on(Verb.PUT, disks + "/wipedisk", DiskSetupApi::wipe)
                .on(Verb.POST, disks + "/lvm", request -> setUp(request, "device", "lvmcreate", "LVM"))
                .on(Verb.POST, disks + "/lvmthin", request -> setUp(request, "device", "lvmthincreate", "LVM"))
                .on(Verb.POST, disks + "/directory", request -> setUp(request, "device", "dircreate", "mounted"))
                .on(Verb.POST, disks + "/zfs", request -> setUp(request, "devices", "zfscreate", "ZFS"));
    }

    private static Disk disk(Request request, String device) {
        return request.node().host.disks.stream()
                .filter(disk -> disk.device().equals(device))
                .findFirst()
                .orElseThrow(() -> new SimError("not a valid block device"));
    }

    private static Json setUp(Request request, String parameter, String task, String use) {
        var devices = request.list(parameter);
        for (var device : devices) {
            // PVE::Diskmanage, assert_disk_unused
            if (!disk(request, device).used().isEmpty()) {
                throw new SimError("device '%s' is already in use".formatted(device));
            }
        }
        var name = request.text("name", devices.getFirst().replaceFirst("/dev/", ""));
        return request.start(
                task,
                name,
                Timed.begin()
                        .then(1500, _ -> devices.forEach(device -> mark(request, device, use)))
                        .steps());
    }

    private static Json wipe(Request request) {
        if (!request.authId().equals("root@pam")) {
            throw new SimError(403, "Permission check failed (user != root@pam)", Map.of());
        }
        var device = request.text("disk");
        disk(request, device);
        return request.start(
                "wipedisk",
                device.replaceFirst("/dev/", ""),
                Timed.begin().then(1500, _ -> mark(request, device, "")).steps());
    }

    private static void mark(Request request, String device, String use) {
        request.node()
                .host
                .disks
                .replaceAll(disk -> disk.device().equals(device)
                        ? new Disk(
                                disk.device(),
                                disk.model(),
                                disk.serial(),
                                disk.vendor(),
                                disk.type(),
                                disk.size(),
                                use,
                                disk.health(),
                                disk.wearout())
                        : disk);
    }
}
