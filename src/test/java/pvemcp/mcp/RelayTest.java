package pvemcp.mcp;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A server over HTTP behind a socket that was opened for it.
@Timeout(300)
class RelayTest {
    private static final InetSocketAddress LOOPBACK = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    @TempDir
    Path dir;

    private final McpServer server = Peer.server(new Workshop(), Emits.EVERYTHING);

    private Http serve(ServerSocketChannel handed) throws IOException {
        var address = handed.getLocalAddress() instanceof InetSocketAddress inet ? inet : LOOPBACK;
        var settings = new HttpSettings(address, List.of(), List.of(), Optional.empty()).with(handed);
        return Http.start(settings, Entrance.open(server), new Metrics(), Instant::now);
    }

    @Test
    void requests_and_streams_go_through() throws IOException {
        try (var http = serve(ServerSocketChannel.open().bind(LOOPBACK));
                var peer = new HttpPeer(http.port())) {
            assertThat(http.insidePort()).isNotEqualTo(http.port());
            assertThat(peer.send(peer.call(1, "echo", "\"arguments\":{\"text\":\"grüße\"}"))
                            .body())
                    .contains("grüße");
            var long_ = "x".repeat(300_000);
            assertThat(peer.send(peer.call(2, "echo", "\"arguments\":{\"text\":\"%s\"}".formatted(long_)))
                            .body())
                    .contains(long_);
            var steps = Peer.modern(3, "tools/call", "\"name\":\"steps\"")
                    .replace("\"_meta\":{", "\"_meta\":{\"progressToken\":\"p\",");
            var request = peer.request(steps)
                    .header("MCP-Protocol-Version", "2026-07-28")
                    .header("Mcp-Method", "tools/call")
                    .header("Mcp-Name", "steps");
            try (var stream = peer.open(request)) {
                assertThat(stream.next().orElseThrow().write()).contains("starting");
            }
        }
    }

    @Test
    void a_socket_in_the_file_system_is_served_too() throws IOException {
        var file = UnixDomainSocketAddress.of(dir.resolve("pve-mcp.sock"));
        try (var _ = serve(ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(file));
                var client = SocketChannel.open(file)) {
            client.write(ByteBuffer.wrap(
                    "GET /nowhere HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".getBytes(US_ASCII)));
            // As a client that has nothing more to say.
            client.shutdownOutput();
            assertThat(new String(Channels.newInputStream(client).readAllBytes(), US_ASCII))
                    .startsWith("HTTP/1.1 404 ")
                    .contains("MCP is at /mcp");
        }
    }

    @Test
    void nobody_gets_in_beside_the_socket() throws IOException {
        try (var http = serve(ServerSocketChannel.open().bind(LOOPBACK));
                var beside = new HttpPeer(http.insidePort())) {
            var answer = beside.send(beside.call(1, "echo", "\"arguments\":{\"text\":\"hello\"}"));
            assertThat(answer.statusCode()).isEqualTo(403);
            assertThat(answer.body()).contains("not the address to connect to");
        }
    }

    @Test
    void a_socket_for_everybody_wants_tokens() throws IOException {
        try (var everybody = ServerSocketChannel.open().bind(new InetSocketAddress("0.0.0.0", 0))) {
            assertThatThrownBy(() -> serve(everybody)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void when_it_ends_no_connection_is_taken_any_more() throws IOException {
        try (var socket = ServerSocketChannel.open().bind(LOOPBACK)) {
            serve(socket).close();
            assertThat(socket.isOpen()).isFalse();
        }
    }
}
