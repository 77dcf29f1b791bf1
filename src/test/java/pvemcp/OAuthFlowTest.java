package pvemcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import no.nav.security.mock.oauth2.MockOAuth2Server;
import no.nav.security.mock.oauth2.token.DefaultOAuth2TokenCallback;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import pvemcp.json.Json;
import pvemcp.lab.Scenes;
import pvemcp.sim.PveSim;
import pvemcp.sim.time.SimTime;

/// The whole way of a client that knows nothing but the server's URL: from the refusal to the authorization server,
/// by an authorization code with PKCE to a token, and back. The authorization server is not of our making.
@Timeout(300)
class OAuthFlowTest {
    private static final String RESOURCE = "https://mcp.example/mcp";

    @TempDir
    Path directory;

    private final HttpClient browser = HttpClient.newHttpClient();

    @Test
    void a_client_finds_the_authorization_server_and_comes_back_with_a_token() throws Exception {
        var logins = new MockOAuth2Server();
        logins.start();
        logins.enqueueCallback(new DefaultOAuth2TokenCallback(
                "home", "ben", "JWT", List.of(RESOURCE), Map.of("scope", "openid pve:operate"), 300));
        var now = Instant.parse("2026-11-21T12:00:00Z");
        try (var sim = PveSim.start(Scenes.small(), SimTime.byHand(now));
                var server = new Served(configuration(sim, logins), directory, "serve", "--http", "127.0.0.1:0")) {
            var refused = server.send(server.reading("/mcp"));
            assertThat(refused.statusCode()).isEqualTo(401);
            var metadata = (Json.Obj) Json.parse(server.get("/.well-known/oauth-protected-resource/mcp"));
            var issuer = metadata.array("authorization_servers")
                    .orElseThrow()
                    .get(0)
                    .scalarText()
                    .orElseThrow();
            var described = (Json.Obj) Json.parse(got(issuer + "/.well-known/openid-configuration"));

            var token = token(described);

            assertThat(server.call(token, "pve_node_list", "{}")).contains("pve1");
            assertThat(server.list(token)).contains("pve_guest_power").doesNotContain("pve_guest_delete");
            // The same server's token for another resource.
            var other = logins.issueToken("home", "ben", "elsewhere", Map.of("scope", "pve:operate"))
                    .serialize();
            assertThat(server.call(other, "pve_node_list", "{}")).isEqualTo("401");
            // One of another issuer at the same place.
            logins.enqueueCallback(
                    new DefaultOAuth2TokenCallback("work", "ben", "JWT", List.of(RESOURCE), Map.of(), 300));
            var foreign = logins.issueToken("work", "ben", RESOURCE, Map.of("scope", "pve:operate"))
                    .serialize();
            assertThat(server.call(foreign, "pve_node_list", "{}")).isEqualTo("401");
        } finally {
            logins.shutdown();
            browser.close();
        }
    }

    private Map<String, String> configuration(PveSim sim, MockOAuth2Server logins) {
        var env = new HashMap<String, String>();
        env.put("PVE_MCP_URL", sim.url());
        env.put("PVE_MCP_TOKEN_ID", sim.token().id());
        env.put("PVE_MCP_TOKEN_SECRET", sim.token().secret());
        env.put("PVE_MCP_FINGERPRINT", sim.fingerprint());
        env.put("PVE_MCP_AUDIT_FILE", directory.resolve("audit.jsonl").toString());
        env.put("PVE_MCP_HTTP_OAUTH_ISSUER", logins.issuerUrl("home").toString());
        env.put("PVE_MCP_HTTP_OAUTH_RESOURCE", RESOURCE);
        return env;
    }

    /// OAuth 2.1: an authorization code, and a verifier that only who asked for the code knows (RFC 7636).
    private String token(Json.Obj described) throws Exception {
        var verifier = "a-verifier-of-at-least-forty-three-characters-0123456789";
        var hash = MessageDigest.getInstance("SHA-256").digest(verifier.getBytes(StandardCharsets.US_ASCII));
        var back = "http://localhost:7777/callback";
        var asked = form(Map.of(
                "response_type", "code",
                "client_id", "an-mcp-client",
                "redirect_uri", back,
                "scope", "openid pve:operate",
                "state", "s1",
                "resource", RESOURCE,
                "code_challenge", Base64.getUrlEncoder().withoutPadding().encodeToString(hash),
                "code_challenge_method", "S256"));
        var page = URI.create(described.text("authorization_endpoint").orElseThrow() + "?" + asked);
        var redirect = browser.send(HttpRequest.newBuilder(page).build(), BodyHandlers.ofString());
        assertThat(redirect.statusCode()).isEqualTo(302);
        var location = redirect.headers().firstValue("Location").orElseThrow();
        assertThat(location).startsWith(back).contains("state=s1");
        var code = location.replaceFirst(".*[?&]code=([^&]*).*", "$1");

        var answer = browser.send(
                HttpRequest.newBuilder(
                                URI.create(described.text("token_endpoint").orElseThrow()))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString(form(Map.of(
                                "grant_type", "authorization_code",
                                "code", code,
                                "client_id", "an-mcp-client",
                                "redirect_uri", back,
                                "code_verifier", verifier))))
                        .build(),
                BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return ((Json.Obj) Json.parse(answer.body())).text("access_token").orElseThrow();
    }

    private String got(String url) throws Exception {
        return browser.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString())
                .body();
    }

    private static String form(Map<String, String> fields) {
        return fields.entrySet().stream()
                .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }
}
