package pvemcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.crypto.opts.AllowWeakRSAKey;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import pvemcp.config.TokenFile;
import pvemcp.json.Json;
import pvemcp.lab.FaultProxy;
import pvemcp.lab.Scenes;
import pvemcp.oauth.SigningHouse;
import pvemcp.sim.PveSim;
import pvemcp.sim.time.SimTime;

/// A server over HTTP that takes the access tokens of an issuer, and what somebody may show it instead of one.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(300)
class OAuthTest {
    private static final String AUDIENCE = "https://mcp.example/mcp";

    private static final RSAKey FOREIGN = SigningHouse.newKey("first");

    private final SigningHouse house = new SigningHouse();
    private final Map<String, String> env = new HashMap<>();
    private Path directory;
    private PveSim sim;
    private FaultProxy wire;
    private Served server;

    @BeforeAll
    void serve(@TempDir Path home) throws IOException {
        directory = home;
        sim = PveSim.start(Scenes.small(), SimTime.ticking(Instant.parse("2026-11-21T12:00:00Z"), 1_000));
        wire = FaultProxy.before(sim);
        env.put("PVE_MCP_URL", wire.uri().toString());
        env.put("PVE_MCP_TOKEN_ID", sim.token().id());
        env.put("PVE_MCP_TOKEN_SECRET", sim.token().secret());
        env.put("PVE_MCP_FINGERPRINT", wire.fingerprint());
        env.put("PVE_MCP_AUDIT_FILE", directory.resolve("audit.jsonl").toString());
        env.put("PVE_MCP_SURFACE", "all");
        env.put("PVE_MCP_POLICY_OPERATE", "allow");
        env.put("PVE_MCP_POLICY_DESTROY", "allow");
        env.put("PVE_MCP_HTTP_OAUTH_ISSUER", house.issuer().toString());
        env.put("PVE_MCP_HTTP_OAUTH_RESOURCE", AUDIENCE);
        server = new Served(env, directory, "serve", "--http", "127.0.0.1:0");
    }

    @AfterAll
    void close() {
        server.close();
        wire.close();
        sim.close();
        house.close();
    }

    private JWTClaimsSet.Builder claims() {
        return house.claims(AUDIENCE, Instant.now());
    }

    private HttpResponse<String> shown(String token) throws Exception {
        return server.send(server.reading("/mcp").header("Authorization", "Bearer " + token));
    }

    private static String challenge(HttpResponse<String> answer) {
        return answer.headers().firstValue("WWW-Authenticate").orElse("");
    }

    // ---- who comes in ----

    @Test
    void whoever_comes_without_a_token_is_told_where_to_get_one() throws Exception {
        var refused = server.send(server.reading("/mcp"));

        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(challenge(refused))
                .isEqualTo("Bearer realm=\"pve-mcp\","
                        + " resource_metadata=\"https://mcp.example/.well-known/oauth-protected-resource/mcp\","
                        + " scope=\"pve:read\"");
        for (var path : List.of("/.well-known/oauth-protected-resource", "/.well-known/oauth-protected-resource/mcp")) {
            var metadata = (Json.Obj) Json.parse(server.get(path));
            assertThat(metadata.text("resource")).contains(AUDIENCE);
            assertThat(metadata.array("authorization_servers").orElseThrow())
                    .isEqualTo(Json.strings(List.of(house.issuer().toString())));
            assertThat(metadata.get("scopes_supported").orElseThrow().write())
                    .isEqualTo("[\"pve:read\",\"pve:operate\",\"pve:change\",\"pve:destroy\",\"pve:execute\"]");
            assertThat(metadata.get("bearer_methods_supported").orElseThrow().write())
                    .isEqualTo("[\"header\"]");
        }
    }

    @Test
    void a_token_of_the_issuer_is_good_for_what_its_scopes_say() throws Exception {
        var reads = house.signed(claims());
        assertThat(shown(reads).body()).contains("pve1");
        assertThat(server.list(reads)).contains("pve_guest_list").doesNotContain("pve_guest_power");

        var operates = house.signed(claims().claim("scope", "pve:operate"));
        assertThat(server.list(operates)).contains("pve_guest_power").doesNotContain("pve_guest_delete");
        // Entra ID calls the claim so; other issuers make it a list.
        var destroys = house.signed(claims().claim("scope", null).claim("scp", List.of("x", "pve:destroy")));
        assertThat(server.list(destroys)).contains("pve_guest_delete");
    }

    @Test
    void a_tool_above_the_scopes_says_which_it_wants() throws Exception {
        var reads = house.signed(claims());
        var stop = server.calling("pve_guest_power", "{\"guest\":\"web\",\"action\":\"stop\"}");

        var refused = server.send(stop.header("Authorization", "Bearer " + reads));

        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(challenge(refused))
                .contains("error=\"insufficient_scope\"", "scope=\"pve:read pve:operate\"", "resource_metadata=");
        assertThat(server.call(reads, "pve_no_such_tool", "{}")).doesNotContain("403");
    }

    @Test
    void a_token_without_a_scope_of_ours_is_refused_as_such() throws Exception {
        var refused = shown(house.signed(claims().claim("scope", "openid email")));

        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(challenge(refused)).contains("error=\"insufficient_scope\"", "scope=\"pve:read\"");
    }

    @Test
    void tokens_of_the_file_are_good_besides_and_their_names_are_not_taken_for_subjects() throws Exception {
        var file = new TokenFile(directory.resolve(".config/pve-mcp/tokens"));
        Files.createDirectories(file.path().getParent());
        var token = file.add(TokenFile.reach("alice", "operate", List.of()));
        var stop = "{\"guest\":\"web\",\"action\":\"stop\"}";

        assertThat(server.call(token.reveal(), "pve_guest_power", stop)).contains("outcome: done");
        server.call(house.signed(claims().claim("scope", "pve:operate")), "pve_guest_power", stop);

        assertThat(directory.resolve("audit.jsonl"))
                .content()
                .contains("\"principal\":\"alice\"", "\"principal\":\"oauth:alice\"");
    }

    @Test
    void nothing_of_a_clients_token_goes_on_to_proxmox() throws Exception {
        var token = house.signed(claims().claim("scope", "pve:operate"));
        assertThat(shown(token).statusCode()).isEqualTo(200);
        server.call(token, "pve_guest_power", "{\"guest\":\"db\",\"action\":\"start\"}");

        var own = "PVEAPIToken=" + sim.token().id() + "=" + sim.token().secret();
        assertThat(wire.seen()).isNotEmpty().allSatisfy(request -> {
            assertThat(request.header("authorization")).isIn(own, "");
            var all = request.target() + request.headers() + request.body();
            for (var part : token.split("\\.", -1)) {
                assertThat(all).doesNotContain(part);
            }
            assertThat(all).doesNotContain("alice").doesNotContainIgnoringCase("bearer");
        });
        assertThat(directory.resolve("audit.jsonl")).content().doesNotContain(token.substring(token.length() - 40));
    }

    // ---- who does not ----

    @ParameterizedTest(name = "{0}")
    @MethodSource("attacks")
    void no_such_token_lets_anybody_in(String what, Supplier<String> token) throws Exception {
        int before = wire.seen().size();

        var refused = shown(token.get());

        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(challenge(refused)).contains("error=\"invalid_token\"", "resource_metadata=");
        // What the server asks for itself may come at any time.
        assertThat(wire.seen().subList(before, wire.seen().size()))
                .extracting(FaultProxy.Seen::toString)
                .isSubsetOf("GET /version", "GET /access/permissions");
    }

    private Stream<Arguments> attacks() {
        var now = Instant.now();
        return Stream.of(
                attack(
                        "signed by somebody else under the issuer's key id",
                        () -> forged(house.key().getKeyID())),
                attack("signed by somebody else without a key id", () -> forged(null)),
                attack("no signature, alg none", () -> unsigned("none", "")),
                attack("no signature, alg None", () -> unsigned("None", "")),
                attack("alg none with a signature", () -> unsigned("none", "AAAA")),
                attack("no signature, alg RS256", () -> unsigned("RS256", "")),
                attack("an HMAC with the public key as its secret", this::confused),
                attack("a signature with one bit changed", () -> bent(house.signed(claims()))),
                attack(
                        "claims of another token",
                        () -> spliced(house.signed(claims()), house.signed(claims().claim("scope", "pve:execute")))),
                attack("expired", () -> house.signed(claims().expirationTime(date(now.minusSeconds(61))))),
                attack("without an end", () -> house.signed(claims().expirationTime(null))),
                attack("an end that overflows", () -> house.signed(claims().claim("exp", 1e30))),
                attack("an end in words", () -> house.signed(claims().claim("exp", "2099-01-01"))),
                attack("not valid yet", () -> house.signed(claims().notBeforeTime(date(now.plusSeconds(600))))),
                attack("issued in the future", () -> house.signed(claims().issueTime(date(now.plusSeconds(600))))),
                attack("another audience", () -> house.signed(claims().audience("https://other.example/mcp"))),
                attack("a longer audience", () -> house.signed(claims().audience(AUDIENCE + "/x"))),
                attack("several other audiences", () -> house.signed(claims().audience(List.of("a", "b")))),
                attack("no audience", () -> house.signed(claims().audience((String) null))),
                attack("another issuer", () -> house.signed(claims().issuer("https://login.example"))),
                attack("the issuer with a slash", () -> house.signed(claims().issuer(house.issuer() + "/"))),
                attack("no issuer", () -> house.signed(claims().issuer(null))),
                attack("no subject", () -> house.signed(claims().subject(null))),
                attack("a subject that breaks lines", () -> house.signed(claims().subject("alice\nroot"))),
                attack("a subject that hides something", () -> house.signed(claims().subject("ali\u202ece"))),
                attack("a key id that is a path", () -> forged("../../home/keys")),
                attack("a key id that is a file", () -> forged("/dev/null")),
                attack("a key id that is SQL", () -> forged("x' UNION SELECT 'secret")),
                attack("its own key in the header", () -> carrying("jwk")),
                attack("a place of keys in the header", () -> carrying("jku")),
                attack("a place of certificates in the header", () -> carrying("x5u")),
                attack("a certificate in the header", () -> carrying("x5c")),
                attack(
                        "an extension that must be understood",
                        () -> house.signed(
                                claims(),
                                header -> header.criticalParams(Set.of("exp")).customParam("exp", 1))),
                attack(
                        "an ID token by its type",
                        () -> house.signed(claims(), header -> header.type(new JOSEObjectType("id+jwt")))),
                attack(
                        "a logout token",
                        () -> house.signed(claims(), header -> header.type(new JOSEObjectType("logout+jwt")))),
                attack("an ID token of Keycloak", () -> house.signed(claims().claim("typ", "ID"))),
                attack("a refresh token of Keycloak", () -> house.signed(claims().claim("typ", "Refresh"))),
                attack("a token bound to a key", () -> house.signed(claims().claim("cnf", Map.of("jkt", "x")))),
                attack("a claim that stands there twice", this::doubled),
                attack(
                        "a header that stands there twice",
                        () -> headed("{\"alg\":\"none\",\"alg\":\"RS256\",\"kid\":\"first\"}")),
                attack("too long", () -> house.signed(claims().claim("pad", "x".repeat(20_000)))),
                attack("nested too deep", () -> headed("{\"alg\":\"RS256\",\"x\":" + "[".repeat(500) + "}")),
                attack("encrypted", () -> "eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ.AA.AA.AA.AA"),
                attack("two parts", () -> "eyJhbGciOiJSUzI1NiJ9.e30"),
                attack("four parts", () -> house.signed(claims()) + ".AA"),
                attack(
                        "characters that decoders skip",
                        () -> house.signed(claims()).replaceFirst("\\.", "\t.")),
                attack("dots alone", () -> ".."),
                attack("no JSON", () -> "AAAA.AAAA.AAAA"));
    }

    private static Arguments attack(String what, Supplier<String> token) {
        return Arguments.of(what, token);
    }

    private static Date date(Instant time) {
        return Date.from(time);
    }

    private String forged(String keyId) {
        try {
            var header = new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(keyId).build();
            return SigningHouse.signed(header, claims(), new RSASSASigner(FOREIGN));
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    private static String encoded(String text) {
        return Base64URL.encode(text.getBytes(StandardCharsets.UTF_8)).toString();
    }

    private String unsigned(String algorithm, String signature) {
        return encoded("{\"alg\":\"%s\",\"kid\":\"first\"}".formatted(algorithm)) + "."
                + encoded(claims().build().toString()) + "." + signature;
    }

    /// Good but for its header.
    private String headed(String header) {
        var good = house.signed(claims()).split("\\.", -1);
        return encoded(header) + "." + good[1] + "." + good[2];
    }

    private String confused() {
        try {
            var secret = house.key().toRSAPublicKey().getEncoded();
            var header =
                    new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("first").build();
            return SigningHouse.signed(header, claims(), new MACSigner(secret));
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    private static String bent(String token) {
        int place = token.length() - 20;
        char other = token.charAt(place) == 'A' ? 'B' : 'A';
        return token.substring(0, place) + other + token.substring(place + 1);
    }

    private static String spliced(String one, String other) {
        var parts = one.split("\\.", -1);
        return parts[0] + "." + other.split("\\.", -1)[1] + "." + parts[2];
    }

    /// Signed with a key that the token brings along.
    private String carrying(String how) {
        var header = new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("first");
        var place = URI.create("http://localhost:9/keys");
        switch (how) {
            case "jwk" -> header.jwk(FOREIGN.toPublicJWK());
            case "jku" -> header.jwkURL(place);
            case "x5u" -> header.x509CertURL(place);
            default -> header.x509CertChain(List.of(new Base64("MIIB")));
        }
        try {
            return SigningHouse.signed(header.build(), claims(), new RSASSASigner(FOREIGN));
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    /// Signed by the issuer, which has been talked into writing a claim twice.
    private String doubled() {
        var payload = claims().build().toString().replaceFirst("\\{", "{\"scope\":\"pve:execute\",");
        try {
            var token = new JWSObject(house.header().build(), new Payload(payload));
            token.sign(new RSASSASigner(house.key()));
            return token.serialize();
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void a_key_of_the_issuers_that_is_too_short_signs_nothing() throws Exception {
        var generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(1024);
        var pair = generator.generateKeyPair();
        var weak = new RSAKey.Builder((RSAPublicKey) pair.getPublic())
                .keyID("weak")
                .keyUse(KeyUse.SIGNATURE)
                .build();
        try (var other = new SigningHouse()) {
            other.publish("{\"keys\":[" + weak.toJSONString() + "]}");
            var settings = new HashMap<>(env);
            settings.put("PVE_MCP_HTTP_OAUTH_ISSUER", other.issuer().toString());
            try (var strict = new Served(settings, directory, "serve", "--http", "127.0.0.1:0")) {
                var header =
                        new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("weak").build();
                var signer = new RSASSASigner(pair.getPrivate(), Set.of(AllowWeakRSAKey.getInstance()));
                var token = SigningHouse.signed(header, other.claims(AUDIENCE, Instant.now()), signer);
                assertThat(strict.call(token, "pve_node_list", "{}")).isEqualTo("401");
            }
        }
    }

    @Test
    void a_token_is_shown_in_one_header_and_nowhere_else() throws Exception {
        var token = house.signed(claims());
        HttpRequest.Builder twice = server.reading("/mcp")
                .header("Authorization", "Bearer " + token)
                .header("Authorization", "Bearer " + token);
        assertThat(server.send(twice).statusCode()).isEqualTo(400);
        for (var query : List.of("?access_token=" + token, "?x=1&access%5Ftoken=" + token, "?ACCESS_TOKEN=x")) {
            var inUrl = server.send(server.reading("/mcp" + query).header("Authorization", "Bearer " + token));
            assertThat(inUrl.statusCode()).as(query.substring(0, 12)).isEqualTo(400);
            assertThat(challenge(inUrl)).contains("error=\"invalid_request\"");
        }
        for (var scheme : List.of("Basic ", "DPoP ", "bearertoken ")) {
            assertThat(server.send(server.reading("/mcp").header("Authorization", scheme + token))
                            .statusCode())
                    .isEqualTo(401);
        }
    }

    @Test
    void clocks_may_differ_by_a_minute() throws Exception {
        var now = Instant.now();
        var late = claims().expirationTime(date(now.minusSeconds(30)));
        var early = claims().notBeforeTime(date(now.plusSeconds(30)));
        assertThat(shown(house.signed(late)).statusCode()).isEqualTo(200);
        assertThat(shown(house.signed(early)).statusCode()).isEqualTo(200);
    }

    @Test
    void what_a_token_says_about_where_is_heeded_and_its_silence_too() throws Exception {
        var settings = new HashMap<>(env);
        settings.put("PVE_MCP_HTTP_OAUTH_WITHIN_CLAIM", "pve_within");
        try (var narrow = new Served(settings, directory, "serve", "--http", "127.0.0.1:0")) {
            var operates = claims().claim("scope", "pve:operate");
            var start = "{\"guest\":\"%s\",\"action\":\"start\"}";
            assertThat(narrow.call(house.signed(operates), "pve_node_list", "{}"))
                    .isEqualTo("403");

            var within = house.signed(operates.claim("pve_within", "guest=101,tag=none"));
            assertThat(narrow.call(within, "pve_guest_power", start.formatted("100")))
                    .contains("refused by token.within", "oauth:alice");
            assertThat(narrow.call(within, "pve_guest_power", start.formatted("101")))
                    .doesNotContain("refused");
            assertThat(narrow.call(house.signed(operates.claim("pve_within", "gest=101")), "pve_node_list", "{}"))
                    .isEqualTo("403");
            var everywhere = house.signed(operates.claim("pve_within", List.of("*")));
            assertThat(narrow.call(everywhere, "pve_guest_power", start.formatted("100")))
                    .doesNotContain("refused");
        }
    }

    @Test
    void the_server_says_who_may_come_in() {
        assertThat(server.told())
                .contains("access tokens of " + house.issuer() + " for " + AUDIENCE)
                .contains("credentials of their own at Proxmox VE: preferred, 0 have some");
    }
}
