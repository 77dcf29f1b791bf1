package pvemcp.mcp;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Stands at the door: looks at the token of a request, and turns away whoever may not come in, with what would let
/// them in (RFC 6750, RFC 9728).
final class Porter {
    private final Entrance entrance;

    Porter(Entrance entrance) {
        this.entrance = entrance;
    }

    /// Answers a request for what clients need to know before they have a token; false for any other request.
    boolean answersStranger(HttpExchange http, Reply reply) throws IOException {
        var path = http.getRequestURI().getPath();
        var resource = entrance.resource().filter(known -> known.isAt(path));
        if (resource.isEmpty()) {
            return false;
        }
        if (http.getRequestMethod().equals("GET")) {
            reply.text(200, "application/json", resource.get().metadata().write());
        } else {
            reply.header("Allow", "GET");
            reply.refuse(405, RpcError.INVALID_REQUEST, "This is for reading");
        }
        return true;
    }

    /// Who this is; empty where they may not come in, and then they have been told.
    Optional<Entrance.Visitor> admit(HttpExchange http, Reply reply) throws IOException {
        var given = http.getRequestHeaders().getOrDefault("Authorization", List.of());
        // RFC 6750 §2: a client shows its token in one way only. In a URL it would get into logs.
        if (given.size() > 1 || hasTokenInQuery(http)) {
            challenge(reply, "invalid_request", "", List.of());
            var why = given.size() > 1
                    ? "One Authorization header, not several"
                    : "A token in the URL is not taken: send it as Authorization: Bearer …";
            reply.refuse(400, RpcError.INVALID_REQUEST, why);
            return Optional.empty();
        }
        var token = given.isEmpty() ? Optional.<String>empty() : token(given.getFirst());
        return switch (entrance.admit(token)) {
            case Entrance.Admission.Welcome(var visitor) -> Optional.of(visitor);
            case Entrance.Admission.Unknown(var why) -> {
                var scopes = entrance.resource().map(ProtectedResource::entry).orElse(List.of());
                challenge(reply, token.isPresent() ? "invalid_token" : "", token.isPresent() ? why : "", scopes);
                reply.refuse(401, RpcError.INVALID_REQUEST, why);
                yield Optional.empty();
            }
            case Entrance.Admission.Forbidden(var why, var scopes) -> {
                forbid(reply, why, scopes);
                yield Optional.empty();
            }
            case Entrance.Admission.Unsure(var why) -> {
                reply.header("Retry-After", "5");
                reply.refuse(503, RpcError.INTERNAL, why);
                yield Optional.empty();
            }
        };
    }

    /// Refuses a call of a tool that the visitor's token is not for, where another token would be; false where there
    /// is nothing to refuse.
    boolean wantsMore(Message.Request request, Entrance.Visitor visitor, Reply reply) throws IOException {
        if (!request.method().equals("tools/call")) {
            return false;
        }
        var tool = request.params().text("name").orElse("");
        if (visitor.server().dispatcher().tool(tool).isPresent()) {
            return false;
        }
        var scopes = entrance.scopesFor(visitor, tool);
        if (scopes.isEmpty()) {
            return false;
        }
        forbid(reply, "This token is not for calls of '%s'".formatted(Text.brief(tool)), scopes);
        return true;
    }

    private void forbid(Reply reply, String why, List<String> scopes) throws IOException {
        if (!scopes.isEmpty()) {
            challenge(reply, "insufficient_scope", why, scopes);
        }
        reply.refuse(403, RpcError.INVALID_REQUEST, why);
    }

    private void challenge(Reply reply, String error, String why, List<String> scopes) {
        var challenge = new StringBuilder("Bearer realm=\"pve-mcp\"");
        if (!error.isEmpty()) {
            challenge.append(", error=\"").append(error).append('"');
        }
        if (!why.isEmpty()) {
            challenge.append(", error_description=\"").append(quotable(why)).append('"');
        }
        entrance.resource().ifPresent(known -> challenge.append(", ").append(known.parameters(scopes)));
        reply.header("WWW-Authenticate", challenge.toString());
    }

    /// RFC 6750 §3: printable ASCII without the two marks that a quoted string ends or escapes with.
    private static String quotable(String text) {
        return text.replaceAll("[^\\x20-\\x7e]", "?").replace('"', '\'').replace('\\', '/');
    }

    private static boolean hasTokenInQuery(HttpExchange http) {
        var query = http.getRequestURI().getQuery();
        return query != null && query.toLowerCase(Locale.ROOT).contains("access_token");
    }

    /// RFC 6750 §2.1.
    private static Optional<String> token(String authorization) {
        return authorization.regionMatches(true, 0, "Bearer ", 0, 7)
                ? Optional.of(authorization.substring(7).strip())
                : Optional.empty();
    }
}
