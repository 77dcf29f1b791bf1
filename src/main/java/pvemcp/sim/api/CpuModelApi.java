package pvemcp.sim.api;

import java.util.ArrayList;
import java.util.List;
import pvemcp.json.Json;
import pvemcp.schema.Verb;
import pvemcp.sim.SimError;

/// `/cluster/qemu/custom-cpu-models` (PVE::API2::Cluster::Qemu, from 9.2 on). Names are kept without their prefix
/// `custom-`, which may be given or left out.
final class CpuModelApi {
    private static final String MODELS = "/cluster/qemu/custom-cpu-models";
    private static final String PREFIX = "custom-";
    private static final List<String> ANY = List.of("Mapping.Modify", "Mapping.Use", "Mapping.Audit");

    private CpuModelApi() {}

    static void add(Routes routes) {
        routes.on(Verb.GET, MODELS, CpuModelApi::list)
                .on(Verb.POST, MODELS, CpuModelApi::create)
                .on(Verb.GET, MODELS + "/{cputype}", request -> row(request, name(request)))
                .on(Verb.PUT, MODELS + "/{cputype}", CpuModelApi::update)
                .on(Verb.DELETE, MODELS + "/{cputype}", CpuModelApi::delete);
    }

    private static String name(Request request) {
        var given = request.text("cputype");
        return given.startsWith(PREFIX) ? given.substring(PREFIX.length()) : given;
    }

    private static Json list(Request request) {
        var rows = new ArrayList<Json>();
        for (var name : request.cluster().cpuModels.keySet()) {
            if (request.rights().hasAny("/mapping/cpu/" + name, ANY)) {
                rows.add(row(request, name));
            }
        }
        return new Json.Arr(rows);
    }

    private static Json.Obj row(Request request, String name) {
        var models = request.cluster().cpuModels;
        return require(request, name)
                .with("cputype", PREFIX + name)
                .with("digest", Digests.of(Json.of(models).write()));
    }

    private static Json.Obj require(Request request, String name) {
        var model = request.cluster().cpuModels.get(name);
        if (model == null) {
            throw new SimError("Custom cputype '%s' not found".formatted(name));
        }
        return model;
    }

    private static Json create(Request request) {
        var name = name(request);
        if (request.cluster().cpuModels.containsKey(name)) {
            throw new SimError("Custom CPU model '%s' already exists!".formatted(name));
        }
        request.cluster().cpuModels.put(name, Overlay.over(request, Json.Obj.EMPTY, "cputype"));
        return Json.Null.NULL;
    }

    private static Json update(Request request) {
        request.cluster()
                .cpuModels
                .put(name(request), Overlay.over(request, require(request, name(request)), "cputype"));
        return Json.Null.NULL;
    }

    private static Json delete(Request request) {
        if (request.cluster().cpuModels.remove(name(request)) == null) {
            throw new SimError("CPU model '%s' does not exist".formatted(name(request)));
        }
        return Json.Null.NULL;
    }
}
