package pvemcp.oauth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// An issuer that can do what no real one does: sign whatever it is told to, and change its keys at once.
public final class SigningHouse implements AutoCloseable {
    private final HttpServer http;
    private final AtomicInteger fetches = new AtomicInteger();
    private volatile RSAKey key = newKey("first");
    private volatile boolean down;
    private volatile String keys = "";

    public SigningHouse() {
        try {
            http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        page(
                "/.well-known/oauth-authorization-server/home",
                () -> "{\"issuer\":\"%s\",\"jwks_uri\":\"%s/keys\"}".formatted(issuer(), issuer()));
        page("/home/keys", () -> {
            fetches.incrementAndGet();
            return keys.isEmpty() ? new JWKSet(key).toString() : keys;
        });
        http.start();
    }

    private interface Page {
        String text();
    }

    private void page(String path, Page page) {
        http.createContext(path, exchange -> {
            try (exchange) {
                var body = page.text().getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(down ? 503 : 200, body.length);
                exchange.getResponseBody().write(body);
            }
        });
    }

    /// A key of its own kind, which nobody knows yet.
    public static RSAKey newKey(String id) {
        try {
            return new RSAKeyGenerator(2048).keyUse(KeyUse.SIGNATURE).keyID(id).generate();
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    public URI issuer() {
        return URI.create("http://localhost:" + http.getAddress().getPort() + "/home");
    }

    public RSAKey key() {
        return key;
    }

    /// From now on there is this key and no other.
    public void rotate(RSAKey other) {
        key = other;
    }

    /// Publishes this text in place of its keys.
    public void publish(String text) {
        keys = text;
    }

    /// Answers nobody, or does so again.
    public void down(boolean state) {
        down = state;
    }

    /// How often the keys were asked for.
    public int fetches() {
        return fetches.get();
    }

    /// The claims of a good token, to be changed.
    public JWTClaimsSet.Builder claims(String audience, Instant now) {
        return new JWTClaimsSet.Builder()
                .issuer(issuer().toString())
                .subject("alice")
                .audience(audience)
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plus(Duration.ofMinutes(5))))
                .claim("scope", "openid pve:read");
    }

    /// A header as the issuer writes it, to be changed.
    public JWSHeader.Builder header() {
        return new JWSHeader.Builder(JWSAlgorithm.RS256)
                .type(new JOSEObjectType("at+jwt"))
                .keyID(key.getKeyID());
    }

    /// The text of a token that the issuer has signed.
    public String signed(JWTClaimsSet.Builder claims) {
        return signed(claims, _ -> {});
    }

    public String signed(JWTClaimsSet.Builder claims, Consumer<JWSHeader.Builder> change) {
        var header = header();
        change.accept(header);
        try {
            return signed(header.build(), claims, new RSASSASigner(key));
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    /// The text of a token that somebody has signed.
    public static String signed(JWSHeader header, JWTClaimsSet.Builder claims, JWSSigner signer) {
        try {
            var token = new SignedJWT(header, claims.build());
            token.sign(signer);
            return token.serialize();
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        http.stop(0);
    }
}
