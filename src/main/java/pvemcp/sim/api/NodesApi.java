package pvemcp.sim.api;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.schema.Verb;
import pvemcp.sim.SimError;
import pvemcp.sim.metrics.GuestMetrics;
import pvemcp.sim.metrics.NodeMetrics;
import pvemcp.sim.task.Step;
import pvemcp.sim.world.Guest;
import pvemcp.sim.world.Node;
import pvemcp.sim.world.Service;

/// `/nodes`: the hosts, their state, services and small files (PVE::API2::Nodes)
final class NodesApi {
    private static final Duration REBOOT = Duration.ofSeconds(95);
    private static final Duration SYSTEMCTL = Duration.ofMillis(600);
    private static final String[] SERVICE_COMMANDS = {"start", "stop", "restart", "reload"};

    private NodesApi() {}

    static void add(Routes routes) {
        routes.on(Verb.GET, "/nodes", NodesApi::list)
                .on(Verb.GET, "/nodes/{node}/status", NodesApi::status)
                .on(Verb.POST, "/nodes/{node}/status", NodesApi::command)
                .on(Verb.POST, "/nodes/{node}/wakeonlan", NodesApi::wake)
                .on(Verb.GET, "/nodes/{node}/version", _ -> VersionApi.VERSION)
                .on(Verb.GET, "/nodes/{node}/services", NodesApi::services)
                .on(Verb.GET, "/nodes/{node}/services/{service}", _ -> serviceIndex())
                .on(Verb.GET, "/nodes/{node}/services/{service}/state", request -> state(service(request)))
                .on(Verb.GET, "/nodes/{node}/time", NodesApi::time)
                .on(Verb.PUT, "/nodes/{node}/time", NodesApi::setTime)
                .on(Verb.GET, "/nodes/{node}/dns", NodesApi::dns)
                .on(Verb.PUT, "/nodes/{node}/dns", NodesApi::setDns)
                .on(Verb.GET, "/nodes/{node}/hosts", NodesApi::hosts)
                .on(Verb.POST, "/nodes/{node}/hosts", NodesApi::setHosts)
                .on(Verb.GET, "/nodes/{node}/config", NodesApi::config)
                .on(Verb.PUT, "/nodes/{node}/config", NodesApi::setConfig)
                .on(Verb.GET, "/nodes/{node}/netstat", NodesApi::netstat)
                .on(Verb.GET, "/nodes/{node}/subscription", NodesApi::subscription)
                .on(Verb.POST, "/nodes/{node}/subscription", _ -> Json.Null.NULL)
                .on(Verb.PUT, "/nodes/{node}/subscription", NodesApi::subscribe)
                .on(Verb.DELETE, "/nodes/{node}/subscription", NodesApi::unsubscribe);
        for (var command : SERVICE_COMMANDS) {
            routes.on(Verb.POST, "/nodes/{node}/services/{service}/" + command, request -> control(request, command));
        }
    }

    private static Json list(Request request) {
        var fingerprint = request.cluster().certificate.fingerprint();
        return Json.of(ResourcesApi.nodes(request).stream()
                .map(row -> row.put("ssl_fingerprint", fingerprint).json())
                .toList());
    }

    private static Json status(Request request) {
        var node = request.node();
        var now = request.cluster().now();
        var use = new NodeMetrics(request.cluster(), node);
        long used = use.memory(now);
        long swap = use.swap(now);
        long free = node.rootDisk - node.rootUsed;
        var version = "#1 SMP PREEMPT_DYNAMIC PMX %s-1 (2026-09-15T09:10Z)".formatted(node.kernel.replace("-pve", ""));
        return Json.obj(
                "pveversion", "pve-manager/9.2.11/14a22df35955d97d",
                "kversion", "Linux " + node.kernel + " " + version,
                "current-kernel",
                        Json.obj("sysname", "Linux", "release", node.kernel, "version", version, "machine", "x86_64"),
                "boot-info", Json.obj("mode", "efi", "secureboot", 0),
                "uptime", now.getEpochSecond() - node.booted.getEpochSecond(),
                "cpu", use.cpu(now),
                "idle", 0,
                "wait", use.cpu(now) / 50,
                "loadavg", Json.strings(List.of(load(use, now, 1), load(use, now, 5), load(use, now, 15))),
                "cpuinfo",
                        Json.obj(
                                "model",
                                node.cpuModel,
                                "vendor",
                                node.cpuModel.startsWith("AMD") ? "AuthenticAMD" : "GenuineIntel",
                                "family",
                                "25",
                                "sockets",
                                node.sockets,
                                "cores",
                                Math.max(1, node.cores / 2 / node.sockets),
                                "cpus",
                                node.cores,
                                "mhz",
                                String.format(Locale.ROOT, "%.3f", node.mhz),
                                "hvm",
                                "1",
                                "user_hz",
                                100,
                                "flags",
                                "fpu vme de pse tsc msr pae mce cx8 apic sep svm nx sse4_2 aes avx2"),
                "memory",
                        Json.obj(
                                "total",
                                node.memory,
                                "used",
                                used,
                                "free",
                                node.memory - used,
                                "available",
                                node.memory - used),
                "swap", Json.obj("total", node.swap, "used", swap, "free", node.swap - swap),
                "rootfs",
                        Json.obj(
                                "total",
                                node.rootDisk,
                                "used",
                                node.rootUsed,
                                "free",
                                free,
                                // ext4 keeps a twentieth for root.
                                "avail",
                                Math.max(0, free - node.rootDisk / 20)),
                "ksm", Json.obj("shared", 0));
    }

    private static String load(NodeMetrics use, Instant now, int minutes) {
        return String.format(Locale.ROOT, "%.2f", use.load(now, minutes));
    }

    /// Reboot or shutdown: at once, without a task. Guests are gone with the host; after a reboot those come back
    /// that start with it.
    private static Json command(Request request) {
        var node = request.node();
        node.online = false;
        var cluster = request.cluster();
        cluster.guests.values().stream()
                .filter(guest -> guest.node.equals(node.name()) && guest.isRunning())
                .forEach(Guest::stop);
        request.tasks().abandon(node.name());
        if (request.text("command").equals("reboot")) {
            cluster.after(REBOOT, () -> boot(request, node));
        }
        return Json.Null.NULL;
    }

    private static void boot(Request request, Node node) {
        var cluster = request.cluster();
        node.online = true;
        node.booted = cluster.now();
        cluster.guests.values().stream()
                .filter(guest -> guest.node.equals(node.name()) && !guest.isTemplate())
                .filter(guest -> guest.config.getOrDefault("onboot", "0").equals("1"))
                .forEach(guest -> guest.start(cluster.now()));
    }

    private static Json wake(Request request) {
        var name = request.text("node");
        if (name.equals(request.localNode())) {
            throw new SimError("'%s' is local node, cannot wake my self!".formatted(name));
        }
        var node = request.node();
        var mac = node.host.options.get("wakeonlan");
        if (mac == null) {
            throw new SimError("No wake on LAN MAC address defined for '%s'!".formatted(name));
        }
        if (!node.online) {
            request.cluster().after(REBOOT, () -> boot(request, node));
        }
        return Json.str(mac.replaceFirst(".*mac=", "").replaceFirst(",.*", ""));
    }

    private static Json services(Request request) {
        return Json.of(request.node().host.services.values().stream()
                .map(NodesApi::state)
                .toList());
    }

    private static Json serviceIndex() {
        var rows = new ArrayList<Json>();
        for (var name : List.of("state", "start", "stop", "restart", "reload")) {
            rows.add(Json.obj("subdir", name));
        }
        return new Json.Arr(rows);
    }

    private static Service service(Request request) {
        return request.node().host.services.get(request.text("service"));
    }

    private static Json state(Service service) {
        return Json.obj(
                "service",
                service.id(),
                "name",
                service.id(),
                "desc",
                service.title(),
                "state",
                service.running ? "running" : "dead",
                "active-state",
                service.running ? "active" : "inactive",
                "unit-state",
                service.unit);
    }

    private static Json control(Request request, String command) {
        var service = service(request);
        return request.start("srv" + command, service.id(), List.of(Step.act(SYSTEMCTL, work -> {
            boolean missing = service.unit.equals("not-found");
            if (missing || (service.unit.equals("masked") && !command.equals("reload"))) {
                work.say("Failed to %s %s.service: Unit %s.service %s."
                        .formatted(command, service.id(), service.id(), missing ? "not found" : "is masked"));
                throw new SimError("command 'systemctl %s %s' failed: exit code %d"
                        .formatted(command, service.id(), missing ? 5 : 1));
            }
            service.running = !command.equals("stop") && (service.running || !command.equals("reload"));
        })));
    }

    private static Json time(Request request) {
        var now = request.cluster().now().plus(request.node().clockAhead);
        var zone = ZoneId.of(request.node().host.timezone);
        long offset = zone.getRules().getOffset(now).getTotalSeconds();
        return Json.obj(
                "timezone",
                request.node().host.timezone,
                "time",
                now.getEpochSecond(),
                "localtime",
                now.getEpochSecond() + offset);
    }

    private static Json setTime(Request request) {
        var zone = request.text("timezone");
        try {
            request.node().host.timezone = ZoneId.of(zone).getId();
        } catch (DateTimeException e) {
            throw SimError.invalid("timezone", "No such timezone");
        }
        return Json.Null.NULL;
    }

    private static Json dns(Request request) {
        var host = request.node().host;
        var row = new Rows().putText("search", host.search);
        for (int i = 0; i < host.nameServers.size(); i++) {
            row.put("dns" + (i + 1), host.nameServers.get(i));
        }
        return row.json();
    }

    private static Json setDns(Request request) {
        var host = request.node().host;
        host.search = request.text("search");
        host.nameServers.clear();
        for (var name : List.of("dns1", "dns2", "dns3")) {
            request.find(name).ifPresent(host.nameServers::add);
        }
        return Json.Null.NULL;
    }

    private static Json hosts(Request request) {
        var text = request.node().host.hosts;
        return Json.obj("data", text, "digest", Digests.of(text));
    }

    private static Json setHosts(Request request) {
        var host = request.node().host;
        Digests.assertUnchanged(request, Digests.of(host.hosts), "");
        host.hosts = request.text("data");
        return Json.Null.NULL;
    }

    private static Json config(Request request) {
        var options = request.node().host.options;
        var wanted = request.find("property");
        var row = new Rows();
        options.forEach((name, value) -> {
            if (wanted.isEmpty() || wanted.get().equals(name)) {
                row.put(name, name.equals("description") && !value.endsWith("\n") ? value + "\n" : value);
            }
        });
        return row.putIf(wanted.isEmpty() && !options.isEmpty(), "digest", Digests.of(options.toString()))
                .json();
    }

    private static Json setConfig(Request request) {
        var options = request.node().host.options;
        Digests.assertUnchanged(request, Digests.of(options.toString()), "");
        options.putAll(request.others(List.of("node", "delete", "digest")));
        request.list("delete").forEach(options::remove);
        return Json.Null.NULL;
    }

    /// The counters of the guests' network devices, under the names they have on the host.
    private static Json netstat(Request request) {
        var now = request.cluster().now();
        var rows = new ArrayList<Json>();
        for (var guest : request.cluster().guests.values()) {
            if (guest.isRunning() && guest.node.equals(request.node().name()) && guest.config.containsKey("net0")) {
                rows.add(Json.obj(
                        "vmid", Integer.toString(guest.vmid()),
                        "dev", "net0",
                        "in", Long.toString(new GuestMetrics(guest).received(now)),
                        "out", Long.toString(new GuestMetrics(guest).sent(now))));
            }
        }
        return new Json.Arr(rows);
    }

    /// The shop that would check the key is out of reach, so it stays as new as `PVE::API2::Subscription` writes it.
    private static Json subscribe(Request request) {
        request.node().host.subscription = Optional.of(request.text("key"));
        return Json.Null.NULL;
    }

    private static Json unsubscribe(Request request) {
        request.node().host.subscription = Optional.empty();
        return Json.Null.NULL;
    }

    private static Json subscription(Request request) {
        var node = request.node();
        boolean auditor = request.may("/nodes/" + node.name(), "Sys.Audit");
        var key = node.host.subscription;
        return Rows.of("status", key.isPresent() ? "new" : "notfound")
                .putIf(key.isEmpty(), "message", "There is no subscription key")
                .putIf(key.isPresent() && auditor, "key", key.orElse(""))
                .put("url", "https://www.proxmox.com/en/proxmox-virtual-environment/pricing")
                .putIf(
                        auditor,
                        "serverid",
                        Digests.of(node.name()).substring(0, 32).toUpperCase(Locale.ROOT))
                .json();
    }
}
