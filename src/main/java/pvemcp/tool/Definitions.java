package pvemcp.tool;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
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

    private static final String NAME = "{\"name\":\"";

    private final Map<String, String> lines = new HashMap<>();

    private Definitions() {}

    public static Definitions none() {
        return new Definitions();
    }

    /// What the program ships.
    public static Definitions shipped() {
        var definitions = new Definitions();
        var stream = Definitions.class.getResourceAsStream("/" + RESOURCE);
        if (stream == null) {
            return definitions;
        }
        try (var reader = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            for (var line = reader.readLine(); line != null; line = reader.readLine()) {
                // {"name":"pve_guest_list","description":…
                int end = line.indexOf('"', NAME.length());
                if (line.startsWith(NAME) && end > 0) {
                    definitions.lines.put(line.substring(NAME.length(), end), line);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return definitions;
    }

    /// The definition as JSON text, on one line.
    public Optional<String> of(String tool) {
        return Optional.ofNullable(lines.get(tool));
    }
}
