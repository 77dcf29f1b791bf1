package pvemcp.sim.api;

import java.util.Locale;
import pvemcp.json.Json;
import pvemcp.schema.Verb;
import pvemcp.sim.SimError;
import pvemcp.sim.metrics.Rrd;

/// `rrddata` of guests, nodes and storages.
final class RrdApi {
    private RrdApi() {}

    static void add(Routes routes) {
        routes.on(Verb.GET, "/nodes/{node}/rrddata", request -> rrd(request).node(request.cluster(), request.node()))
                .on(Verb.GET, "/nodes/{node}/qemu/{vmid}/rrddata", RrdApi::guest)
                .on(Verb.GET, "/nodes/{node}/lxc/{vmid}/rrddata", RrdApi::guest)
                .on(Verb.GET, "/nodes/{node}/storage/{storage}/rrddata", RrdApi::storage);
    }

    private static Rrd rrd(Request request) {
        var frame = Rrd.Frame.valueOf(request.text("timeframe").toUpperCase(Locale.ROOT));
        return new Rrd(
                request.cluster().now(), frame, request.text("cf", "AVERAGE").equals("MAX"));
    }

    private static Json guest(Request request) {
        var guest = request.cluster().guests.get(request.vmid());
        if (guest == null) {
            throw noFile("pve-vm-9.0/" + request.vmid());
        }
        return rrd(request).guest(guest);
    }

    private static Json storage(Request request) {
        var storage = request.cluster().storages.get(request.text("storage"));
        if (storage == null) {
            throw noFile("pve-storage-9.0/%s/%s".formatted(request.node().name(), request.text("storage")));
        }
        return rrd(request).storage(storage, request.node());
    }

    // PVE::RRD, librrd's words
    private static SimError noFile(String file) {
        return new SimError(("RRD error: rrdcached@unix:/var/run/rrdcached.sock: rrd_fetch_r failed: opening"
                        + " '/var/lib/rrdcached/db/%s': No such file or directory")
                .formatted(file));
    }
}
