package pvemcp.mcp;

import static org.assertj.core.api.Assertions.fail;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import pvemcp.json.Json;

/// A client made of bare HTTP requests.
public final class HttpPeer implements AutoCloseable {
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final int port;
    private final String token;

    HttpPeer(int port) {
        this(port, "");
    }

    /// @param token which all requests show; empty: none
    public HttpPeer(int port, String token) {
        this.port = port;
        this.token = token;
    }

    /// A request with what every POST has; the caller adds or replaces.
    public HttpRequest.Builder request(String body) {
        return bare("/mcp")
                .header("Content-Type", "application/json")
                .header("Accept", "application/json, text/event-stream")
                .POST(HttpRequest.BodyPublishers.ofString(body));
    }

    public HttpRequest.Builder bare(String path) {
        var request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                .timeout(Duration.ofSeconds(60));
        return token.isEmpty() ? request : request.header("Authorization", "Bearer " + token);
    }

    public HttpRequest.Builder modern(int id, String method, String params) {
        return modern(id, method, params, "\"elicitation\":{}");
    }

    /// @param capabilities of the client, as members of an object
    public HttpRequest.Builder modern(int id, String method, String params, String capabilities) {
        return request(Peer.modern(id, method, params, capabilities))
                .header("MCP-Protocol-Version", "2026-07-28")
                .header("Mcp-Method", method);
    }

    public HttpRequest.Builder call(int id, String tool, String params) {
        var more = params.isEmpty() ? "" : "," + params;
        return modern(id, "tools/call", "\"name\":\"" + tool + "\"" + more).header("Mcp-Name", tool);
    }

    public HttpResponse<String> send(HttpRequest.Builder request) {
        return exchange(request, BodyHandlers.ofString());
    }

    /// Returns with the first bytes of the answer.
    public Stream open(HttpRequest.Builder request) {
        return new Stream(exchange(request, BodyHandlers.ofInputStream()));
    }

    private <T> HttpResponse<T> exchange(HttpRequest.Builder request, HttpResponse.BodyHandler<T> handler) {
        try {
            return client.send(request.build(), handler);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /// The older revisions' handshake.
    ///
    /// @return the session's id
    public String initialize(String capabilities) {
        var answer = send(request("{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":"
                + "{\"protocolVersion\":\"2025-11-25\",\"capabilities\":" + capabilities
                + ",\"clientInfo\":{\"name\":\"test\",\"version\":\"1\"}}}"));
        var session = answer.headers().firstValue("Mcp-Session-Id").orElseGet(() -> fail(answer.body()));
        send(inSession(session, "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}"));
        return session;
    }

    public HttpRequest.Builder inSession(String session, String body) {
        return request(body).header("Mcp-Session-Id", session);
    }

    /// Bytes as they are, and the status line of what comes back.
    public String raw(String bytes) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream().write(bytes.getBytes(StandardCharsets.US_ASCII));
            var reader = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            return Optional.ofNullable(reader.readLine()).orElse("");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }

    /// An answer that is read as it comes.
    public static final class Stream implements AutoCloseable {
        private final HttpResponse<InputStream> response;
        private final BufferedReader lines;
        private String lastId = "";

        Stream(HttpResponse<InputStream> response) {
            this.response = response;
            this.lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
        }

        public HttpResponse<InputStream> response() {
            return response;
        }

        /// The id of the last event that was read.
        public String lastId() {
            return lastId;
        }

        /// The next event with data; empty at the end of the stream.
        public Optional<Json.Obj> next() {
            try {
                for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (line.startsWith("id: ")) {
                        lastId = line.substring(4);
                    } else if (line.startsWith("data: ")) {
                        return Optional.of((Json.Obj) Json.parse(line.substring(6)));
                    }
                }
                return Optional.empty();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /// Reads up to the event that only tells its id.
        public void awaitPrimer() {
            try {
                for (var line = lines.readLine(); !"data:".equals(line); line = lines.readLine()) {
                    if (line == null) {
                        fail("the stream has ended");
                    } else if (line.startsWith("id: ")) {
                        lastId = line.substring(4);
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /// Hangs up.
        @Override
        public void close() {
            try {
                response.body().close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
