package pvemcp.packages;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import pvemcp.json.Json;

/// One run of a program, from start to end.
record Run(int exit, String out, String err) {
    /// An environment in which no Java is found, nor anything else.
    static final Map<String, String> BARE = Map.of("PATH", "/nowhere", "HOME", "/nowhere");

    /// @param env all of its environment
    static Run of(List<String> command, Map<String, String> env) throws IOException, InterruptedException {
        return in(Path.of(""), command, env);
    }

    static Run in(Path folder, List<String> command, Map<String, String> env) throws IOException, InterruptedException {
        var process = start(folder, command, env);
        process.getOutputStream().close();
        var err = read(process);
        var out = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(120, TimeUnit.SECONDS))
                .as(command.toString())
                .isTrue();
        return new Run(process.exitValue(), out, err.join());
    }

    /// Speaks MCP with a program and asks for its tools.
    ///
    /// @return their names
    static List<String> tools(Path folder, List<String> command, Map<String, String> env)
            throws IOException, InterruptedException {
        var process = start(folder, command, env);
        var err = read(process);
        Json.Obj answer;
        try (var to = process.outputWriter(UTF_8);
                var from = new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
            to.write("""
                    {"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25",\
                    "capabilities":{},"clientInfo":{"name":"test","version":"1"}}}
                    {"jsonrpc":"2.0","method":"notifications/initialized"}
                    {"jsonrpc":"2.0","id":1,"method":"tools/list"}
                    """);
            to.flush();
            assertThat(from.readLine()).contains("\"serverInfo\"");
            answer = (Json.Obj) Json.parse(from.readLine());
        }
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(err.join()).isEmpty();
        assertThat(process.exitValue()).isZero();
        return answer.object("result").orElseThrow().array("tools").orElseThrow().items().stream()
                .map(tool -> ((Json.Obj) tool).text("name").orElseThrow())
                .toList();
    }

    private static Process start(Path folder, List<String> command, Map<String, String> env) throws IOException {
        var builder =
                new ProcessBuilder(command).directory(folder.toAbsolutePath().toFile());
        builder.environment().clear();
        builder.environment().putAll(env);
        return builder.start();
    }

    private static CompletableFuture<String> read(Process process) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return new String(process.getErrorStream().readAllBytes(), UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }
}
