package pvemcp.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import pvemcp.text.Reason;

/// The `.env` file of the working directory: `NAME=value` a line, `#` comments, an `export` in front and quotes
/// around the value allowed. Nothing is expanded.
///
/// @param variables by name, each with the line it stands on
record EnvFile(Map<String, Line> variables) {
    record Line(String value, int number) {}

    static final EnvFile NONE = new EnvFile(Map.of());

    static EnvFile read(Path file, List<String> problems) {
        if (!Files.isRegularFile(file)) {
            return NONE;
        }
        var variables = new LinkedHashMap<String, Line>();
        try {
            int number = 0;
            for (var raw : Files.readAllLines(file)) {
                number++;
                var line = raw.strip();
                if (line.isEmpty() || line.startsWith("#")) {
                    continue;
                }
                if (line.startsWith("export ")) {
                    line = line.substring("export ".length()).strip();
                }
                int equals = line.indexOf('=');
                // Other programs keep other things here, so what is no assignment is theirs.
                if (equals > 0) {
                    variables.put(
                            line.substring(0, equals).strip(), new Line(value(line.substring(equals + 1)), number));
                }
            }
        } catch (IOException e) {
            problems.add("%s: cannot be read (%s)".formatted(file, Reason.alone(e)));
        }
        return new EnvFile(variables);
    }

    private static String value(String written) {
        var text = written.strip();
        if (text.isEmpty()) {
            return "";
        }
        char first = text.charAt(0);
        if (first == '"' || first == '\'') {
            int end = text.indexOf(first, 1);
            return end < 0 ? text : text.substring(1, end);
        }
        int comment = text.indexOf(" #");
        return comment < 0 ? text : text.substring(0, comment).strip();
    }
}
