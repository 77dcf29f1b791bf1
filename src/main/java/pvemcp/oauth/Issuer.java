package pvemcp.oauth;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import pvemcp.json.Json;
import pvemcp.json.JsonException;

/// An authorization server, as it describes itself (RFC 8414, OpenID Connect Discovery 1.0). It is asked over HTTPS,
/// redirects are not followed, answers are bounded in size and time. Safe for several threads.
public final class Issuer {
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final int LARGEST = 256 << 10;
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    private final URI name;
    private final Optional<URI> keys;
    private final Optional<SSLContext> trust;

    /// @param name as its tokens and its metadata call it
    /// @param keys where its keys are; empty: its metadata says
    /// @param trust whose certificates are believed; empty: those Java believes
    public Issuer(URI name, Optional<URI> keys, Optional<SSLContext> trust) {
        this.name = name;
        this.keys = keys;
        this.trust = trust;
    }

    /// Its keys, as a JWK Set.
    ///
    /// @throws IOException with words for the owner where they cannot be had
    String keys() throws IOException, InterruptedException {
        try (var client = client()) {
            return get(client, keys.isPresent() ? keys.get() : announced(client));
        }
    }

    /// A client for each fetch: there is one in ten minutes, and nothing of it stays.
    private HttpClient client() {
        var builder = HttpClient.newBuilder().connectTimeout(PATIENCE).version(HttpClient.Version.HTTP_1_1);
        trust.ifPresent(builder::sslContext);
        return builder.build();
    }

    private URI announced(HttpClient client) throws IOException, InterruptedException {
        var problems = new StringBuilder();
        for (var place : places()) {
            try {
                return keysOf(Json.parse(get(client, place)));
            } catch (IOException | JsonException e) {
                problems.append(problems.isEmpty() ? "" : "; ")
                        .append(place)
                        .append(": ")
                        .append(e.getMessage());
            }
        }
        throw new IOException(problems.toString());
    }

    /// RFC 8414 §3.1 puts its words before the issuer's path, OpenID Connect behind it.
    private List<URI> places() {
        var path = name.getPath().replaceFirst("/$", "");
        return List.of(
                name.resolve("/.well-known/oauth-authorization-server" + path),
                name.resolve(path + "/.well-known/openid-configuration"));
    }

    private URI keysOf(Json metadata) throws IOException {
        var told = metadata instanceof Json.Obj object ? object : Json.Obj.EMPTY;
        // RFC 8414 §3.3: otherwise one issuer could speak for another.
        if (!told.text("issuer").equals(Optional.of(name.toString()))) {
            throw new IOException("this is the metadata of another issuer, '%s'"
                    .formatted(told.text("issuer").orElse("")));
        }
        try {
            var place = new URI(told.text("jwks_uri").orElse(""));
            boolean safe = "https".equals(place.getScheme())
                    || ("http".equals(place.getScheme()) && LOOPBACK.contains(place.getHost()));
            if (safe && place.getHost() != null) {
                return place;
            }
        } catch (URISyntaxException _) {
            // said below
        }
        throw new IOException("its jwks_uri is no https URL");
    }

    private static String get(HttpClient client, URI place) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(place)
                .header("Accept", "application/json")
                .timeout(PATIENCE)
                .build();
        var answer = client.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), LARGEST));
        try {
            // The request's own timeout ends with the headers; this one also bounds the body.
            var whole = answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            if (whole.statusCode() != 200) {
                throw new IOException("it answers " + whole.statusCode());
            }
            return new String(whole.body(), StandardCharsets.UTF_8);
        } catch (ExecutionException e) {
            throw new IOException(why(e.getCause(), place), e.getCause());
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new IOException("it does not answer within " + PATIENCE.toSeconds() + " seconds", e);
        }
    }

    /// The JDK's client has no words for who is not there.
    private static String why(Throwable failure, URI place) {
        if (failure.getMessage() != null || !(failure instanceof ConnectException)) {
            return Optional.ofNullable(failure.getMessage()).orElse(failure.toString());
        }
        for (var cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof UnresolvedAddressException) {
                return "no such host: " + place.getHost();
            }
        }
        return "nobody listens there";
    }
}
