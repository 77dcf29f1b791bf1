package pvemcp.sim.http;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// One HTTP request as it came.
///
/// @param target path and query as sent, still encoded
/// @param headers by lower-case name; of a repeated header the last one counts
/// @param upload the body instead, where it has a file in it
record HttpRequest(String method, String target, Map<String, String> headers, byte[] body, Optional<Multipart> upload) {
    HttpRequest(String method, String target, Map<String, String> headers, byte[] body) {
        this(method, target, headers, body, Optional.empty());
    }

    HttpRequest with(Multipart parts) {
        return new HttpRequest(method, target, headers, body, Optional.of(parts));
    }

    Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
    }

    /// The path, still encoded.
    String path() {
        int mark = target.indexOf('?');
        return mark < 0 ? target : target.substring(0, mark);
    }

    /// The query text, still encoded; empty where there is none.
    String query() {
        int mark = target.indexOf('?');
        return mark < 0 ? "" : target.substring(mark + 1);
    }
}
