package pvemcp.sim.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import pvemcp.sim.world.Cluster;

/// Finds out who asks (PVE::HTTPServer::auth_handler). A cookie, even a stale one, is looked at before a token.
final class Auth {
    // PVE::APIServer::Formatter::extract_auth_value
    private static final Pattern TOKEN = Pattern.compile("(?:^|\\s)PVEAPIToken(?:=| )([^;]*)");

    private static final Pattern COOKIE = Pattern.compile("(?:^|\\s|;)PVEAuthCookie=([^;]*)");

    private final Cluster cluster;

    Auth(Cluster cluster) {
        this.cluster = cluster;
    }

    /// @param authId `user@realm`, with `!token` where it is a token
    record Identity(String authId, boolean byToken) {}

    /// Thrown where nobody is logged in; becomes a 401.
    static final class Refused extends RuntimeException {
        Refused(String reason) {
            super(reason, null, false, false);
        }
    }

    Identity identify(HttpRequest request) {
        var ticket = cookie(request);
        if (ticket.isPresent()) {
            return byTicket(ticket.get(), request);
        }
        var matcher = TOKEN.matcher(request.header("authorization").orElse(""));
        if (matcher.find()) {
            return byToken(Arguments.decode(matcher.group(1).replace("+", "%2B")));
        }
        throw new Refused("No ticket");
    }

    /// The ticket of the cookie, or of an `Authorization` header written like one.
    private static Optional<String> cookie(HttpRequest request) {
        for (var header : List.of("cookie", "authorization")) {
            var matcher = COOKIE.matcher(request.header(header).orElse(""));
            if (matcher.find()) {
                return Optional.of(Arguments.decode(matcher.group(1).replace("+", "%2B")));
            }
        }
        return Optional.empty();
    }

    private Identity byTicket(String ticket, HttpRequest request) {
        var now = cluster.now();
        var user = cluster.access
                .tickets()
                .user(ticket, now)
                .filter(id -> cluster.access.mayLogIn(id, now))
                .orElseThrow(() -> new Refused("Authentication failed!"));
        var csrf = request.header("csrfpreventiontoken").orElse("");
        if (!request.method().equals("GET") && !cluster.access.tickets().isCsrf(csrf, user, now)) {
            throw new Refused("Permission denied - invalid csrf token");
        }
        return new Identity(user, false);
    }

    private Identity byToken(String value) {
        int mark = value.lastIndexOf('=');
        var id = mark < 0 ? "" : value.substring(0, mark);
        var token = cluster.access.token(id);
        var now = cluster.now();
        boolean good = token.isPresent()
                && same(token.get().secret(), value.substring(mark + 1))
                && (token.get().expire() == 0 || token.get().expire() > now.getEpochSecond())
                && cluster.access.mayLogIn(id.substring(0, id.indexOf('!')), now);
        if (!good) {
            throw new Refused("Authentication failed!");
        }
        return new Identity(id, true);
    }

    private static boolean same(String left, String right) {
        return MessageDigest.isEqual(left.getBytes(StandardCharsets.UTF_8), right.getBytes(StandardCharsets.UTF_8));
    }
}
