package pvemcp.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What a client waits for at every start: the way from the JVM's first class to the answered `tools/list`.
class StartTest {
    /// Classes made or loaded only because of one of these, each with what it stands for.
    private static final List<String> UNWANTED = List.of(
            "$$TypeSwitch", // a switch over patterns
            "java.lang.runtime.ObjectMethods", // a record's equals or hashCode
            "java.util.Formatter",
            "java.util.stream.",
            "java.util.regex.Pattern ",
            "java.security.SecureRandom",
            "java.math.BigDecimal ", // works out 5^65536 before its first use
            "jdk.internal.misc.CarrierThread "); // a virtual thread

    @Test
    void the_first_list_needs_nothing_that_is_slow_to_load() throws IOException, InterruptedException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xlog:class+load:stderr");
        command.addAll(List.of(WorkshopProcess.arguments()));
        var process = new ProcessBuilder(command).start();
        try (var in = process.getOutputStream()) {
            in.write("""
                    {"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25",\
                    "capabilities":{},"clientInfo":{"name":"test","version":"1"}}}
                    {"jsonrpc":"2.0","method":"notifications/initialized"}
                    {"jsonrpc":"2.0","id":1,"method":"tools/list"}
                    """.getBytes(StandardCharsets.UTF_8));
        }
        var loaded = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        assertThat(loaded).contains("pvemcp.mcp.Legacy ");
        assertThat(loaded.lines().filter(line -> UNWANTED.stream().anyMatch(line::contains)))
                .isEmpty();
    }
}
