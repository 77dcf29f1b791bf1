package pvemcp;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Map;
import pvemcp.json.Json;

/// A server over HTTP in this process, for as long as the block lasts.
final class Served implements AutoCloseable {
    private final Running running;
    private final HttpClient client = HttpClient.newHttpClient();
    private final String told;
    private final String base;

    Served(Map<String, String> env, Path directory, String... args) {
        running = new Running(env, directory, args);
        var first = says();
        base = first.replaceFirst(".*(http://[^/]*).*", "$1");
        told = first + "\n" + says();
        says(); // where people find a page
    }

    /// The next line that it says after its start; fails where none comes.
    String says() {
        return running.says();
    }

    /// What the server says at its start: where it is, and who may come in.
    String told() {
        return told;
    }

    /// Its address, `HOST:PORT`.
    String address() {
        return URI.create(base).getAuthority();
    }

    String get(String path) throws Exception {
        return send(HttpRequest.newBuilder(URI.create(base + path))).body();
    }

    String call(String token, String tool, String arguments) throws Exception {
        return post(token, "tools/call", tool, "\"name\":\"" + tool + "\",\"arguments\":" + arguments + ",");
    }

    String list(String token) throws Exception {
        return post(token, "tools/list", "", "");
    }

    /// The body, or the status where that is not 200.
    private String post(String token, String method, String name, String params) throws Exception {
        var request = request("/mcp", method, name, params);
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        var answer = send(request);
        return answer.statusCode() == 200 ? answer.body() : Integer.toString(answer.statusCode());
    }

    /// The answer to a request of a client that knows tasks.
    Json.Obj ask(String token, String method, String name, String params) throws Exception {
        var request = request("/mcp", method, name, params, "\"extensions\":{\"io.modelcontextprotocol/tasks\":{}}");
        var body = send(request.header("Authorization", "Bearer " + token)).body();
        // What takes longer than a second comes as the last event of a stream.
        int data = body.lastIndexOf("data: ");
        return (Json.Obj) Json.parse(body.startsWith("{") ? body : body.substring(data + "data: ".length()));
    }

    /// A call of a tool that changes nothing, to be completed.
    HttpRequest.Builder reading(String path) {
        return request(path, "tools/call", "pve_node_list", "\"name\":\"pve_node_list\",\"arguments\":{},");
    }

    /// A call of this tool, to be completed.
    HttpRequest.Builder calling(String tool, String arguments) {
        return request("/mcp", "tools/call", tool, "\"name\":\"" + tool + "\",\"arguments\":" + arguments + ",");
    }

    private HttpRequest.Builder request(String path, String method, String name, String params) {
        return request(path, method, name, params, "");
    }

    private HttpRequest.Builder request(String path, String method, String name, String params, String capabilities) {
        var meta = "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\","
                + "\"io.modelcontextprotocol/clientCapabilities\":{" + capabilities + "}}";
        var body = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"" + method + "\",\"params\":{" + params + meta + "}}";
        var request = HttpRequest.newBuilder(URI.create(base + path))
                .header("Content-Type", "application/json")
                .header("Accept", "application/json, text/event-stream")
                .header("MCP-Protocol-Version", "2026-07-28")
                .header("Mcp-Method", method)
                .POST(HttpRequest.BodyPublishers.ofString(body));
        if (!name.isEmpty()) {
            request.header("Mcp-Name", name);
        }
        return request;
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    @Override
    public void close() {
        running.close();
        client.close();
    }
}
