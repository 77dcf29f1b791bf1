package pvemcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import no.nav.security.mock.oauth2.MockOAuth2Server;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import pvemcp.json.Json;
import pvemcp.lab.Scenes;
import pvemcp.oauth.SigningHouse;
import pvemcp.sim.PveSim;
import pvemcp.sim.time.SimTime;

/// People of three authorization servers: two that are not of our making, and one that says whatever it is told to.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(300)
class SeveralIssuersTest {
    private static final String RESOURCE = "https://mcp.example/mcp";
    private static final String STOP = "{\"guest\":\"web\",\"action\":\"stop\"}";

    private final MockOAuth2Server home = new MockOAuth2Server();
    private final MockOAuth2Server work = new MockOAuth2Server();
    private final SigningHouse house = new SigningHouse();
    private Path directory;
    private PveSim sim;
    private Served server;

    @BeforeAll
    void serve(@TempDir Path directory) throws IOException {
        this.directory = directory;
        home.start();
        work.start();
        sim = PveSim.start(Scenes.small(), SimTime.ticking(Instant.parse("2026-11-21T12:00:00Z"), 1_000));
        Files.writeString(directory.resolve("pve-mcp.toml"), """
                policy.operate = "allow"
                [http.oauth]
                issuer = "%s"
                resource = "%s"
                [[http.oauth.issuers]]
                name = "work"
                issuer = "%s"
                audience = ["client-7"]
                scopes = ["Pve.Run=operate"]
                scope_claims = ["roles"]
                [[http.oauth.issuers]]
                name = "house"
                issuer = "%s"
                """.formatted(
                        home.issuerUrl("home"), RESOURCE, work.issuerUrl("corp"), house.issuer()));
        var env = Map.of(
                "PVE_MCP_URL", sim.url(),
                "PVE_MCP_TOKEN_ID", sim.token().id(),
                "PVE_MCP_TOKEN_SECRET", sim.token().secret(),
                "PVE_MCP_FINGERPRINT", sim.fingerprint(),
                "PVE_MCP_AUDIT_FILE", directory.resolve("audit.jsonl").toString());
        server = new Served(env, directory, "serve", "--http", "127.0.0.1:0");
    }

    @AfterAll
    void close() {
        server.close();
        sim.close();
        house.close();
        work.shutdown();
        home.shutdown();
    }

    private String ofHome(String scope) {
        return home.issueToken("home", "ben", RESOURCE, Map.of("scope", scope)).serialize();
    }

    private String ofWork(String audience, String... roles) {
        return work.issueToken("corp", "ben", audience, Map.of("roles", List.of(roles)))
                .serialize();
    }

    private HttpResponse<String> shown(String token) throws Exception {
        return server.send(server.reading("/mcp").header("Authorization", "Bearer " + token));
    }

    @Test
    void clients_are_told_of_all_of_them() throws Exception {
        var metadata = (Json.Obj) Json.parse(server.get("/.well-known/oauth-protected-resource/mcp"));

        assertThat(metadata.get("authorization_servers"))
                .contains(Json.strings(List.of(
                        home.issuerUrl("home").toString(),
                        work.issuerUrl("corp").toString(),
                        house.issuer().toString())));
        assertThat(metadata.get("scopes_supported").orElseThrow().write()).contains("pve:read", "Pve.Run");
        assertThat(server.told())
                .contains("access tokens of " + home.issuerUrl("home") + " for " + RESOURCE)
                .contains("access tokens of " + work.issuerUrl("corp") + " for client-7");
    }

    @Test
    void each_has_its_own_audience_and_its_own_words_for_what_people_may_do() throws Exception {
        assertThat(server.list(ofHome("pve:read"))).doesNotContain("pve_guest_power");
        assertThat(server.list(ofWork("client-7", "Pve.Run"))).contains("pve_guest_power");

        assertThat(shown(ofWork(RESOURCE, "Pve.Run")).statusCode()).isEqualTo(401);
        var unasked = shown(ofWork("client-7", "pve:execute"));
        assertThat(unasked.statusCode()).isEqualTo(403);
        assertThat(unasked.headers().firstValue("WWW-Authenticate").orElse("")).contains("scope=\"Pve.Run\"");
        assertThat(shown(ofHome("Pve.Run")).statusCode()).isEqualTo(403);
    }

    @Test
    void people_of_one_name_are_told_apart() throws Exception {
        assertThat(server.call(ofHome("pve:operate"), "pve_guest_power", STOP)).doesNotContain("forbidden");
        assertThat(server.call(ofWork("client-7", "Pve.Run"), "pve_guest_power", STOP))
                .doesNotContain("forbidden");
        server.call(
                house.signed(house.claims(RESOURCE, Instant.now())
                        .claim("scope", "pve:operate")
                        .subject("work:ben")),
                "pve_guest_power",
                STOP);

        assertThat(directory.resolve("audit.jsonl"))
                .content()
                .contains("\"principal\":\"oauth:ben\"", "\"principal\":\"oauth/work:ben\"")
                .contains("\"principal\":\"oauth/house:work:ben\"");
    }

    @Test
    void none_speaks_for_another() throws Exception {
        var pretending = house.claims(RESOURCE, Instant.now())
                .issuer(home.issuerUrl("home").toString())
                .claim("scope", "pve:execute");
        assertThat(shown(house.signed(pretending)).statusCode()).isEqualTo(401);

        var unknown = house.claims(RESOURCE, Instant.now()).issuer("https://login.example");
        var refused = shown(house.signed(unknown));
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(refused.body()).contains("no access token of an issuer that counts here");
    }

    @Test
    void one_that_is_away_keeps_only_its_own_people_out() throws Exception {
        var gone = new SigningHouse();
        gone.down(true);
        var config = directory.resolve("pve-mcp.toml");
        var other = Files.createDirectory(directory.resolve("other"));
        Files.writeString(
                other.resolve("pve-mcp.toml"),
                Files.readString(config)
                        .replace(house.issuer().toString(), gone.issuer().toString()));
        var env = Map.of(
                "PVE_MCP_URL", sim.url(),
                "PVE_MCP_TOKEN_ID", sim.token().id(),
                "PVE_MCP_TOKEN_SECRET", sim.token().secret(),
                "PVE_MCP_FINGERPRINT", sim.fingerprint(),
                "PVE_MCP_AUDIT_FILE", other.resolve("audit.jsonl").toString());
        try (gone;
                var serving = new Served(env, other, "serve", "--http", "127.0.0.1:0")) {
            var away = serving.call(gone.signed(gone.claims(RESOURCE, Instant.now())), "pve_node_list", "{}");
            assertThat(away).isEqualTo("503");
            assertThat(serving.call(ofHome("pve:read"), "pve_node_list", "{}")).contains("pve1");
            assertThat(serving.call(ofWork("client-7", "Pve.Run"), "pve_node_list", "{}"))
                    .contains("pve1");
        }
    }
}
