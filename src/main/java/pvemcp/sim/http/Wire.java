package pvemcp.sim.http;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.sim.SimError;

/// Turns answers into what PVE sends in each of its formats (PVE::APIServer::Formatter::Standard).
enum Wire {
    JSON("json", "application/json;charset=UTF-8"),
    EXTJS("extjs", "application/json;charset=UTF-8"),
    HTMLJS("htmljs", "text/html;charset=UTF-8"),
    HTML("html", "text/html;charset=UTF-8"),
    SPICE("spiceconfig", "application/x-virt-viewer;charset=UTF-8"),
    PNG("png", "image/png");

    private final String format;
    private final String contentType;

    Wire(String format, String contentType) {
        this.format = format;
        this.contentType = contentType;
    }

    static Optional<Wire> of(String format) {
        for (var wire : values()) {
            if (wire.format.equals(format)) {
                return Optional.of(wire);
            }
        }
        return Optional.empty();
    }

    /// @param besides members beside `data`
    HttpResponse success(Json data, Map<String, Json> besides) {
        var members = new LinkedHashMap<String, Json>();
        members.put("data", data);
        members.putAll(besides);
        if (this == EXTJS || this == HTMLJS) {
            members.put("success", Json.num(1));
        }
        return respond(200, "OK", members);
    }

    HttpResponse failure(SimError error) {
        var message = error.getMessage();
        if (message.indexOf('\r') >= 0) {
            // PVE::APIServer::AnyEvent::response
            return HttpResponse.empty(400, "Bad Request");
        }
        if (error.status() >= 595) {
            // The hop between the daemons broke: there is nobody to write a body.
            return HttpResponse.empty(error.status(), message);
        }
        var members = new LinkedHashMap<String, Json>();
        members.put("data", Json.Null.NULL);
        if (!error.errors().isEmpty()) {
            members.put("errors", Json.of(error.errors()));
        }
        members.put("message", Json.str(error.status() == 501 ? message : message + "\n"));
        if (this != EXTJS && this != HTMLJS) {
            return respond(error.status(), HttpResponse.firstLine(message), members);
        }
        members.put("success", Json.num(0));
        // What pvedaemon raises with a code arrives as text, what dies or never got there as a number (recorded).
        boolean raised = error.status() == 400 || error.status() == 403;
        members.put("status", raised ? Json.str(Integer.toString(error.status())) : Json.num(error.status()));
        return respond(200, "OK", members);
    }

    private HttpResponse respond(int status, String reason, Map<String, Json> members) {
        return switch (this) {
            case JSON, EXTJS ->
                HttpResponse.of(status, reason, contentType, Json.of(members).write());
            case HTMLJS ->
                HttpResponse.of(
                        status, reason, contentType, escaped(Json.of(members).write()));
            case HTML -> HttpResponse.of(status, reason, contentType, page(members));
            case SPICE -> HttpResponse.of(status, reason, contentType, viewerFile(members.get("data")));
            case PNG -> new HttpResponse(status, reason, Map.of("Content-Type", contentType), new byte[0]);
        };
    }

    private static String page(Map<String, Json> members) {
        return "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>Simulated API</title></head>\n"
                + "<body><pre>" + escaped(Json.of(members).pretty()) + "</pre></body>\n</html>\n";
    }

    private static String viewerFile(Json data) {
        var text = new StringBuilder("[virt-viewer]\n");
        if (data instanceof Json.Obj(var members)) {
            members.forEach((name, value) -> text.append(name)
                    .append('=')
                    .append(value.scalarText().orElse(""))
                    .append('\n'));
        }
        return text.toString();
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
