package pvemcp.mcp;

import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.spec.McpClientTransport;
import java.io.IOException;
import java.time.InstantSource;

/// Over Streamable HTTP, with a session.
class OfficialClientOverHttpTest extends OfficialClient {
    private Http http;

    @Override
    McpClientTransport transport() throws IOException {
        http = Http.start(HttpSettings.local(), Entrance.open(Peer.workshop()), new Metrics(), InstantSource.system());
        return HttpClientStreamableHttpTransport.builder("http://localhost:" + http.port())
                .endpoint("/mcp")
                .build();
    }

    @Override
    void stop() {
        http.close();
    }
}
