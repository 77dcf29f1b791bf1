package pvemcp.sim.api;

import java.util.List;
import pvemcp.json.Json;
import pvemcp.schema.Verb;
import pvemcp.sim.SimError;
import pvemcp.sim.task.Step;
import pvemcp.sim.world.Container;

/// `/nodes/{node}/lxc/{vmid}/status/…`: on and off. Unlike a VM's, most of it is refused at once
/// (PVE::API2::LXC::Status).
final class LxcPower {
    private static final String STATUS = "/nodes/{node}/lxc/{vmid}/status";

    private LxcPower() {}

    static void add(Routes routes) {
        routes.on(Verb.POST, STATUS + "/start", LxcPower::start)
                .on(Verb.POST, STATUS + "/stop", LxcPower::stop)
                .on(Verb.POST, STATUS + "/shutdown", LxcPower::shutdown)
                .on(Verb.POST, STATUS + "/reboot", LxcPower::reboot)
                .on(Verb.POST, STATUS + "/suspend", LxcPower::suspend)
                .on(Verb.POST, STATUS + "/resume", LxcPower::resume);
    }

    private static boolean isRunning(Request request) {
        return request.cluster().guests.get(request.vmid()) instanceof Container container && container.isRunning();
    }

    private static void requireRunning(Request request) {
        if (!isRunning(request)) {
            throw new SimError("CT %d not running".formatted(request.vmid()));
        }
    }

    private static Json start(Request request) {
        if (isRunning(request)) {
            throw new SimError("CT %d already running".formatted(request.vmid()));
        }
        if (HaManager.manages(request)) {
            return HaManager.askStart(request, GuestPaths.container(request));
        }
        return request.start(
                "vzstart",
                request.vmid(),
                Timed.after(work -> work.next(startSteps(request, GuestPaths.container(request))))
                        .steps());
    }

    static List<Step> startSteps(Request request, Container container) {
        return Timed.after(_ -> {
                    if (container.isTemplate()) {
                        throw new SimError("you can't start a CT if it's a template");
                    }
                    container.requireUnlocked();
                    container
                            .ownVolumes()
                            .values()
                            .forEach(volume -> Drives.volume(request.cluster(), container.node, volume));
                })
                .then(1400, work -> {
                    LxcApi.warnOfNesting(container, work);
                    container.start(request.cluster().now());
                })
                .steps();
    }

    private static Json stop(Request request) {
        return end(request, "vzstop", 900);
    }

    private static Json shutdown(Request request) {
        return end(request, "vzshutdown", 2900);
    }

    private static Json end(Request request, String type, long millis) {
        requireRunning(request);
        var container = GuestPaths.container(request);
        if (HaManager.manages(request)) {
            return HaManager.askStop(request, container);
        }
        return request.start(
                type,
                request.vmid(),
                Timed.after(_ -> container.requireUnlocked())
                        .then(millis, _ -> container.stop())
                        .steps());
    }

    private static Json reboot(Request request) {
        if (!isRunning(request)) {
            // Says VM of a container, too.
            throw new SimError("VM %d not running".formatted(request.vmid()));
        }
        var container = GuestPaths.container(request);
        return request.start(
                "vzreboot",
                request.vmid(),
                Timed.after(_ -> container.requireUnlocked())
                        .then(2900, _ -> container.stop())
                        .then(1400, _ -> container.start(request.cluster().now()))
                        .steps());
    }

    /// There is no CRIU on a usual host, so neither of the two can work.
    private static Json suspend(Request request) {
        requireRunning(request);
        return request.start("vzsuspend", request.vmid(), checkpoint(request, "-s"));
    }

    private static Json resume(Request request) {
        return request.start("vzresume", request.vmid(), checkpoint(request, "-r --foreground"));
    }

    private static List<Step> checkpoint(Request request, String options) {
        return Timed.after(_ -> {
                    throw new SimError("command 'lxc-checkpoint -n %d %s -D /var/lib/vz/dump' failed: exit code 1"
                            .formatted(request.vmid(), options));
                })
                .steps();
    }
}
