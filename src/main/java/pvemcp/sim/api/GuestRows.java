package pvemcp.sim.api;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import pvemcp.json.Json;
import pvemcp.sim.metrics.GuestMetrics;
import pvemcp.sim.world.Cluster;
import pvemcp.sim.world.Container;
import pvemcp.sim.world.Guest;
import pvemcp.sim.world.Vm;
import pvemcp.sim.world.VolumeId;

/// The rows and objects that say how a guest is doing (PVE::QemuServer::vmstatus, PVE::LXC::vmstatus).
final class GuestRows {
    private static final List<String> PRESSURES = List.of(
            "pressurecpufull",
            "pressurecpusome",
            "pressureiofull",
            "pressureiosome",
            "pressurememoryfull",
            "pressurememorysome");
    static final String QEMU_VERSION = "10.2.2";

    private GuestRows() {}

    static Json.Obj row(Guest guest, Instant now) {
        return new Json.Obj(guest instanceof Vm vm ? vmRow(vm, now) : containerRow((Container) guest, now));
    }

    /// The guest's row in `/cluster/resources` (PVE::API2Tools::extract_vm_stats).
    ///
    /// @param pool the one it is in; empty where it is in none
    static Json.Obj resource(Guest guest, Instant now, String pool) {
        var use = new GuestMetrics(guest);
        var row = new LinkedHashMap<String, Json>();
        row.put("id", Json.str(guest.type() + "/" + guest.vmid()));
        row.put("type", Json.str(guest.type()));
        row.put("vmid", Json.num(guest.vmid()));
        row.put("node", Json.str(guest.node));
        row.put("name", Json.str(guest.name()));
        row.put("status", Json.str(guest.isRunning() ? "running" : "stopped"));
        row.put("template", Json.num(guest.isTemplate() ? 1 : 0));
        row.put("uptime", Json.num(guest.uptime(now)));
        row.put("maxcpu", Json.num(guest.cpus()));
        row.put("cpu", Json.num(use.cpu(now)));
        row.put("maxmem", Json.num(guest.maxMemory()));
        row.put("mem", Json.num(use.memory(now)));
        row.put("memhost", Json.num(guest.isContainer() ? 0 : use.memory(now)));
        row.put("maxdisk", Json.num(guest.maxDisk()));
        row.put("disk", Json.num(use.disk()));
        row.put("diskread", Json.num(use.diskRead(now)));
        row.put("diskwrite", Json.num(use.diskWritten(now)));
        row.put("netin", Json.num(use.received(now)));
        row.put("netout", Json.num(use.sent(now)));
        var tags = guest.config.get("tags");
        if (tags != null) {
            row.put("tags", Json.str(tags));
        }
        guest.lock().ifPresent(lock -> row.put("lock", Json.str(lock)));
        if (!pool.isEmpty()) {
            row.put("pool", Json.str(pool));
        }
        return new Json.Obj(row);
    }

    /// What `status/current` says.
    static Json.Obj current(Guest guest, Cluster cluster) {
        var now = cluster.now();
        var row = guest instanceof Vm vm ? detailed(vm, now) : containerRow((Container) guest, now);
        row.put("ha", ha(guest, cluster));
        if (guest instanceof Vm vm) {
            if (vm.hasAgentOption()) {
                row.put("agent", Json.num(1));
            }
            if (vm.isRunning() && vm.config.containsKey("vga")) {
                row.put("clipboard", Json.Null.NULL);
            }
        }
        return new Json.Obj(row);
    }

    /// PVE::HA::Config::get_service_status
    private static Json ha(Guest guest, Cluster cluster) {
        return cluster.ha
                .managed(guest)
                .map(resource -> Rows.of("managed", 1)
                        .putText("state", resource.crmState)
                        .putText("group", resource.options.getOrDefault("group", ""))
                        .json())
                .orElse(Json.obj("managed", 0));
    }

    private static SequencedMap<String, Json> common(Guest guest, Instant now) {
        var use = new GuestMetrics(guest);
        var row = new LinkedHashMap<String, Json>();
        row.put("vmid", Json.num(guest.vmid()));
        row.put("name", Json.str(guest.name()));
        row.put("status", Json.str(guest.isRunning() ? "running" : "stopped"));
        row.put("cpus", Json.num(guest.cpus()));
        row.put("cpu", Json.num(use.cpu(now)));
        row.put("maxmem", Json.num(guest.maxMemory()));
        row.put("mem", Json.num(use.memory(now)));
        row.put("disk", Json.num(use.disk()));
        row.put("maxdisk", Json.num(guest.maxDisk()));
        row.put("netin", Json.num(use.received(now)));
        row.put("netout", Json.num(use.sent(now)));
        row.put("uptime", Json.num(guest.uptime(now)));
        guest.lock().ifPresent(lock -> row.put("lock", Json.str(lock)));
        var tags = guest.config.get("tags");
        if (tags != null) {
            row.put("tags", Json.str(tags));
        }
        if (guest.isTemplate()) {
            row.put("template", Json.num(1));
        }
        if (guest.isRunning()) {
            row.put("pid", Json.num(guest.pid()));
        }
        return row;
    }

    private static SequencedMap<String, Json> vmRow(Vm vm, Instant now) {
        var row = common(vm, now);
        row.put("memhost", Json.num(new GuestMetrics(vm).memory(now)));
        if (vm.config.containsKey("serial0")) {
            row.put("serial", Json.num(1));
        }
        if (vm.isRunning()) {
            PRESSURES.forEach(name -> row.put(name, Json.num(new GuestMetrics(vm).pressure(name, now))));
        }
        return row;
    }

    /// With what only the running QEMU knows (`full=1`).
    static SequencedMap<String, Json> detailed(Vm vm, Instant now) {
        var row = vmRow(vm, now);
        row.put("qmpstatus", Json.str(!vm.isRunning() ? "stopped" : vm.isPaused() ? "paused" : "running"));
        if (!vm.isRunning()) {
            return row;
        }
        var use = new GuestMetrics(vm);
        row.put("diskread", Json.num(use.diskRead(now)));
        row.put("diskwrite", Json.num(use.diskWritten(now)));
        row.put("running-machine", Json.str("pc-i440fx-10.2+pve0"));
        row.put("running-qemu", Json.str(QEMU_VERSION));
        row.put("balloon", Json.num(vm.maxMemory()));
        row.put("ballooninfo", Json.obj("actual", vm.maxMemory(), "max_mem", vm.maxMemory()));
        row.put("proxmox-support", SUPPORT);
        var statistics = blockStatistics(vm, now);
        if (!statistics.isEmpty()) {
            row.put("blockstat", statistics);
        }
        var nics = new LinkedHashMap<String, Json>();
        for (var key : vm.config.keySet()) {
            if (key.startsWith("net") && key.length() > 3 && Character.isDigit(key.charAt(3))) {
                nics.put(
                        "tap%di%s".formatted(vm.vmid(), key.substring(3)),
                        Json.obj("netin", use.received(now), "netout", use.sent(now)));
            }
        }
        if (!nics.isEmpty()) {
            row.put("nics", new Json.Obj(nics));
        }
        return row;
    }

    private static final Json SUPPORT = Json.obj(
            "pbs-dirty-bitmap",
            true,
            "pbs-dirty-bitmap-savevm",
            true,
            "pbs-dirty-bitmap-migration",
            true,
            "query-bitmap-info",
            true,
            "pbs-masterkey",
            true,
            "backup-max-workers",
            true,
            "backup-fleecing",
            true,
            "backup-access-api",
            true,
            "pbs-library-version",
            "1.5.1");

    // QEMU's BlockDeviceStats
    private static final List<String> BLOCK_COUNTERS = List.of(
            "failed_flush_operations",
            "failed_rd_operations",
            "failed_unmap_operations",
            "failed_wr_operations",
            "failed_zone_append_operations",
            "flush_operations",
            "flush_total_time_ns",
            "invalid_flush_operations",
            "invalid_rd_operations",
            "invalid_unmap_operations",
            "invalid_wr_operations",
            "invalid_zone_append_operations",
            "rd_merged",
            "rd_total_time_ns",
            "unmap_bytes",
            "unmap_merged",
            "unmap_operations",
            "unmap_total_time_ns",
            "wr_highest_offset",
            "wr_merged",
            "wr_total_time_ns",
            "zone_append_bytes",
            "zone_append_merged",
            "zone_append_operations",
            "zone_append_total_time_ns");

    private static Json.Obj blockStatistics(Vm vm, Instant now) {
        var drives = new LinkedHashMap<String, Json>();
        var busiest = busiest(vm);
        vm.disks().forEach((key, drive) -> {
            if (!VolumeId.matches(drive.bare())) {
                return;
            }
            boolean busy = key.equals(busiest);
            var read = busy ? new GuestMetrics(vm).diskRead(now) : 0;
            var written = busy ? new GuestMetrics(vm).diskWritten(now) : 0;
            var counters = new LinkedHashMap<String, Json>();
            BLOCK_COUNTERS.forEach(name -> counters.put(name, Json.num(0)));
            counters.put("account_failed", Json.bool(true));
            counters.put("account_invalid", Json.bool(true));
            counters.put("rd_bytes", Json.num(read));
            counters.put("rd_operations", Json.num(read / 16384));
            counters.put("wr_bytes", Json.num(written));
            counters.put("wr_operations", Json.num(written / 16384));
            counters.put("timed_stats", Json.Arr.EMPTY);
            if (busy && vm.uptime(now) > 4) {
                counters.put("idle_time_ns", Json.num(250_000_000));
            }
            drives.put(key, new Json.Obj(counters));
        });
        return new Json.Obj(drives);
    }

    /// The one drive that shows any traffic: a CD the system runs from, or the first disk.
    private static String busiest(Vm vm) {
        return vm.disks().entrySet().stream()
                .filter(drive -> drive.getValue().bare().contains(":iso/"))
                .findFirst()
                .or(() -> vm.disks().entrySet().stream().findFirst())
                .map(Map.Entry::getKey)
                .orElse("");
    }

    private static SequencedMap<String, Json> containerRow(Container container, Instant now) {
        var row = common(container, now);
        var use = new GuestMetrics(container);
        row.put("type", Json.str("lxc"));
        row.put("swap", Json.num(0));
        row.put("maxswap", Json.num(container.maxSwap()));
        row.put("diskread", Json.num(use.diskRead(now)));
        row.put("diskwrite", Json.num(use.diskWritten(now)));
        if (container.isRunning()) {
            // Text here, numbers for a VM: PVE::LXC passes on what the kernel wrote.
            PRESSURES.forEach(name -> row.put(name, Json.str("%.2f".formatted(use.pressure(name, now)))));
        }
        return row;
    }

    /// The rows of `pending` (PVE::GuestHelpers::config_with_pending_array).
    static Json pending(Guest guest) {
        var rows = new ArrayList<Json>();
        var keys = new TreeSet<>(guest.config.keySet());
        keys.addAll(guest.pending.keySet());
        for (var key : keys) {
            var row = new LinkedHashMap<String, Object>();
            row.put("key", key);
            var value = guest.config.get(key);
            if (value != null) {
                row.put("value", guest.value(key, shown(guest, key, value)));
            }
            var pending = guest.pending.get(key);
            if (pending != null) {
                row.put("pending", guest.value(key, shown(guest, key, pending)));
            }
            if (guest.removals.containsKey(key)) {
                row.put("delete", guest.removals.get(key) ? 2 : 1);
            }
            rows.add(Json.of(row));
        }
        rows.add(Json.obj("key", "digest", "value", guest.digest()));
        return new Json.Arr(rows);
    }

    /// The configuration as the API shows it: passwords masked, a container's description with its line end.
    static Json.Obj config(Guest guest, Map<String, String> values) {
        var shown = new TreeMap<String, String>();
        values.forEach((key, value) -> shown.put(key, shown(guest, key, value)));
        return guest.typed(shown);
    }

    private static String shown(Guest guest, String key, String value) {
        return switch (key) {
            case "cipassword" -> "**********";
            case "description" -> guest.isContainer() && !value.endsWith("\n") ? value + "\n" : value;
            default -> value;
        };
    }
}
