package pvemcp.sim.api;

import java.util.ArrayList;
import java.util.List;
import pvemcp.json.Json;
import pvemcp.schema.Verb;
import pvemcp.sim.SimError;
import pvemcp.sim.world.HostSettings.Disk;

/// `/nodes/{node}/disks`, `hardware` and `capabilities`: what a host is made of
/// (PVE::API2::Disks, Hardware, Capabilities)
final class HardwareApi {
    private HardwareApi() {}

    static void add(Routes routes) {
        routes.on(Verb.GET, "/nodes/{node}/disks/list", HardwareApi::disks)
                .on(Verb.GET, "/nodes/{node}/disks/smart", HardwareApi::smart)
                .on(Verb.GET, "/nodes/{node}/disks/lvm", HardwareApi::lvm)
                .on(Verb.GET, "/nodes/{node}/disks/lvmthin", HardwareApi::lvmThin)
                .on(Verb.GET, "/nodes/{node}/disks/directory", _ -> Json.Arr.EMPTY)
                .on(Verb.GET, "/nodes/{node}/disks/zfs", _ -> Json.Arr.EMPTY)
                .on(Verb.GET, "/nodes/{node}/scan/lvm", HardwareApi::volumeGroups)
                .on(Verb.GET, "/nodes/{node}/hardware/pci", HardwareApi::pci)
                .on(Verb.GET, "/nodes/{node}/hardware/usb", _ -> Json.Arr.EMPTY)
                .on(Verb.GET, "/nodes/{node}/capabilities/qemu/cpu", _ -> cpuModels())
                .on(Verb.GET, "/nodes/{node}/capabilities/qemu/machines", _ -> machines())
                .on(Verb.GET, "/nodes/{node}/capabilities/qemu/migration", _ -> Json.obj("has-dbus-vmstate", true));
    }

    private static Json disks(Request request) {
        var type = request.text("type", "");
        return Json.of(request.node().host.disks.stream()
                .filter(disk -> !type.equals("unused") || disk.used().isEmpty())
                .map(HardwareApi::row)
                .toList());
    }

    private static Json row(Disk disk) {
        return Rows.of(
                        "devpath",
                        disk.device(),
                        "model",
                        disk.model(),
                        "serial",
                        disk.serial(),
                        "vendor",
                        disk.vendor(),
                        "type",
                        disk.type(),
                        "size",
                        disk.size(),
                        "health",
                        disk.health(),
                        "wearout",
                        disk.type().equals("hdd") ? "N/A" : disk.wearout(),
                        "rpm",
                        disk.type().equals("hdd") ? 5400 : 0,
                        "gpt",
                        1,
                        "mounted",
                        0,
                        "wwn",
                        "unknown",
                        "osdid",
                        -1,
                        "osdid-list",
                        null)
                .putText("used", disk.used())
                .json();
    }

    private static Json smart(Request request) {
        var path = request.text("disk");
        var disk = request.node().host.disks.stream()
                .filter(candidate -> candidate.device().equals(path))
                .findFirst()
                .orElseThrow(() -> new SimError("not a valid block device"));
        if (request.flag("healthonly")) {
            return Json.obj("health", disk.health());
        }
        if (!disk.type().equals("hdd")) {
            var text = "\nSMART/Health Information (NVMe Log 0x02)\nCritical Warning: 0x00\nTemperature: 41 Celsius\n"
                    + "Available Spare: 100%%\nPercentage Used: %d%%\nPower On Hours: 6,120\n"
                            .formatted(100 - disk.wearout());
            return Json.obj("health", disk.health(), "type", "text", "text", text);
        }
        return Json.obj(
                "health", disk.health(),
                "type", "ata",
                "attributes",
                        List.of(
                                attribute(5, "Reallocated_Sector_Ct", 200, 140, "0"),
                                attribute(9, "Power_On_Hours", 84, 0, "11904"),
                                attribute(194, "Temperature_Celsius", 114, 0, "33"),
                                attribute(197, "Current_Pending_Sector", 200, 0, "0")));
    }

    private static Json attribute(int id, String name, int value, int threshold, String raw) {
        return Json.obj(
                "id", "%3d".formatted(id),
                "name", name,
                "value", value,
                "worst", value,
                "threshold", threshold,
                "normalized", value,
                "flags", "-O--CK",
                "fail", "-",
                "raw", raw);
    }

    private static List<Disk> lvmDisks(Request request) {
        return request.node().host.disks.stream()
                .filter(disk -> disk.used().equals("LVM"))
                .toList();
    }

    /// The first disk is the system's, each other one has a group of its own.
    private static String group(int index) {
        return index == 0 ? "pve" : "data" + index;
    }

    private static Json lvm(Request request) {
        var groups = new ArrayList<Json>();
        var disks = lvmDisks(request);
        for (int i = 0; i < disks.size(); i++) {
            var disk = disks.get(i);
            var volume =
                    Json.obj("name", disk.device() + "p3", "size", disk.size(), "free", 17_179_869_184L, "leaf", 1);
            groups.add(Json.obj(
                    "name",
                    group(i),
                    "size",
                    disk.size(),
                    "free",
                    17_179_869_184L,
                    "leaf",
                    0,
                    "children",
                    List.of(volume)));
        }
        return Json.obj("leaf", 0, "children", groups);
    }

    private static Json lvmThin(Request request) {
        if (lvmDisks(request).isEmpty()) {
            return Json.Arr.EMPTY;
        }
        var disk = lvmDisks(request).getFirst();
        long size = disk.size() * 9 / 10;
        return Json.arr(Json.obj(
                "lv",
                "data",
                "vg",
                group(0),
                "lv_size",
                size,
                "used",
                size / 3,
                "metadata_size",
                size / 128,
                "metadata_used",
                size / 1024));
    }

    private static Json volumeGroups(Request request) {
        var rows = new ArrayList<Json>();
        for (int i = 0; i < lvmDisks(request).size(); i++) {
            rows.add(Json.obj("vg", group(i)));
        }
        return new Json.Arr(rows);
    }

    static boolean hasPciDevice(Request request, String id) {
        return ((Json.Arr) pci(request))
                .items().stream()
                        .anyMatch(device -> ((Json.Obj) device)
                                .text("id")
                                .filter(id::equals)
                                .isPresent());
    }

    private static Json pci(Request request) {
        return Json.arr(
                device(
                        "0000:00:02.0",
                        "0x030000",
                        "0x1002",
                        "Advanced Micro Devices, Inc. [AMD/ATI]",
                        "0x164e",
                        "Raphael",
                        12),
                device(
                        "0000:01:00.0",
                        "0x010802",
                        "0x144d",
                        "Samsung Electronics Co Ltd",
                        "0xa80c",
                        "NVMe SSD Controller S4LV008[Pascal]",
                        14),
                device(
                        "0000:05:00.0",
                        "0x020000",
                        "0x8086",
                        "Intel Corporation",
                        "0x125c",
                        "Ethernet Controller I226-V",
                        17));
    }

    private static Json device(
            String id, String kind, String vendor, String vendorName, String device, String deviceName, int group) {
        return Json.obj(
                "id", id,
                "class", kind,
                "vendor", vendor,
                "vendor_name", vendorName,
                "device", device,
                "device_name", deviceName,
                "iommugroup", group,
                "subsystem_vendor", vendor,
                "subsystem_vendor_name", vendorName,
                "subsystem_device", device);
    }

    private static Json cpuModels() {
        var rows = new ArrayList<Json>();
        for (var model :
                List.of("x86-64-v2", "x86-64-v2-AES", "x86-64-v3", "x86-64-v4", "host", "kvm64", "qemu64", "max")) {
            rows.add(Json.obj("name", model, "vendor", "default", "custom", 0));
        }
        for (var model : List.of("EPYC", "EPYC-Rome", "EPYC-Milan", "EPYC-Genoa")) {
            rows.add(Json.obj("name", model, "vendor", "AuthenticAMD", "custom", 0));
        }
        for (var model : List.of("Skylake-Server", "Icelake-Server", "SapphireRapids", "GraniteRapids")) {
            rows.add(Json.obj("name", model, "vendor", "GenuineIntel", "custom", 0));
        }
        return new Json.Arr(rows);
    }

    private static Json machines() {
        var rows = new ArrayList<Json>();
        for (var version :
                List.of("10.2", "10.1", "10.0+pve1", "10.0", "9.2+pve1", "9.2", "9.1", "9.0", "8.2", "8.1", "8.0")) {
            for (var type : List.of("i440fx", "q35")) {
                rows.add(Json.obj("id", "pc-" + type + "-" + version, "type", type, "version", version));
            }
        }
        return new Json.Arr(rows);
    }
}
