package pvemcp.systemd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.stream.JsonReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import pvemcp.Main;
import pvemcp.lab.Ports;

/// What systemd would say to this process, and what it would hear.
@Timeout(180)
class SupervisorTest {
    private static final Path ACTIVATE = Path.of("/usr/bin/systemd-socket-activate");

    @TempDir
    Path dir;

    private static Supervisor supervisor(Map<String, String> env) {
        return new Supervisor(name -> env.getOrDefault(name, ""), 4711);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void it_is_told_at_a_socket_in_the_file_system_or_at_an_abstract_one() throws Throwable {
        for (var name : List.of(dir.resolve("notify").toString(), "@pve-mcp-test-" + dir.getFileName())) {
            try (var systemd = new NotifySocket(name)) {
                var supervisor = supervisor(Map.of("NOTIFY_SOCKET", name));
                supervisor.ready("serving");
                supervisor.alive();
                supervisor.stopping();
                assertThat(systemd.next()).isEqualTo("READY=1\nSTATUS=serving");
                assertThat(systemd.next()).isEqualTo("WATCHDOG=1");
                assertThat(systemd.next()).isEqualTo("STOPPING=1");
            }
            assertThatThrownBy(() -> supervisor(Map.of("NOTIFY_SOCKET", name)).alive())
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(name);
        }
    }

    @Test
    void without_it_nothing_is_handed_over_and_nobody_told() throws IOException {
        var alone = supervisor(Map.of());
        alone.ready("serving");
        alone.stopping();
        assertThat(alone.socket()).isEmpty();
        assertThat(alone.watchdog()).isEmpty();
    }

    @Test
    void what_was_meant_for_another_process_is_not_taken() throws IOException {
        var env = Map.of("LISTEN_FDS", "1", "LISTEN_PID", "1", "WATCHDOG_USEC", "60000000", "WATCHDOG_PID", "1");
        assertThat(supervisor(env).socket()).isEmpty();
        assertThat(supervisor(env).watchdog()).isEmpty();
        assertThat(supervisor(Map.of("WATCHDOG_USEC", "60000000")).watchdog()).contains(Duration.ofMinutes(1));
    }

    @Test
    void more_sockets_than_one_are_refused() {
        var two = supervisor(Map.of("LISTEN_FDS", "2", "LISTEN_PID", "4711"));
        assertThatThrownBy(two::socket).hasMessageContaining("2 sockets").hasMessageContaining("ListenStream=");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void a_server_is_started_by_its_first_client_and_says_how_it_is() throws Throwable {
        assumeTrue(Files.isExecutable(ACTIVATE), "there is no systemd-socket-activate to open the socket");
        int port = Ports.free();
        var notify = dir.resolve("notify").toString();
        var command = new ArrayList<>(List.of(ACTIVATE.toString(), "--listen=127.0.0.1:" + port));
        for (var variable : List.of("NOTIFY_SOCKET=" + notify, "WATCHDOG_USEC=600000000", "HOME=" + dir)) {
            command.add("--setenv=" + variable);
        }
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                classPath(),
                "pvemcp.Main",
                "serve",
                "--http",
                "--demo"));
        try (var systemd = new NotifySocket(notify)) {
            var process = new ProcessBuilder(command).redirectErrorStream(true).start();
            try (var told = process.inputReader()) {
                // Until it listens.
                assertThat(told.readLine()).contains(Integer.toString(port));
                assertThat(get(port, "/readyz")).isEqualTo("ready\n");
                assertThat(get(port, "/mcp")).contains("takes POST");

                assertThat(systemd.next()).startsWith("READY=1\n").contains(":" + port + "/mcp");
                assertThat(systemd.next()).isEqualTo("WATCHDOG=1");
                process.destroy();
                assertThat(systemd.next()).isEqualTo("STOPPING=1");
                assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            } finally {
                process.destroyForcibly();
            }
        }
    }

    /// What a server needs before a tool is called.
    private static String classPath() throws URISyntaxException {
        var paths = new ArrayList<String>();
        for (var type : List.of(Main.class, CommandLine.class, JsonReader.class)) {
            var location = type.getProtectionDomain().getCodeSource().getLocation();
            paths.add(Path.of(location.toURI()).toString());
        }
        return String.join(File.pathSeparator, paths);
    }

    private static String get(int port, String path) throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(port, path)))
                .build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
    }
}
