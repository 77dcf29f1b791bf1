package pvemcp.tools.answer;

import static pvemcp.tools.common.Probe.row;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import pvemcp.json.Json;
import pvemcp.pve.Bytes;
import pvemcp.pve.Fields;
import pvemcp.pve.Guest;
import pvemcp.pve.GuestConfig;
import pvemcp.pve.GuestKind;
import pvemcp.pve.GuestRef;
import pvemcp.pve.NodeStatus;
import pvemcp.pve.Percent;
import pvemcp.pve.PropertyString;
import pvemcp.pve.PveException;
import pvemcp.pve.PveFault;
import pvemcp.pve.Resource.NodeRow;
import pvemcp.pve.Resource.StorageRow;
import pvemcp.tool.Aim.OnSeveral;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.Kind;
import pvemcp.tool.ToolContext;
import pvemcp.tools.cluster.HaTools;
import pvemcp.tools.common.Probe;
import pvemcp.tools.common.Report;
import pvemcp.view.Clean;

/// Why one guest or node is slow, full, not to be reached or does not start: everything that may be the cause is
/// looked at, and what was found is ranked.
record Why(
        @Doc("Guest: id, name or node/id") Optional<GuestRef> guest,

        @Doc(value = "Or a node", kind = Kind.NODE) Optional<String> node)
        implements Call<Report>, OnSeveral {
    private static final double BUSY = 0.85;
    private static final double STALLED = 20;

    /// @param weight how likely it is what somebody complains about, 0 to 100
    private record Cause(int weight, String what, String evidence, String next) {}

    @Override
    public List<GuestRef> guests() {
        return guest.stream().toList();
    }

    @Override
    public Report run(ToolContext ctx) {
        if (guest.isPresent() == node.isPresent()) {
            throw new BadArguments(List.of("name one guest or one node"));
        }
        var probe = new Probe(ctx);
        var causes = new ArrayList<Cause>();
        var subject = "node " + node.orElse("");
        if (guest.isPresent()) {
            var found = ctx.pve().guest(guest.get());
            subject = "%d %s".formatted(found.vmid(), found.name());
            ofGuest(ctx, probe, found, causes);
        } else {
            ofNode(ctx, probe, node.orElseThrow(), causes);
        }
        causes.sort(Comparator.comparingInt(Cause::weight).reversed());
        var conclusion = causes.isEmpty()
                ? subject + ": nothing wrong was found from outside"
                : "%s: %s (%s)"
                        .formatted(
                                subject,
                                causes.getFirst().what(),
                                causes.getFirst().evidence());
        var report = Report.that(conclusion)
                .table(
                        "causes, likeliest first",
                        "cause|evidence",
                        causes.stream()
                                .map(cause -> row(cause.what(), cause.evidence()))
                                .toList());
        causes.forEach(cause -> report.nextIf(!cause.next().isEmpty(), cause.next()));
        if (causes.isEmpty() && guest.isPresent()) {
            report.next("look inside it: services, logs and addresses of the guest itself");
        }
        return report.with(probe);
    }

    // ---- a node ----

    private static void ofNode(ToolContext ctx, Probe probe, String name, List<Cause> causes) {
        var rows = ctx.pve().nodes().stream()
                .filter(row -> row.name().equals(name))
                .toList();
        if (rows.isEmpty()) {
            throw new PveException(new PveFault.Missing("node " + name, "no node '%s'".formatted(name)));
        }
        if (!rows.getFirst().online()) {
            causes.add(new Cause(
                    100,
                    "the node is " + rows.getFirst().status(),
                    "the other nodes do not hear from it",
                    "check its power and network; its guests: pve_guest_list node=" + name));
            return;
        }
        probe.look("status of " + name, () -> ctx.pve().node(name).status())
                .ifPresent(status -> load(name, status, 0, causes));
        for (var storage : ctx.pve().storages()) {
            if (storage.node().equals(name)) {
                storage(storage, 80, causes);
            }
        }
        ctx.pve().guests().stream()
                .filter(row -> row.node().equals(name) && row.status().equals("running"))
                .filter(row -> row.cpu().map(Percent::fraction).orElse(0.0) >= BUSY)
                .forEach(row -> causes.add(new Cause(
                        40,
                        "guest %d %s uses its CPUs up".formatted(row.vmid(), row.name()),
                        "cpu " + row.cpu().orElseThrow(),
                        "pve_why guest=" + row.vmid())));
    }

    /// @param less how much less it weighs when it is only the host of what is asked about
    private static void load(String node, NodeStatus status, int less, List<Cause> causes) {
        var cpu = status.cpu().map(Percent::fraction).orElse(0.0);
        if (cpu >= BUSY) {
            causes.add(new Cause(
                    80 - less,
                    "host " + node + " has no CPU left",
                    "cpu " + status.cpu().orElseThrow(),
                    "pve_rebalance_plan"));
        }
        if (status.ioWait().map(Percent::fraction).orElse(0.0) >= 0.1) {
            causes.add(new Cause(
                    85 - less,
                    "host " + node + " waits for its disks",
                    "I/O wait " + status.ioWait().orElseThrow(),
                    "pve_storage_pressure"));
        }
        share(status.memoryUsed(), status.memory())
                .filter(share -> share.fraction() >= 0.9)
                .ifPresent(share -> causes.add(new Cause(
                        75 - less, "host " + node + " is short of memory", "memory " + share, "pve_rebalance_plan")));
        share(status.swapUsed(), status.swap())
                .filter(share -> share.fraction() >= 0.5)
                .ifPresent(share -> causes.add(
                        new Cause(60 - less, "host " + node + " swaps", "swap " + share, "pve_rebalance_plan")));
        share(status.rootUsed(), status.root())
                .filter(share -> share.fraction() >= 0.9)
                .ifPresent(share -> causes.add(new Cause(
                        88 - less,
                        "root file system of " + node + " is full",
                        "root " + share,
                        "free space in /var/log, /var/lib/vz")));
    }

    private static Optional<Percent> share(Optional<Bytes> used, Optional<Bytes> whole) {
        return used.flatMap(part -> whole.map(part::of));
    }

    private static void storage(StorageRow storage, int weight, List<Cause> causes) {
        if (!storage.status().equals("available")) {
            causes.add(new Cause(
                    weight, "storage " + storage.name() + " is not available", "on " + storage.node(), "pve_health"));
        }
        share(storage.used(), storage.size())
                .filter(full -> full.fraction() >= 0.95)
                .ifPresent(full -> causes.add(new Cause(
                        weight, "storage " + storage.name() + " is full", full + " used", "pve_storage_pressure")));
    }

    // ---- a guest ----

    private static void ofGuest(ToolContext ctx, Probe probe, Guest guest, List<Cause> causes) {
        var host = ctx.pve().nodes().stream()
                .filter(row -> row.name().equals(guest.node()))
                .findFirst();
        highAvailability(probe, guest, causes);
        if (!host.map(NodeRow::online).orElse(true)) {
            causes.add(new Cause(
                    100,
                    "its node " + guest.node() + " is off",
                    "node status " + host.get().status(),
                    "pve_why node=" + guest.node()));
            return;
        }
        if (!guest.lock().isEmpty()) {
            causes.add(new Cause(
                    90,
                    "it is locked",
                    "lock " + guest.lock(),
                    "pve_task_list guest=%d running=true; if none works on it, the owner runs %s unlock %d"
                            .formatted(guest.vmid(), guest.kind() == GuestKind.VM ? "qm" : "pct", guest.vmid())));
        }
        var config = probe.look("configuration", guest::config);
        var status = probe.look("status", guest::status);
        boolean runs =
                status.map(now -> now.running()).orElse(guest.row().status().equals("running"));
        config.ifPresent(options -> {
            disks(ctx, guest, options, causes);
            network(guest, options, runs, causes);
            habits(options, causes);
        });
        if (!runs) {
            stopped(ctx, probe, guest, config, causes);
            return;
        }
        status.ifPresent(now -> {
            if (now.detail().equals("io-error")) {
                causes.add(
                        new Cause(98, "it stands still after an I/O error", "status io-error", "pve_storage_pressure"));
            }
            if (now.detail().equals("paused")) {
                causes.add(new Cause(
                        95, "it is paused", "status paused", "pve_guest_power action=resume guest=" + guest.vmid()));
            }
            if (now.agent() && guest.kind() == GuestKind.VM && !now.detail().equals("paused")) {
                agent(guest, probe, causes);
            }
        });
        usage(probe, guest, causes);
        probe.look("host " + guest.node(), () -> ctx.pve().node(guest.node()).status())
                .ifPresent(now -> load(guest.node(), now, 15, causes));
    }

    /// What HA makes of it (PVE::HA::Manager's states), where it is HA that starts, stops and moves it.
    private static void highAvailability(Probe probe, Guest guest, List<Cause> causes) {
        var state = guest.row().haState();
        var id = guest.vmid();
        switch (state) {
            case "" -> {}
            case "error" ->
                causes.add(new Cause(
                        97,
                        "high availability gave up on it",
                        managed(probe, guest),
                        "mend why it failed (pve_task_list guest=%d), then pve_ha_guest_set guest=%d state=disabled, and after that state=started"
                                .formatted(id, id)));
            case "fence" ->
                causes.add(new Cause(
                        97,
                        "its node is being fenced, after which HA starts it elsewhere",
                        managed(probe, guest),
                        "pve_ha_get; pve_why node=" + guest.node()));
            case "recovery" ->
                causes.add(new Cause(
                        97,
                        "its node is gone and HA finds no other to start it on",
                        managed(probe, guest),
                        "pve_ha_get guest=%d shows the rules that keep it from other nodes".formatted(id)));
            case "queued" ->
                causes.add(new Cause(
                        70,
                        "HA has not taken it on: its manager does not run or was only just told",
                        managed(probe, guest),
                        "pve_ha_get"));
            case "stopped", "disabled" ->
                causes.add(new Cause(
                        91,
                        "HA keeps it off, as it was told to",
                        "HA state " + state,
                        "pve_guest_power action=start guest=%d has HA start it".formatted(id)));
            case "freeze" ->
                causes.add(new Cause(60, "HA lets it be while its node restarts", managed(probe, guest), "pve_ha_get"));
            case "started", "ignored" -> {}
            default ->
                causes.add(new Cause(
                        65, "HA is at it", "HA state " + Clean.name(state), "pve_ha_get guest=%d".formatted(id)));
        }
    }

    /// `HA state error, wanted started`
    private static String managed(Probe probe, Guest guest) {
        var wanted = probe.list("what HA is told", "/cluster/ha/status/current").stream()
                .filter(row -> row.text("sid").equals(HaTools.sid(guest)))
                .findFirst()
                .map(row -> ", wanted " + Clean.name(row.text("request_state")))
                .orElse("");
        return "HA state %s%s".formatted(Clean.name(guest.row().haState()), wanted);
    }

    private static boolean isStartedByHa(Guest guest) {
        return !guest.row().haState().isEmpty() && !guest.row().haState().equals("ignored");
    }

    private static void agent(Guest guest, Probe probe, List<Cause> causes) {
        try {
            guest.read("/agent/info", Json.Obj.EMPTY);
        } catch (PveException e) {
            if (e.fault() instanceof PveFault.Forbidden) {
                probe.look("guest agent", () -> {
                    throw e;
                });
            } else {
                causes.add(new Cause(
                        70,
                        "its guest agent does not answer: it hangs, still boots, or the agent is not installed",
                        "agent enabled, no answer",
                        "look at its console, then pve_guest_power action=reset"));
            }
        }
    }

    private static void disks(ToolContext ctx, Guest guest, GuestConfig config, List<Cause> causes) {
        var used = new TreeSet<String>();
        config.options().forEach((key, value) -> {
            if (key.matches("(?:ide|sata|scsi|virtio|efidisk|tpmstate|mp)\\d+|rootfs")) {
                PropertyString.parse(value)
                        .bare()
                        .or(() -> PropertyString.parse(value).get("file"))
                        .ifPresent(volume -> {
                            int colon = volume.indexOf(':');
                            if (colon > 0) {
                                used.add(volume.substring(0, colon));
                            }
                        });
            }
        });
        ctx.pve().storages().stream()
                .filter(row -> row.node().equals(guest.node()) && used.contains(row.name()))
                .forEach(row -> storage(row, 92, causes));
    }

    private static void network(Guest guest, GuestConfig config, boolean runs, List<Cause> causes) {
        var cards = config.options().keySet().stream()
                .filter(key -> key.matches("net\\d+"))
                .toList();
        if (cards.isEmpty()) {
            causes.add(new Cause(50, "it has no network interface", "no net0 in its configuration", ""));
        }
        for (var card : cards) {
            if (config.parts(card).orElseThrow().flag("link_down").orElse(false)) {
                causes.add(new Cause(
                        runs ? 86 : 40,
                        "its network cable is pulled",
                        card + " has link_down=1",
                        "set %s without link_down: pve_api_write PUT …/config of guest %d"
                                .formatted(card, guest.vmid())));
            }
        }
    }

    private static void habits(GuestConfig config, List<Cause> causes) {
        config.get("cpulimit")
                .filter(limit -> !limit.equals("0"))
                .ifPresent(limit -> causes.add(new Cause(30, "its CPU time is limited", "cpulimit " + limit, "")));
        config.options().forEach((key, value) -> {
            if (key.matches("(?:ide|sata)\\d+") && !value.contains("media=cdrom")) {
                causes.add(new Cause(25, "a disk on a slow emulated bus", key, "use scsi with virtio-scsi-single"));
            }
            if (key.matches("net\\d+") && value.startsWith("e1000")) {
                causes.add(new Cause(20, "an emulated network card", key + " e1000", "use virtio"));
            }
        });
    }

    private static void stopped(
            ToolContext ctx, Probe probe, Guest guest, Optional<GuestConfig> config, List<Cause> causes) {
        var starts = Set.of("qmstart", "vzstart", "hastart");
        var filter = Json.obj("vmid", guest.vmid());
        var last = probe
                .look(
                        "its tasks",
                        () -> ctx.pve().node(guest.node()).tasks(filter, 20).tasks())
                .orElse(List.of())
                .stream()
                .filter(task -> starts.contains(task.upid().type()) && !task.running())
                .findFirst();
        if (last.isPresent() && !last.get().succeeded()) {
            causes.add(new Cause(
                    96,
                    "it did not start",
                    last.get().exit(),
                    "pve_task_get task=" + last.get().upid()));
            return;
        }
        if (isStartedByHa(guest)) {
            return; // What HA makes of it has been told.
        }
        boolean onBoot =
                config.flatMap(options -> options.get("onboot")).orElse("0").equals("1");
        causes.add(new Cause(
                onBoot ? 45 : 35,
                onBoot ? "it is off" : "it is off, and nothing starts it",
                onBoot ? "status stopped" : "onboot is not set",
                "pve_guest_power action=start guest=" + guest.vmid()));
    }

    /// The last hour, of which the last ten minutes tell how it is now.
    private static void usage(Probe probe, Guest guest, List<Cause> causes) {
        var points = probe.look(
                        "its measurements",
                        () -> Fields.list(guest.read("/rrddata", Json.obj("timeframe", "hour", "cf", "AVERAGE"))))
                .orElse(List.of());
        var late = points.subList(Math.max(0, points.size() - 10), points.size());
        double cpu = mean(late, "cpu");
        if (cpu >= BUSY) {
            causes.add(new Cause(
                    80,
                    "it uses all its CPUs",
                    "cpu %s over 10 min".formatted(Percent.ofFraction(cpu)),
                    "find the process inside it, or give it cores: pve_right_sizing"));
        }
        double memory = mean(late, "mem") / Math.max(1, mean(late, "maxmem"));
        if (memory >= 0.95) {
            causes.add(new Cause(78, "its memory is full", "memory " + Percent.ofFraction(memory), "pve_right_sizing"));
        }
        double disk = mean(late, "disk") / Math.max(1, mean(late, "maxdisk"));
        if (guest.kind() == GuestKind.CONTAINER && disk >= 0.9) {
            causes.add(new Cause(
                    93,
                    "its root disk is full",
                    "disk " + Percent.ofFraction(disk),
                    "delete inside it, or grow rootfs"));
        }
        if (mean(late, "pressureiosome") >= STALLED) {
            causes.add(new Cause(
                    79,
                    "it waits for its disks",
                    "I/O pressure %.0f %%".formatted(mean(late, "pressureiosome")),
                    "pve_storage_pressure"));
        }
        if (mean(late, "pressurememorysome") >= STALLED) {
            causes.add(new Cause(
                    77,
                    "it waits for memory",
                    "memory pressure %.0f %%".formatted(mean(late, "pressurememorysome")),
                    "pve_right_sizing"));
        }
        if (mean(late, "pressurecpusome") >= STALLED && cpu < BUSY) {
            causes.add(new Cause(
                    76,
                    "it waits for the host's CPUs",
                    "CPU pressure %.0f %%".formatted(mean(late, "pressurecpusome")),
                    "pve_rebalance_plan"));
        }
    }

    private static double mean(List<Fields> points, String column) {
        return points.stream()
                .flatMap(point -> point.number(column).stream())
                .mapToDouble(Double::doubleValue)
                .average()
                .orElse(0);
    }
}
