package pvemcp.mcp;

import com.google.gson.stream.JsonReader;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The [Workshop] as a process of its own, on its real standard streams.
final class WorkshopProcess {
    private WorkshopProcess() {}

    public static void main(String[] args) throws IOException {
        try (var stdio = Stdio.ofProcess()) {
            System.out.println("a stray print, which must not reach the client");
            stdio.serve(Peer.workshop());
        }
    }

    /// What starts it in another JVM like this one.
    static String[] arguments() {
        var classPath = Stream.of(WorkshopProcess.class, McpServer.class, JsonReader.class)
                .map(WorkshopProcess::location)
                .collect(Collectors.joining(File.pathSeparator));
        var name = WorkshopProcess.class.getName();
        return new String[] {"-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", classPath, name};
    }

    private static String location(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }
}
