package pvemcp.mcp;

import io.modelcontextprotocol.client.transport.ServerParameters;
import io.modelcontextprotocol.client.transport.StdioClientTransport;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.spec.McpClientTransport;
import java.nio.file.Path;

/// Over the real streams of a real process.
class OfficialClientTest extends OfficialClient {
    @Override
    McpClientTransport transport() {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        var server =
                ServerParameters.builder(java).args(WorkshopProcess.arguments()).build();
        return new StdioClientTransport(server, McpJsonDefaults.getMapper());
    }
}
