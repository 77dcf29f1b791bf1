package pvemcp.mcp;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import pvemcp.tool.App;

/// The page at `/`. It is the same for everybody and holds nothing of the cluster: what it shows it asks of `/mcp`,
/// as whoever it is told to be. Safe for several threads.
///
/// Its policy (CSP 3) lets a browser run this very script and speak to this server alone, and no text become markup.
final class FrontPage {
    private final String page;
    private final String policy;

    FrontPage(App app) {
        page = app.page();
        policy =
                "default-src 'none'; script-src %s; style-src %s; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
                        .formatted(hash("script"), hash("style"));
    }

    void show(HttpExchange http, Reply reply) throws IOException {
        reply.header("Content-Security-Policy", policy);
        reply.header("X-Content-Type-Options", "nosniff");
        reply.header("X-Frame-Options", "DENY");
        reply.header("Referrer-Policy", "no-referrer");
        reply.header("Cross-Origin-Opener-Policy", "same-origin");
        reply.header("Cross-Origin-Resource-Policy", "same-origin");
        switch (http.getRequestMethod()) {
            case "GET" -> reply.text(200, "text/html; charset=utf-8", page);
            case "HEAD" -> reply.empty(200);
            default -> {
                reply.header("Allow", "GET, HEAD");
                reply.refuse(405, RpcError.INVALID_REQUEST, "This is a page to read; MCP is at /mcp");
            }
        }
    }

    /// CSP 3 §2.3.1: the hash of what stands between the tags.
    private String hash(String element) {
        int from = page.indexOf('<' + element + '>') + element.length() + 2;
        int to = page.indexOf("</" + element + '>');
        try {
            var digest = MessageDigest.getInstance("SHA-256")
                    .digest(page.substring(from, to).getBytes(StandardCharsets.UTF_8));
            return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
