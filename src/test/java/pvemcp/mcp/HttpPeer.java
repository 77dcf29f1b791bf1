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
final class HttpPeer implements AutoCloseable {
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final int port;

    HttpPeer(int port) {
        this.port = port;
    }

    /// A request with what every POST has; the caller adds or replaces.
    HttpRequest.Builder request(String body) {
        return bare("/mcp")
                .header("Content-Type", "application/json")
                .header("Accept", "application/json, text/event-stream")
                .POST(HttpRequest.BodyPublishers.ofString(body));
    }

    HttpRequest.Builder bare(String path) {
        return HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                .timeout(Duration.ofSeconds(60));
    }

    HttpRequest.Builder modern(int id, String method, String params) {
        return request(Peer.modern(id, method, params))
                .header("MCP-Protocol-Version", "2026-07-28")
                .header("Mcp-Method", method);
    }

    HttpRequest.Builder call(int id, String tool, String params) {
        var more = params.isEmpty() ? "" : "," + params;
        return modern(id, "tools/call", "\"name\":\"" + tool + "\"" + more).header("Mcp-Name", tool);
    }

    HttpResponse<String> send(HttpRequest.Builder request) {
        return exchange(request, BodyHandlers.ofString());
    }

    /// Returns with the first bytes of the answer.
    Stream open(HttpRequest.Builder request) {
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
    String initialize(String capabilities) {
        var answer = send(request("{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":"
                + "{\"protocolVersion\":\"2025-11-25\",\"capabilities\":" + capabilities
                + ",\"clientInfo\":{\"name\":\"test\",\"version\":\"1\"}}}"));
        var session = answer.headers().firstValue("Mcp-Session-Id").orElseGet(() -> fail(answer.body()));
        send(inSession(session, "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}"));
        return session;
    }

    HttpRequest.Builder inSession(String session, String body) {
        return request(body).header("Mcp-Session-Id", session);
    }

    /// Bytes as they are, and the status line of what comes back.
    String raw(String bytes) {
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
    static final class Stream implements AutoCloseable {
        private final HttpResponse<InputStream> response;
        private final BufferedReader lines;
        private String lastId = "";

        Stream(HttpResponse<InputStream> response) {
            this.response = response;
            this.lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
        }

        HttpResponse<InputStream> response() {
            return response;
        }

        /// The id of the last event that was read.
        String lastId() {
            return lastId;
        }

        /// The next event with data; empty at the end of the stream.
        Optional<Json.Obj> next() {
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
        void awaitPrimer() {
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
