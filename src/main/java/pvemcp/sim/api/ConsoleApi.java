package pvemcp.sim.api;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import pvemcp.json.Json;
import pvemcp.schema.Verb;
import pvemcp.sim.SimError;
import pvemcp.sim.task.Step;
import pvemcp.sim.world.ToyScreen;

/// Tickets for a guest's screen or terminal (PVE::API2::Qemu and PVE::API2::LXC, vncproxy and termproxy). Of the
/// screens of VMs there is a picture; nobody listens at the ports of the others.
final class ConsoleApi {
    private ConsoleApi() {}

    static void add(Routes routes) {
        routes.on(Verb.GET, "/nodes/{node}/qemu/{vmid}/vncwebsocket", ConsoleApi::connect);
        for (var guest : List.of("/nodes/{node}/qemu/{vmid}", "/nodes/{node}/lxc/{vmid}")) {
            routes.on(Verb.POST, guest + "/vncproxy", request -> proxy(request, "vncproxy", true))
                    .on(Verb.POST, guest + "/termproxy", request -> proxy(request, "vncproxy", false))
                    .on(Verb.POST, guest + "/spiceproxy", ConsoleApi::spice);
        }
    }

    private static Json proxy(Request request, String task, boolean screen) {
        var guest = GuestPaths.guest(request);
        if (!screen && !guest.isContainer() && !guest.config.containsKey("serial0")) {
            throw new SimError("unable to find a serial interface");
        }
        // The worker ends when nobody has connected after ten seconds.
        var upid = request.start(
                task,
                guest.vmid(),
                List.of(
                        Step.say(
                                Duration.ofSeconds(10),
                                "starting %s for %s %d"
                                        .formatted(screen ? "vnc proxy" : "termproxy", guest.noun(), guest.vmid())),
                        Step.act(_ -> {
                            throw new SimError("connection timed out");
                        })));
        var secret = secret(request);
        var answer = new LinkedHashMap<String, Object>();
        int port = 5900 + request.cluster().random().nextInt(90);
        answer.put("port", Integer.toString(port));
        var ticket = "PVEVNC:%08X::%s".formatted(epoch(request), secret);
        boolean hasPassword = screen && !guest.isContainer();
        // The password of the screen stands in front of what the proxy asks for.
        answer.put("ticket", hasPassword ? secret.substring(0, 8) + ":" + ticket : ticket);
        answer.put("upid", upid);
        answer.put("user", request.authId());
        if (screen) {
            answer.put("cert", request.cluster().certificate.pem());
        }
        if (hasPassword) {
            answer.put("password", secret.substring(0, 8));
            request.cluster().consoles.put(port, answer.get("ticket").toString());
        }
        return Json.of(answer);
    }

    /// PVE::API2::Qemu, vncwebsocket: without the wish for a WebSocket it answers with the port.
    private static Json connect(Request request) {
        var vm = GuestPaths.vm(request);
        var ticket = request.cluster().consoles.get((int) request.whole("port", 0));
        if (!request.text("vncticket").equals(ticket)) {
            throw new SimError(401, "permission denied - invalid PVEVNC ticket", Map.of());
        }
        if (vm.isRunning()) {
            var screen = ToyScreen.of(vm, request.cluster().now());
            request.become(new Vnc(ticket.substring(0, ticket.indexOf(':')), screen));
        }
        return Json.obj("port", Long.toString(request.whole("port", 0)));
    }

    private static Json spice(Request request) {
        var guest = GuestPaths.guest(request);
        if (!guest.isRunning()) {
            throw new SimError("%s %d not running".formatted(guest.noun(), guest.vmid()));
        }
        if (guest.isContainer() || !guest.config.getOrDefault("vga", "").startsWith("qxl")) {
            throw new SimError(500, "no spice port", Map.of());
        }
        var secret = secret(request);
        return Json.obj(
                "type",
                "spice",
                "title",
                "VM %d - %s".formatted(guest.vmid(), guest.name()),
                "host",
                "pvespiceproxy:%08X:%d:%s::61000".formatted(epoch(request), guest.vmid(), guest.node),
                "proxy",
                "http://%s:3128".formatted(request.cluster().node(guest.node).ip),
                "tls-port",
                61000,
                "password",
                secret,
                "ca",
                request.cluster().certificate.pem().replace("\n", "\\n"),
                "delete-this-file",
                1);
    }

    private static String secret(Request request) {
        var random = request.cluster().random();
        return new UUID(random.nextLong(), random.nextLong()).toString().replace("-", "");
    }

    private static long epoch(Request request) {
        return request.cluster().now().getEpochSecond();
    }
}
