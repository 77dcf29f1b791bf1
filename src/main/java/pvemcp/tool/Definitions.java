package pvemcp.tool;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The tools' definitions as they were derived from their declarations and put down in a resource, a line each. They
/// are read at the start instead of being derived, since reading annotations makes the JVM generate classes that no
/// start-up cache holds (ADR 0012). A test keeps the file equal to what is derived; a tool it lacks is derived.
public final class Definitions {
    /// Below `src/main/resources`.
    public static final String RESOURCE = "pvemcp/tool/definitions.jsonl";

    /// The system property that says where the launcher has the same as a file of its own: to open a jar of 1,600
    /// entries takes longer than all else that is done for them.
    private static final String FILE = "pvemcp.definitions";

    private static final String NAME = "{\"name\":\"";

    private static final Definitions SHIPPED = new Definitions();
    private static final Definitions NONE = new Definitions();

    private Optional<Map<String, String>> lines = Optional.empty(); // guarded by this

    private Definitions() {}

    public static Definitions none() {
        return NONE;
    }

    /// What the program ships; read when it is first asked for. Safe for use by several threads.
    public static Definitions shipped() {
        return SHIPPED;
    }

    /// The definition as JSON text, on one line.
    public synchronized Optional<String> of(String tool) {
        if (lines.isEmpty()) {
            lines = Optional.of(this == SHIPPED ? read() : Map.of());
        }
        return Optional.ofNullable(lines.get().get(tool));
    }

    /// Whole and cut at its line ends: at the start a reader of lines, which goes through it a character at a time
    /// before any of that is compiled, cost 4 ms.
    private static Map<String, String> read() {
        var lines = new HashMap<String, String>();
        var text = text();
        int from = 0;
        for (int to = text.indexOf('\n'); from < text.length(); to = text.indexOf('\n', from)) {
            int end = to < 0 ? text.length() : to;
            // {"name":"pve_guest_list","description":...
            int quote = text.indexOf('"', from + NAME.length());
            if (text.startsWith(NAME, from) && quote > 0) {
                lines.put(text.substring(from + NAME.length(), quote), text.substring(from, end));
            }
            from = end + 1;
        }
        return lines;
    }

    private static String text() {
        var file = System.getProperty(FILE, "");
        if (!file.isEmpty()) {
            try (var stream = new FileInputStream(file)) {
                return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException _) {
                // The jar has them too.
            }
        }
        try (var stream = Definitions.class.getResourceAsStream("/" + RESOURCE)) {
            return stream == null ? "" : new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
