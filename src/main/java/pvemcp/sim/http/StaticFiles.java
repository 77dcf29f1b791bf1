package pvemcp.sim.http;

import pvemcp.schema.ApiSchema;

/// What pveproxy serves without a login, beside the API.
final class StaticFiles {
    private StaticFiles() {}

    static HttpResponse answer(HttpRequest request, ApiSchema schema) {
        if (request.path().equals("/")) {
            return HttpResponse.of(
                    200,
                    "OK",
                    "text/html; charset=utf-8",
                    "<!DOCTYPE html>\n<title>pve-mcp simulator</title>\n<p>A simulated Proxmox VE %s. Its API is below /api2/json.\n"
                            .formatted(schema.version()));
        }
        // The directories behind the paths, as pveproxy has them.
        var path = request.path().equals("/favicon.ico") ? "/images/favicon.ico" : request.path();
        var file = (path.startsWith("/pve-docs/") ? "/usr/share" : "/usr/share/pve-manager") + path;
        return HttpResponse.plain(500, "unable to open file '%s' - No such file or directory\n".formatted(file));
    }
}
