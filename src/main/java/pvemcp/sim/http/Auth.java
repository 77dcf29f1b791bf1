package pvemcp.sim.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.regex.Pattern;
import pvemcp.sim.world.Cluster;

/// Finds out who asks (PVE::HTTPServer::auth_handler). A cookie, even a stale one, is looked at before a token.
final class Auth {
    // PVE::APIServer::Formatter::extract_auth_value
    private static final Pattern TOKEN = Pattern.compile("(?:^|\\s)PVEAPIToken(?:=| )([^;]*)");

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
        var matcher = TOKEN.matcher(request.header("authorization").orElse(""));
        if (matcher.find()) {
            return byToken(URLDecoder.decode(matcher.group(1), StandardCharsets.UTF_8));
        }
        throw new Refused("No ticket");
    }

    private Identity byToken(String value) {
        int mark = value.lastIndexOf('=');
        var id = mark < 0 ? "" : value.substring(0, mark);
        var token = cluster.access.token(id);
        long now = cluster.now().getEpochSecond();
        boolean good = token.isPresent()
                && same(token.get().secret(), value.substring(mark + 1))
                && (token.get().expire() == 0 || token.get().expire() > now)
                && mayLogIn(id.substring(0, id.indexOf('!')), now);
        if (!good) {
            throw new Refused("Authentication failed!");
        }
        return new Identity(id, true);
    }

    private boolean mayLogIn(String userId, long now) {
        var user = cluster.access.users.get(userId);
        return user != null && user.enabled && (user.expire == 0 || user.expire > now);
    }

    private static boolean same(String left, String right) {
        return MessageDigest.isEqual(left.getBytes(StandardCharsets.UTF_8), right.getBytes(StandardCharsets.UTF_8));
    }
}
