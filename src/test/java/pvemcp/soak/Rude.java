package pvemcp.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import pvemcp.mcp.HttpPeer;

/// What comes to a server beside requests: connections that end anywhere, and nonsense.
final class Rude {
    private static final String CALL = """
            {"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"pve_guest_list","arguments":{},"_meta":{\
            "io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}""";

    private final int port;
    private final String request;

    Rude(int port, String token) {
        this.port = port;
        this.request = """
                POST /mcp HTTP/1.1\r
                Host: localhost:%d\r
                Authorization: Bearer %s\r
                Content-Type: application/json\r
                Accept: application/json, text/event-stream\r
                MCP-Protocol-Version: 2026-07-28\r
                Mcp-Method: tools/call\r
                Mcp-Name: pve_guest_list\r
                Content-Length: %d\r
                \r
                %s""".formatted(port, token, CALL.length(), CALL);
    }

    /// Sends a request up to anywhere, and hangs up: in good order, or with a reset.
    void breaksOff(Random random) throws IOException {
        var socket = new Socket(InetAddress.getLoopbackAddress(), port);
        int sent = random.nextInt(4) == 0 ? request.length() : random.nextInt(request.length());
        socket.getOutputStream().write(request.substring(0, sent).getBytes(StandardCharsets.US_ASCII));
        if (random.nextBoolean()) {
            socket.setSoLinger(true, 0);
        }
        socket.close();
    }

    /// Each nonsense has its status.
    void talksNonsense(HttpPeer peer, Random random) {
        var good = "POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
        switch (random.nextInt(11)) {
            case 0 -> status(400, peer, "{\"jsonrpc\":");
            case 1 -> status(400, peer, "[".repeat(10_000));
            case 2 -> status(400, peer, "{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":3}");
            case 3 -> status(400, peer, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}");
            case 4 -> status(413, peer, " ".repeat((1 << 20) + 1));
            case 5 ->
                assertThat(peer.send(peer.modern(1, "no/such", "")).statusCode())
                        .isEqualTo(404);
            case 6 ->
                assertThat(peer.send(peer.bare("/mcp").PUT(BodyPublishers.noBody()))
                                .statusCode())
                        .isEqualTo(405);
            case 7 ->
                assertThat(peer.send(peer.inSession("nobody's", "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}"))
                                .statusCode())
                        .isEqualTo(404);
            case 8 -> assertThat(peer.raw(good + "Content-Length: 2\r\n\r\n{}")).contains(" 401 ");
            case 9 ->
                assertThat(peer.raw("GET /mcp HTTP/1.1\r\nHost: example.org\r\n\r\n"))
                        .contains(" 403 ");
            default -> assertThat(peer.raw("complete nonsense\r\n\r\n")).doesNotContain(" 200 ");
        }
    }

    private static void status(int expected, HttpPeer peer, String body) {
        assertThat(peer.send(peer.request(body)).statusCode()).isEqualTo(expected);
    }
}
