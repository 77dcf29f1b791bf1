package pvemcp.sim.api;

import java.util.ArrayList;
import pvemcp.json.Json;
import pvemcp.schema.Verb;
import pvemcp.sim.SimError;

/// `/cluster/metrics/server`: where the nodes send their measurements (PVE::API2::Cluster::MetricServer). Nothing is
/// sent.
final class MetricServerApi {
    private static final String SERVERS = "/cluster/metrics/server";

    private MetricServerApi() {}

    static void add(Routes routes) {
        routes.on(Verb.GET, SERVERS, MetricServerApi::list)
                .on(Verb.GET, SERVERS + "/{id}", MetricServerApi::server)
                .on(Verb.POST, SERVERS + "/{id}", MetricServerApi::create)
                .on(Verb.PUT, SERVERS + "/{id}", MetricServerApi::update)
                .on(Verb.DELETE, SERVERS + "/{id}", MetricServerApi::delete);
    }

    private static Json list(Request request) {
        var rows = new ArrayList<Json>();
        request.cluster()
                .metricServers
                .forEach((id, server) -> rows.add(Rows.of("id", id)
                        .put("type", server.text("type").orElse(""))
                        .put("server", server.text("server").orElse(""))
                        .put("port", server.whole("port").orElse(0L))
                        .put("disable", server.flag("disable").orElse(false) ? 1 : 0)
                        .json()));
        return new Json.Arr(rows);
    }

    private static Json.Obj server(Request request) {
        var server = request.cluster().metricServers.get(request.text("id"));
        if (server == null) {
            throw new SimError("status server entry '%s' does not exist".formatted(request.text("id")));
        }
        return server;
    }

    private static Json create(Request request) {
        var id = request.text("id");
        if (request.cluster().metricServers.containsKey(id)) {
            throw new SimError("Metric server '%s' already exists".formatted(id));
        }
        var server = Overlay.over(request, Json.Obj.EMPTY, "id");
        // InfluxDB is asked over HTTP before it is taken (PVE::Status::InfluxDB, test_connection).
        boolean asked =
                server.text("influxdbproto").filter(way -> !way.equals("udp")).isPresent();
        if (asked) {
            throw new SimError("500 Can't connect to %s:%s (No route to host)"
                    .formatted(request.text("server"), request.text("port")));
        }
        request.cluster().metricServers.put(id, server);
        return Json.Null.NULL;
    }

    private static Json update(Request request) {
        request.cluster().metricServers.put(request.text("id"), Overlay.over(request, server(request), "id"));
        return Json.Null.NULL;
    }

    private static Json delete(Request request) {
        if (request.cluster().metricServers.remove(request.text("id")) == null) {
            throw new SimError(
                    "cannot lookup undefined type! at /usr/share/perl5/PVE/API2/Cluster/MetricServer.pm line 295.");
        }
        return Json.Null.NULL;
    }
}
