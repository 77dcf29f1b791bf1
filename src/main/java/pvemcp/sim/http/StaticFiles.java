package pvemcp.sim.http;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import pvemcp.schema.ApiSchema;

/// What pveproxy serves without a login, beside the API.
///
/// Thread-safe: what it makes on demand is the same whoever makes it.
final class StaticFiles {
    /// The simulated package's date, which never changes.
    private static final String MODIFIED = "Fri, 21 Aug 2026 09:00:00 GMT";

    private final ApiSchema schema;
    private volatile byte[] apidoc = new byte[0];

    StaticFiles(ApiSchema schema) {
        this.schema = schema;
    }

    HttpResponse answer(HttpRequest request) {
        if (!request.method().equals("GET")) {
            return HttpResponse.plain(501, "method '%s' not available".formatted(request.method()));
        }
        if (request.path().equals("/")) {
            return HttpResponse.of(
                    200,
                    "OK",
                    "text/html; charset=utf-8",
                    "<!DOCTYPE html>\n<title>pve-mcp simulator</title>\n<p>A simulated Proxmox VE %s. Its API is below /api2/json.\n"
                            .formatted(schema.version()));
        }
        if (request.path().equals("/pve-docs/api-viewer/apidoc.js")) {
            return apidoc(request);
        }
        // The directories behind the paths, as pveproxy has them.
        var path = request.path().equals("/favicon.ico") ? "/images/favicon.ico" : request.path();
        var file = (path.startsWith("/pve-docs/") ? "/usr/share" : "/usr/share/pve-manager") + path;
        return HttpResponse.plain(500, "unable to open file '%s' - No such file or directory\n".formatted(file));
    }

    private static boolean isCurrent(String since) {
        try {
            var form = DateTimeFormatter.RFC_1123_DATE_TIME;
            return !Instant.from(form.parse(since)).isBefore(Instant.from(form.parse(MODIFIED)));
        } catch (DateTimeException e) {
            return false;
        }
    }

    private HttpResponse apidoc(HttpRequest request) {
        if (request.header("if-modified-since").filter(StaticFiles::isCurrent).isPresent()) {
            return new HttpResponse(304, "NOT MODIFIED", Map.of(), new byte[0]);
        }
        if (apidoc.length == 0) {
            apidoc = ApiViewer.script(schema).getBytes(StandardCharsets.UTF_8);
        }
        var headers = Map.of("Content-Type", "application/javascript", "Last-Modified", MODIFIED);
        return new HttpResponse(200, "OK", headers, apidoc);
    }
}
