package pvemcp.sim.api;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import pvemcp.json.Json;
import pvemcp.schema.Verb;
import pvemcp.sim.SimError;
import pvemcp.sim.metrics.GuestMetrics;
import pvemcp.sim.world.PropertyString;
import pvemcp.sim.world.ToyFile;
import pvemcp.sim.world.ToyHost;
import pvemcp.sim.world.Vm;

/// `/nodes/{node}/qemu/{vmid}/agent`: what the guest agent does inside a VM (PVE::API2::Qemu::Agent), with PVE's way
/// of putting the bytes it gets into JSON as if they were Latin-1.
final class AgentApi {
    private static final String AGENT = "/nodes/{node}/qemu/{vmid}/agent";
    private static final List<String> GETS = List.of(
            "info",
            "get-osinfo",
            "get-host-name",
            "get-fsinfo",
            "network-get-interfaces",
            "get-users",
            "get-time",
            "get-timezone",
            "get-vcpus",
            "get-memory-blocks",
            "get-memory-block-info");
    private static final List<String> POSTS = List.of(
            "ping",
            "fsfreeze-status",
            "fsfreeze-freeze",
            "fsfreeze-thaw",
            "fstrim",
            "shutdown",
            "suspend-disk",
            "suspend-hybrid",
            "suspend-ram");

    private AgentApi() {}

    static void add(Routes routes) {
        routes.on(Verb.GET, AGENT, AgentApi::index)
                .on(Verb.POST, AGENT, request -> command(request, request.text("command")))
                .on(Verb.POST, AGENT + "/exec", AgentApi::exec)
                .on(Verb.GET, AGENT + "/exec-status", AgentApi::execStatus)
                .on(Verb.GET, AGENT + "/file-read", AgentApi::readFile)
                .on(Verb.POST, AGENT + "/file-write", AgentApi::writeFile)
                .on(Verb.POST, AGENT + "/set-user-password", AgentApi::setPassword);
        GETS.forEach(name -> routes.on(Verb.GET, AGENT + "/" + name, request -> command(request, name)));
        POSTS.forEach(name -> routes.on(Verb.POST, AGENT + "/" + name, request -> command(request, name)));
    }

    private static Json index(Request request) {
        GuestPaths.vm(request);
        var names = new ArrayList<>(GETS);
        names.addAll(POSTS);
        names.addAll(List.of("exec", "exec-status", "file-read", "file-write", "set-user-password"));
        return new Json.Arr(names.stream()
                .sorted()
                .map(name -> (Json) Json.obj("name", name))
                .toList());
    }

    /// The host inside, if an agent answers there (PVE::QemuServer::Agent::assert_agent_available).
    private static ToyHost host(Request request) {
        var vm = GuestPaths.vm(request);
        if (!vm.hasAgentOption()) {
            throw new SimError("No QEMU guest agent configured");
        }
        if (!vm.isRunning()) {
            throw new SimError("VM %d is not running".formatted(vm.vmid()));
        }
        var host = vm.inside();
        if (!vm.isUp(request.cluster().now()) || !host.services.getOrDefault("qemu-guest-agent", false)) {
            throw new SimError("QEMU guest agent is not running");
        }
        if (host.agentHangs) {
            var command = request.operation()
                    .path()
                    .substring(request.operation().path().lastIndexOf('/') + 1);
            throw new SimError("VM %d qga command 'guest-%s' failed - got timeout".formatted(vm.vmid(), command));
        }
        return host;
    }

    private static Json command(Request request, String name) {
        var host = host(request);
        var vm = GuestPaths.vm(request);
        return Json.obj(
                "result",
                switch (name) {
                    case "ping" -> Json.Obj.EMPTY;
                    case "info" -> info();
                    case "get-osinfo" -> OS;
                    case "get-host-name" -> Json.obj("host-name", host.name());
                    case "get-fsinfo" -> fileSystems(vm);
                    case "network-get-interfaces" -> interfaces(request, vm);
                    case "get-users" -> Json.Arr.EMPTY;
                    case "get-time" -> Json.num(request.cluster().now().toEpochMilli() * 1_000_000);
                    case "get-timezone" -> Json.obj("zone", "UTC", "offset", 0);
                    case "get-vcpus" -> cpus(vm);
                    case "get-memory-blocks" -> memoryBlocks(vm);
                    case "get-memory-block-info" -> Json.obj("size", 128 << 20);
                    case "fsfreeze-status" -> Json.str(host.frozen ? "frozen" : "thawed");
                    case "fsfreeze-freeze", "fsfreeze-thaw" -> {
                        boolean freeze = name.equals("fsfreeze-freeze");
                        int changed = host.frozen == freeze ? 0 : 1;
                        host.frozen = freeze;
                        yield Json.num(changed);
                    }
                    case "fstrim" ->
                        Json.obj("paths", List.of(Json.obj("path", "/", "trimmed", 1_048_576, "minimum", 0)));
                    case "shutdown" -> {
                        request.cluster().after(Duration.ofSeconds(4), vm::stop);
                        yield Json.Obj.EMPTY;
                    }
                    default -> {
                        // The system sleeps before the agent can answer.
                        vm.sleep();
                        throw new SimError(
                                "VM %d qga command 'guest-%s' failed - got timeout".formatted(vm.vmid(), name));
                    }
                });
    }

    private static final Json OS = Json.obj(
            "id",
            "debian",
            "name",
            "Debian GNU/Linux",
            "pretty-name",
            "Debian GNU/Linux 13 (trixie)",
            "version-id",
            "13",
            "machine",
            "x86_64",
            "kernel-release",
            "6.12.57+deb13-amd64",
            "kernel-version",
            "#1 SMP PREEMPT_DYNAMIC Debian 6.12.57-1 (2025-11-05)");

    private static Json info() {
        var commands = new ArrayList<Json>();
        for (var name : List.of(
                "guest-ping",
                "guest-info",
                "guest-exec",
                "guest-exec-status",
                "guest-file-open",
                "guest-file-read",
                "guest-file-write",
                "guest-fsfreeze-freeze",
                "guest-get-osinfo",
                "guest-shutdown")) {
            commands.add(Json.obj("name", name, "enabled", true, "success-response", true));
        }
        return Json.obj("version", "10.0.6", "supported_commands", commands);
    }

    private static Json fileSystems(Vm vm) {
        long total = Math.max(1L << 30, vm.maxDisk());
        return Json.arr(Json.obj(
                "name",
                "sda1",
                "mountpoint",
                "/",
                "type",
                "ext4",
                "total-bytes",
                total,
                "total-bytes-privileged",
                total,
                "used-bytes",
                total / 3,
                "disk",
                List.of(Json.obj("bus-type", "scsi", "dev", "/dev/sda1", "bus", 0, "target", 0, "unit", 0))));
    }

    private static Json interfaces(Request request, Vm vm) {
        var rows = new ArrayList<Json>();
        rows.add(networkInterface("lo", "00:00:00:00:00:00", 0, 0, ip("127.0.0.1", "ipv4", 8), ip("::1", "ipv6", 128)));
        var now = request.cluster().now();
        vm.config.forEach((key, value) -> {
            if (!key.matches("net\\d+")) {
                return;
            }
            var mac = PropertyString.parse(value, "model").parts().values().stream()
                    .filter(text -> text.length() == 17)
                    .findFirst()
                    .orElse("00:00:00:00:00:00")
                    .toLowerCase(Locale.ROOT);
            rows.add(networkInterface(
                    "eth" + key.substring(3),
                    mac,
                    new GuestMetrics(vm).received(now),
                    new GuestMetrics(vm).sent(now),
                    ip(vm.address(), "ipv4", 24),
                    ip(LxcApi.linkLocal(mac), "ipv6", 64)));
        });
        return new Json.Arr(rows);
    }

    private static Json ip(String address, String type, int prefix) {
        return Json.obj("ip-address", address, "ip-address-type", type, "prefix", prefix);
    }

    private static Json networkInterface(String name, String mac, long received, long sent, Json... addresses) {
        var statistics = Json.obj(
                "rx-bytes",
                received,
                "rx-packets",
                received / 800,
                "rx-errs",
                0,
                "rx-dropped",
                0,
                "tx-bytes",
                sent,
                "tx-packets",
                sent / 800,
                "tx-errs",
                0,
                "tx-dropped",
                0);
        return Json.obj(
                "name", name,
                "hardware-address", mac,
                "ip-addresses", List.of(addresses),
                "statistics", statistics);
    }

    private static Json cpus(Vm vm) {
        var rows = new ArrayList<Json>();
        for (int i = 0; i < vm.cpus(); i++) {
            rows.add(Json.obj("logical-id", i, "online", true, "can-offline", i > 0));
        }
        return new Json.Arr(rows);
    }

    private static Json memoryBlocks(Vm vm) {
        var rows = new ArrayList<Json>();
        for (int i = 0; i < vm.maxMemory() / (128L << 20); i++) {
            rows.add(Json.obj("phys-index", i, "online", true, "can-offline", true));
        }
        return new Json.Arr(rows);
    }

    // ---- commands ----

    private static Json exec(Request request) {
        var host = host(request);
        var input = request.text("input-data", "").getBytes(StandardCharsets.UTF_8);
        return host.start(command(request), input, request.cluster().now())
                .map(pid -> (Json) Json.obj("pid", pid))
                // The worker dies of QEMU's answer there, and the proxy before it says this.
                .orElseThrow(() -> new SimError(596, "Broken pipe", Map.of()));
    }

    private static List<String> command(Request request) {
        return request.arguments()
                .array("command")
                .map(words -> words.items().stream()
                        .map(word -> word.scalarText().orElse(""))
                        .toList())
                .orElseGet(() -> List.of(request.text("command")));
    }

    private static Json execStatus(Request request) {
        var host = host(request);
        var process = host.process(request.whole("pid", 0))
                // QEMU prints the format of the number instead of the number.
                .orElseThrow(() -> new SimError("Agent error: PID ld does not exist"));
        if (process.ends().isAfter(request.cluster().now())) {
            return Json.obj("exited", 0);
        }
        // The result is handed out once.
        host.forget(request.whole("pid", 0));
        var end = process.end();
        var status = new LinkedHashMap<String, Object>();
        status.put("exited", 1);
        if (end.signal() != 0) {
            status.put("signal", end.signal());
        } else {
            status.put("exitcode", end.exit());
        }
        if (end.out().length > 0) {
            status.put("out-data", latin1(end.out()));
            status.put("out-truncated", 0);
        }
        if (end.err().length > 0) {
            status.put("err-data", latin1(end.err()));
            status.put("err-truncated", 0);
        }
        return Json.of(status);
    }

    private static String latin1(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    // ---- files ----

    private static Json readFile(Request request) {
        var host = host(request);
        var path = request.text("file");
        var file = host.file(path)
                .orElseThrow(() ->
                        new SimError("Agent error: failed to open file '%s' (mode: 'r'): No such file or directory"
                                .formatted(path)));
        if (file.folder()) {
            throw new SimError("Agent error: failed to read file: Is a directory");
        }
        var content = file.bytes();
        int from = (int) Math.min(content.length, request.whole("offset", 0));
        int to = (int) Math.min(content.length, from + request.whole("count", 16 << 20));
        var part = Arrays.copyOfRange(content, from, to);
        var answer = new LinkedHashMap<String, Object>();
        answer.put("bytes-read", part.length);
        boolean decode = request.text("decode", "1").equals("1");
        answer.put("content", decode ? latin1(part) : Base64.getEncoder().encodeToString(part));
        if (to < content.length) {
            answer.put("truncated", 1);
        }
        return Json.of(answer);
    }

    private static Json writeFile(Request request) {
        var host = host(request);
        var path = request.text("file");
        var content = content(request);
        if (host.file(ToyHost.parent(path)).filter(ToyFile::folder).isEmpty()) {
            throw new SimError(
                    "Agent error: failed to open file '%s' (mode: 'wb'): No such file or directory".formatted(path));
        }
        host.write(path, content, request.cluster().now());
        return Json.Null.NULL;
    }

    private static byte[] content(Request request) {
        var text = request.text("content");
        if (!request.text("encode", "1").equals("1")) {
            try {
                return Base64.getDecoder().decode(text);
            } catch (IllegalArgumentException e) {
                throw new SimError("Agent error: Base64 data contains invalid characters");
            }
        }
        if (text.chars().anyMatch(c -> c > 0xff)) {
            throw new SimError(
                    "Wide character in subroutine entry at /usr/share/perl5/PVE/API2/Qemu/Agent.pm line 624.");
        }
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static Json setPassword(Request request) {
        var host = host(request);
        if (!host.setPassword(request.text("username"), request.text("password"))) {
            throw new SimError("Agent error: child process has failed to set user password");
        }
        return Json.Null.NULL;
    }
}
