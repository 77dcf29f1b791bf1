package pvemcp.sim.api;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import pvemcp.json.Json;
import pvemcp.schema.Verb;
import pvemcp.sim.SimError;
import pvemcp.sim.task.Step;
import pvemcp.sim.task.Work;
import pvemcp.sim.world.Guest;
import pvemcp.sim.world.PropertyString;
import pvemcp.sim.world.Vm;

/// All guests of a node at a time (PVE::API2::Nodes, startall and its kin): one that does not go along is noted in
/// the log and does not fail the task. And guests of all nodes (PVE::API2::Cluster::BulkAction::Guest, from 9 on),
/// where it does.
final class BulkApi {
    private static final String EVERYWHERE = "/cluster/bulk-action/guest/";

    private BulkApi() {}

    static void add(Routes routes) {
        routes.on(Verb.POST, "/nodes/{node}/startall", BulkApi::start)
                .on(Verb.POST, "/nodes/{node}/stopall", BulkApi::stop)
                .on(Verb.POST, "/nodes/{node}/suspendall", BulkApi::suspend)
                .on(Verb.POST, "/nodes/{node}/migrateall", BulkApi::migrate)
                .on(Verb.POST, EVERYWHERE + "start", BulkApi::startEverywhere)
                .on(Verb.POST, EVERYWHERE + "shutdown", BulkApi::shutDownEverywhere)
                .on(Verb.POST, EVERYWHERE + "suspend", BulkApi::suspendEverywhere)
                .on(Verb.POST, EVERYWHERE + "migrate", BulkApi::migrateEverywhere);
    }

    private static List<Guest> chosen(Request request) {
        var vmids = request.list("vms");
        var node = request.node().name();
        return request.cluster().guests.values().stream()
                .filter(guest -> guest.node.equals(node) && !guest.isTemplate())
                .filter(guest -> vmids.isEmpty() || vmids.contains(Integer.toString(guest.vmid())))
                .filter(guest -> request.may("/vms/" + guest.vmid(), "VM.PowerMgmt"))
                .sorted(Comparator.comparingLong(BulkApi::order))
                .toList();
    }

    /// Guests with an order go first, by it.
    private static long order(Guest guest) {
        return PropertyString.parse(guest.config.getOrDefault("startup", ""), "order")
                .get("order")
                .map(Long::parseLong)
                .orElse(Long.MAX_VALUE);
    }

    private interface Act {
        void on(Guest guest, Work work);
    }

    private static Json task(Request request, String type, List<Guest> guests, Act act) {
        var steps = new ArrayList<Step>();
        steps.add(Step.say(Duration.ofMillis(100)));
        for (var guest : guests) {
            steps.add(Step.act(Duration.ofMillis(1500), work -> {
                if (guest.lock().isPresent()) {
                    work.say("%s %d is locked (%s), left alone"
                            .formatted(guest.noun(), guest.vmid(), guest.lock().get()));
                    return;
                }
                act.on(guest, work);
            }));
        }
        return request.start(type, "", steps);
    }

    private static Json start(Request request) {
        boolean force = request.flag("force");
        var guests = chosen(request).stream()
                .filter(guest -> !guest.isRunning() && (force || guest.flag("onboot")))
                .toList();
        return task(request, "startall", guests, (guest, work) -> {
            work.say("Starting %s %d".formatted(guest.noun(), guest.vmid()));
            if (!guest.isRunning()) {
                guest.start(request.cluster().now());
            }
        });
    }

    private static Json stop(Request request) {
        long timeout = request.whole("timeout", 180);
        boolean force = request.text("force-stop", "1").equals("1");
        var guests = chosen(request).stream().filter(Guest::isRunning).toList().reversed();
        return task(request, "stopall", guests, (guest, work) -> {
            work.say("Stopping %s %d (timeout = %d seconds)".formatted(guest.noun(), guest.vmid(), timeout));
            if (force || guest.isUp(request.cluster().now())) {
                guest.stop();
            } else {
                work.say("VM quit/powerdown failed - got timeout");
            }
        });
    }

    private static Json suspend(Request request) {
        var guests = chosen(request).stream()
                .filter(guest -> guest instanceof Vm && guest.isRunning())
                .toList();
        return task(request, "suspendall", guests, (guest, work) -> {
            work.say("Suspending VM %d".formatted(guest.vmid()));
            guest.pause();
        });
    }

    /// Running VMs move live, running containers are started anew; who cannot move stays, with the reason in the log.
    private static Json migrate(Request request) {
        var target = request.text("target");
        if (!request.cluster().nodes.containsKey(target)) {
            throw new SimError("no such cluster node '%s'".formatted(target));
        }
        return task(request, "migrateall", chosen(request), (guest, work) -> {
            work.say("Migrating %s %d".formatted(guest.noun(), guest.vmid()));
            try {
                MigrateApi.requireMovable(request, guest, target);
            } catch (SimError e) {
                work.say(e.getMessage());
                return;
            }
            MigrateApi.copyLocalDisks(request, guest, target, work::say);
            guest.node = target;
        });
    }

    // ---- on all nodes ----

    /// A 403 unless the caller may do it to every guest that is named, or to all where none is.
    private static List<Guest> chosenEverywhere(Request request, String privilege) {
        var vmids = request.list("vms");
        if (!request.may("/", privilege)) {
            if (vmids.isEmpty()) {
                throw SimError.forbidden("/", privilege);
            }
            vmids.forEach(vmid -> request.require("/vms/" + vmid, privilege));
        }
        // Ids that nobody has are passed over.
        return request.cluster().guests.values().stream()
                .filter(guest -> !guest.isTemplate())
                .filter(guest -> vmids.isEmpty() || vmids.contains(Integer.toString(guest.vmid())))
                .sorted(Comparator.comparingLong(BulkApi::order))
                .toList();
    }

    /// @param doing such as `Starting`
    /// @param done such as `start`, as in `failed to start`
    private static Json everywhere(
            Request request, String type, String doing, String done, List<Guest> guests, Act act) {
        var vmids = request.list("vms");
        var failed = new ArrayList<String>();
        var steps = new ArrayList<Step>();
        steps.add(Step.act(
                Duration.ofMillis(100),
                work -> work.say(
                        vmids.isEmpty()
                                ? doing + " all guests"
                                : "%s guests: %s".formatted(doing, String.join(", ", vmids)))));
        for (var guest : guests) {
            steps.add(Step.act(Duration.ofMillis(1500), work -> {
                try {
                    guest.requireUnlocked();
                    act.on(guest, work);
                } catch (SimError e) {
                    work.say("WARN: %s %s %d failed: %s".formatted(doing, guest.noun(), guest.vmid(), e.getMessage()));
                    failed.add(Integer.toString(guest.vmid()));
                }
            }));
        }
        steps.add(Step.act(_ -> {
            if (!failed.isEmpty()) {
                throw new SimError("Some guests failed to %s: %s".formatted(done, String.join(", ", failed)));
            }
        }));
        return Json.str(request.tasks().start(request.localNode(), type, "", request.authId(), steps));
    }

    private static Json startEverywhere(Request request) {
        var guests = chosenEverywhere(request, "VM.PowerMgmt").stream()
                .filter(guest -> !guest.isRunning())
                .toList();
        return everywhere(request, "bulk-start", "Starting", "start", guests, (guest, work) -> {
            work.say("Starting %s %d".formatted(guest.noun(), guest.vmid()));
            guest.start(request.cluster().now());
        });
    }

    private static Json shutDownEverywhere(Request request) {
        long timeout = request.whole("timeout", 180);
        boolean force = request.text("force-stop", "1").equals("1");
        var guests = chosenEverywhere(request, "VM.PowerMgmt").stream()
                .filter(Guest::isRunning)
                .toList()
                .reversed();
        return everywhere(request, "bulk-shutdown", "Shutting down", "shutdown", guests, (guest, work) -> {
            work.say("Shutting down %s %d (Timeout = %d seconds)".formatted(guest.noun(), guest.vmid(), timeout));
            if (!force && !guest.isUp(request.cluster().now())) {
                throw new SimError("VM quit/powerdown failed - got timeout");
            }
            guest.stop();
        });
    }

    private static Json suspendEverywhere(Request request) {
        var guests = chosenEverywhere(request, "VM.PowerMgmt").stream()
                .filter(guest -> guest instanceof Vm && guest.isRunning())
                .toList();
        return everywhere(request, "bulk-suspend", "Suspending", "suspend", guests, (guest, work) -> {
            work.say("Suspending VM %d".formatted(guest.vmid()));
            guest.pause();
        });
    }

    private static Json migrateEverywhere(Request request) {
        var target = request.text("target");
        request.cluster().node(target);
        var guests = chosenEverywhere(request, "VM.Migrate").stream()
                .filter(guest -> !guest.node.equals(target))
                .toList();
        return everywhere(request, "bulk-migrate", "Migrating", "migrate", guests, (guest, work) -> {
            work.say("Migrating %s %d".formatted(guest.noun(), guest.vmid()));
            MigrateApi.requireMovable(request, guest, target);
            MigrateApi.copyLocalDisks(request, guest, target, work::say);
            guest.node = target;
        });
    }
}
