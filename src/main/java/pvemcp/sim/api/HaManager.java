package pvemcp.sim.api;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import pvemcp.json.Json;
import pvemcp.schema.Verb;
import pvemcp.sim.SimError;
import pvemcp.sim.task.Step;
import pvemcp.sim.task.Work;
import pvemcp.sim.world.Container;
import pvemcp.sim.world.Guest;
import pvemcp.sim.world.HaResource;
import pvemcp.sim.world.Node;
import pvemcp.sim.world.Vm;

/// What high availability does: it looks every 10 s at what is wanted of its guests, and starts, stops and moves them
/// (pve-ha-crm and pve-ha-lrm in one), and tells how things stand (PVE::API2::HA::Status).
///
/// A node that goes down is not fenced here: its guests stay where they are.
final class HaManager {
    // PVE::Service::pve_ha_crm
    private static final Duration ROUND = Duration.ofSeconds(10);
    private static final String LRM_USER = "root@pam";

    private HaManager() {}

    static void add(Routes routes) {
        routes.on(Verb.GET, "/cluster/ha/status/current", HaManager::current)
                .on(Verb.GET, "/cluster/ha/status/manager_status", HaManager::manager)
                .on(Verb.POST, "/cluster/ha/status/disarm-ha", HaManager::disarm)
                .on(Verb.POST, "/cluster/ha/status/arm-ha", HaManager::arm);
    }

    // ---- deciding ----

    /// Has the manager look once its round comes.
    static void wake(Request request) {
        request.cluster().after(ROUND, () -> look(request));
    }

    /// PVE::HA::Config::check_service_state: what is in error has to be disabled before anything else.
    static void requireSound(HaResource resource, String wanted) {
        if (resource.crmState.equals("error") && resource.isManaged() && !wanted.equals("disabled")) {
            throw new SimError(
                    "service '%s' in error state, must be disabled and fixed first".formatted(resource.sid()));
        }
    }

    private static void look(Request request) {
        var cluster = request.cluster();
        if (!cluster.ha.disarmed.isEmpty()) {
            return;
        }
        for (var resource : List.copyOf(cluster.ha.resources.values())) {
            var guest = cluster.guests.get(resource.vmid());
            if (guest != null && resource.isManaged() && cluster.node(guest.node).online) {
                decide(request, resource, guest);
            }
        }
    }

    private static void decide(Request request, HaResource resource, Guest guest) {
        switch (resource.crmState) {
            case "error" -> {
                if (resource.requested().equals("disabled")) {
                    resource.crmState = "stopped";
                }
            }
            case "request_start", "request_stop" -> {}
            case "migrate", "relocate" -> arrive(request, resource, guest);
            default -> {
                if (resource.isWantedOn() && !guest.isRunning()) {
                    start(request, resource, guest);
                } else if (!resource.isWantedOn() && guest.isRunning()) {
                    stop(request, resource, guest);
                } else {
                    resource.crmState = guest.isRunning() ? "started" : "stopped";
                }
            }
        }
    }

    private static void start(Request request, HaResource resource, Guest guest) {
        resource.crmState = "request_start";
        var steps = switch (guest) {
            case Vm vm -> QemuPower.startSteps(request, vm);
            case Container container -> LxcPower.startSteps(request, container);
            default -> throw new IllegalStateException(guest.noun());
        };
        run(request, guest, guest.isContainer() ? "vzstart" : "qmstart", ends(resource, steps, "started"));
    }

    private static void stop(Request request, HaResource resource, Guest guest) {
        resource.crmState = "request_stop";
        var steps = Timed.after(_ -> guest.requireUnlocked())
                .then(3900, _ -> guest.stop())
                .steps();
        run(request, guest, guest.isContainer() ? "vzshutdown" : "qmshutdown", ends(resource, steps, "stopped"));
    }

    private static void run(Request request, Guest guest, String type, List<Step> steps) {
        request.tasks().start(guest.node, type, Integer.toString(guest.vmid()), LRM_USER, steps);
    }

    /// The steps, with what the manager makes of their end.
    private static List<Step> ends(HaResource resource, List<Step> steps, String state) {
        var watched = new ArrayList<Step>();
        steps.forEach(step -> watched.add(new Step(step.takes(), step.says(), work -> {
            try {
                step.effect().run(work);
            } catch (SimError e) {
                resource.crmState = "error";
                throw e;
            }
        })));
        watched.add(Step.act(_ -> resource.crmState = state));
        return watched;
    }

    /// A move begins with the manager's next round; VMs go live, unless they are to be relocated.
    static void move(Request request, HaResource resource, String target, String how) {
        resource.target = target;
        resource.crmState = how;
        request.cluster().after(ROUND, () -> depart(request, resource));
    }

    private static void depart(Request request, HaResource resource) {
        var guest = request.cluster().guests.get(resource.vmid());
        var target = request.cluster().nodes.get(resource.target);
        boolean goes = guest != null && target != null && target.online && !guest.node.equals(target.name());
        if (!goes) {
            // The manager notes in its log that it cannot, and goes on as before.
            settle(resource, guest);
            return;
        }
        boolean off = resource.crmState.equals("relocate") && guest.isRunning() && guest instanceof Vm;
        var move = request.with("node", guest.node)
                .with("vmid", guest.vmid())
                .with("target", target.name())
                .with("online", off ? 0 : 1)
                .with("restart", 1);
        if (off) {
            guest.stop();
        }
        try {
            MigrateApi.move(move, guest, target.name());
        } catch (SimError e) {
            settle(resource, guest);
            return;
        }
        wake(request);
    }

    private static void arrive(Request request, HaResource resource, Guest guest) {
        if (guest.lock().isPresent()) {
            wake(request);
            return;
        }
        settle(resource, guest);
        if (resource.isWantedOn() && !guest.isRunning()) {
            start(request, resource, guest);
        }
    }

    private static void settle(HaResource resource, Guest guest) {
        resource.target = "";
        resource.crmState = guest != null && guest.isRunning() ? "started" : "stopped";
    }

    // ---- power ----

    /// Whether the power of the guest that the path names is HA's to decide.
    static boolean manages(Request request) {
        var guest = request.cluster().guests.get(request.vmid());
        return guest != null && request.cluster().ha.managed(guest).isPresent();
    }

    /// What starting a guest under HA comes to: a task that only tells the manager (PVE::API2::Qemu, vm_start).
    static Json askStart(Request request, Guest guest) {
        return ask(request, guest, "hastart", "start", "started");
    }

    static Json askStop(Request request, Guest guest) {
        return ask(request, guest, "hastop", "stop", "stopped");
    }

    private static Json ask(Request request, Guest guest, String type, String verb, String state) {
        return request.start(
                type,
                guest.vmid(),
                Timed.begin()
                        .then(700, work -> tell(request, guest, work, verb, state))
                        .steps());
    }

    private static void tell(Request request, Guest guest, Work work, String verb, String state) {
        work.say("Requesting HA %s for %s %d".formatted(verb, guest.noun(), guest.vmid()));
        var resource = request.cluster().ha.of(guest).orElseThrow();
        requireSound(resource, state);
        resource.options.put("state", state);
        wake(request);
    }

    // ---- telling ----

    private static Json disarm(Request request) {
        request.cluster().ha.disarmed = request.text("resource-mode");
        return Json.Null.NULL;
    }

    private static Json arm(Request request) {
        request.cluster().ha.disarmed = "";
        wake(request);
        return Json.Null.NULL;
    }

    private static boolean isQuorate(Request request) {
        var nodes = request.cluster().nodes.values();
        return nodes.stream().filter(node -> node.online).count() * 2 > nodes.size();
    }

    /// Without resources the manager stands by; with them there is a master, a line a node and a line a resource.
    private static Json current(Request request) {
        var cluster = request.cluster();
        var here = request.localNode();
        boolean active = cluster.ha.resources.values().stream().anyMatch(HaResource::isManaged);
        boolean quorate = isQuorate(request);
        var rows = new ArrayList<Json>();
        rows.add(Rows.of("id", "quorum", "type", "quorum", "node", here)
                .put("quorate", quorate ? 1 : 0)
                .put("status", quorate ? "OK" : "No quorum on node '%s'!".formatted(here))
                .json());
        if (active) {
            rows.add(line("master", "master", here, "%s (active, %s)".formatted(here, when(cluster.now()))));
        }
        rows.add(fencing(request, active));
        if (active) {
            cluster.nodes.values().forEach(node -> rows.add(lrm(node, cluster.now())));
        }
        cluster.ha.resources.values().forEach(resource -> rows.add(service(request, resource)));
        return new Json.Arr(rows);
    }

    private static Json fencing(Request request, boolean active) {
        var disarmed = request.cluster().ha.disarmed;
        var row = Rows.of("id", "fencing", "type", "fencing", "node", request.localNode());
        if (!disarmed.isEmpty()) {
            return row.put("armed-state", "disarmed")
                    .put("resource-mode", disarmed)
                    .put("status", "disarmed (resource mode: %s)".formatted(disarmed))
                    .json();
        }
        return row.put("armed-state", active ? "armed" : "standby")
                .put("status", active ? "armed (CRM watchdog active)" : "standby (CRM watchdog standby)")
                .json();
    }

    private static Json line(String id, String type, String node, String status) {
        return Json.obj("id", id, "type", type, "node", node, "status", status);
    }

    private static Json lrm(Node node, Instant now) {
        return line(
                "lrm:" + node.name(),
                "lrm",
                node.name(),
                node.online
                        ? "%s (active, %s)".formatted(node.name(), when(now))
                        : "%s (old timestamp - dead?, %s)".formatted(node.name(), when(now.minusSeconds(600))));
    }

    private static String when(Instant moment) {
        return moment.toString();
    }

    private static Json service(Request request, HaResource resource) {
        var guest = request.cluster().guests.get(resource.vmid());
        var node = guest == null ? request.localNode() : guest.node;
        var state = resource.shown(guest != null && guest.isRunning());
        var row = Rows.of("id", "service:" + resource.sid(), "type", "service", "sid", resource.sid())
                .put("node", node)
                .put("state", state)
                .put("status", "%s (%s, %s)".formatted(resource.sid(), node, state))
                .put("request_state", resource.requested())
                .put("failback", number(resource, "failback"))
                .put("max_restart", number(resource, "max_restart"))
                .put("max_relocate", number(resource, "max_relocate"))
                .putText("comment", resource.options.getOrDefault("comment", ""))
                .putText("group", resource.options.getOrDefault("group", ""));
        return (resource.isManaged() ? row.putText("crm_state", resource.crmState) : row).json();
    }

    /// One each, unless said otherwise (PVE::HA::Resources).
    private static long number(HaResource resource, String option) {
        return Long.parseLong(resource.options.getOrDefault(option, "1"));
    }

    private static Json manager(Request request) {
        var cluster = request.cluster();
        var nodes = Rows.of();
        var services = Rows.of();
        boolean active = cluster.ha.resources.values().stream().anyMatch(HaResource::isManaged);
        if (active) {
            cluster.nodes.values().forEach(node -> nodes.put(node.name(), node.online ? "online" : "unknown"));
        }
        cluster.ha.resources.values().stream().filter(HaResource::isManaged).forEach(resource -> {
            var guest = cluster.guests.get(resource.vmid());
            services.put(
                    resource.sid(),
                    Json.obj("state", resource.crmState, "node", guest == null ? request.localNode() : guest.node));
        });
        var status = Rows.of("node_status", nodes.json())
                .putIf(active, "master_node", request.localNode())
                .putIf(active, "service_status", services.json());
        return Json.obj(
                "manager_status", status.json(),
                "quorum", Json.obj("node", request.localNode(), "quorate", isQuorate(request) ? "1" : "0"));
    }
}
