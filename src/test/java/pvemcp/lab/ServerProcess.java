package pvemcp.lab;

import com.electronwill.nightconfig.core.UnmodifiableConfig;
import com.electronwill.nightconfig.toml.TomlParser;
import com.google.gson.stream.JsonReader;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.apache.hc.client5.http.classic.HttpClient;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http2.HttpVersionPolicy;
import org.h2.engine.Engine;
import org.postgresql.Driver;
import org.slf4j.Logger;
import org.slf4j.impl.StaticLoggerBinder;
import picocli.CommandLine;
import pvemcp.Main;

/// `pve-mcp` as a process of its own, in another JVM like this one.
public final class ServerProcess implements AutoCloseable {
    private static final Pattern ADDRESS = Pattern.compile("http://127\\.0\\.0\\.1:([0-9]+)/mcp");

    private final Process process;
    private final BufferedReader lines;

    private ServerProcess(Process process) {
        this.process = process;
        this.lines = process.inputReader(StandardCharsets.UTF_8);
    }

    /// @param home where it is at home, and runs
    /// @param env all else of its environment
    /// @param jvm options such as `-Xmx256m`
    public static ServerProcess start(Path home, Map<String, String> env, List<String> jvm, String... args)
            throws IOException {
        var path = ClassPath.of(
                Main.class,
                JsonReader.class,
                HttpClient.class,
                HttpHost.class,
                HttpVersionPolicy.class,
                Logger.class,
                StaticLoggerBinder.class,
                CommandLine.class,
                TomlParser.class,
                UnmodifiableConfig.class,
                Engine.class,
                Driver.class);
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-XX:+UseSerialGC");
        command.addAll(jvm);
        command.addAll(List.of("-cp", path, Main.class.getName()));
        command.addAll(List.of(args));
        var builder = new ProcessBuilder(command).directory(home.toFile()).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().putAll(Map.of("HOME", home.toString(), "LC_ALL", "C.UTF-8"));
        builder.environment().putAll(env);
        return new ServerProcess(builder.start());
    }

    public long pid() {
        return process.pid();
    }

    /// What it says next, on whichever stream, that has this in it.
    public MatchResult says(Pattern pattern) throws IOException {
        var said = new ArrayList<String>();
        for (var line = lines.readLine(); line != null; line = lines.readLine()) {
            var matcher = pattern.matcher(line);
            if (matcher.find()) {
                return matcher.toMatchResult();
            }
            said.add(line);
        }
        throw new IOException("it has ended, and said: " + String.join("\n", said));
    }

    /// The port on which it serves MCP, once it does.
    public int port() throws IOException {
        return Integer.parseInt(says(ADDRESS).group(1));
    }

    /// Who is told whatever else it says.
    public void tells(Consumer<String> listener) {
        Thread.ofVirtual().start(() -> {
            try {
                lines.lines().forEach(listener);
            } catch (UncheckedIOException _) {
                // The pipe breaks with the process.
            }
        });
    }

    /// `kill -9`.
    public void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
