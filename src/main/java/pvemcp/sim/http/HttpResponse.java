package pvemcp.sim.http;

import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import pvemcp.sim.api.Talk;

/// One HTTP answer. `Server`, `Date`, `Connection` and `Content-Length` are the server's to add.
///
/// @param reason the phrase of the status line, where PVE puts its error texts
/// @param talk what follows in both directions where the client wants a WebSocket
record HttpResponse(int status, String reason, Map<String, String> headers, byte[] body, Optional<Talk> talk) {
    HttpResponse(int status, String reason, Map<String, String> headers, byte[] body) {
        this(status, reason, headers, body, Optional.empty());
    }

    HttpResponse {
        headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
    }

    static HttpResponse of(int status, String reason, String contentType, String text) {
        return new HttpResponse(
                status, reason, Map.of("Content-Type", contentType), text.getBytes(StandardCharsets.UTF_8));
    }

    /// An error that never reached the API: its text is the body, without a content type (PVE::APIServer::AnyEvent).
    static HttpResponse plain(int status, String text) {
        return new HttpResponse(status, firstLine(text), Map.of(), text.getBytes(StandardCharsets.UTF_8));
    }

    static HttpResponse empty(int status, String reason) {
        return new HttpResponse(status, firstLine(reason), Map.of(), new byte[0]);
    }

    static String firstLine(String text) {
        return text.lines().findFirst().orElse("");
    }
}
