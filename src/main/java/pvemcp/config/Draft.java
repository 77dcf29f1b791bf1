package pvemcp.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// A configuration file as it would be with another connection: what else is in it (policy, further clusters) stays.
///
/// @param file where it would be, which is where the server looks for it whatever directory it is started in
public record Draft(Path file, String text) {
    private static final Pattern KEY = Pattern.compile("\\s*([a-z_]+)\\s*=.*");

    /// @param values by the spelling of the key, for the cluster without a name; what it had is taken away
    /// @throws IOException where there is a file that cannot be read
    public static Draft of(Surroundings surroundings, Map<String, String> values) throws IOException {
        var named = surroundings.variable("PVE_MCP_CONFIG");
        var file = named.isEmpty() ? surroundings.configuration() : surroundings.resolve(named);
        var text = new StringBuilder();
        values.forEach((spelling, value) -> text.append("%s = %s\n".formatted(spelling, quoted(value))));
        if (Files.exists(file)) {
            var rest = withoutConnection(Files.readString(file));
            text.append(rest.isBlank() ? "" : "\n" + rest.stripLeading());
        }
        return new Draft(file, text.toString());
    }

    /// A TOML basic string.
    public static String quoted(String value) {
        return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    /// Keys before the first table belong to the cluster without a name. A value may be an array over several lines.
    private static String withoutConnection(String text) {
        var kept = new StringBuilder();
        boolean top = true;
        int open = 0;
        for (var line : text.lines().toList()) {
            if (open > 0) {
                open += depth(line);
                continue;
            }
            top &= !line.stripLeading().startsWith("[");
            var key = KEY.matcher(line);
            if (top && key.matches() && ofConnection(key.group(1))) {
                open = depth(line);
                continue;
            }
            kept.append(line).append('\n');
        }
        return kept.toString();
    }

    private static boolean ofConnection(String spelling) {
        return Key.spelt(spelling)
                .filter(key -> key.ofCluster() && key != Key.TIMEOUT)
                .isPresent();
    }

    private static int depth(String line) {
        return (int) (line.chars().filter(c -> c == '[').count()
                - line.chars().filter(c -> c == ']').count());
    }

    /// Reads it as the server will, with nothing written in its place yet.
    ///
    /// @throws ConfigException with all that is wrong
    public Config read(Surroundings surroundings) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        var trial = PrivateFile.beside(file.toAbsolutePath());
        try {
            Files.writeString(trial, text);
            var env = new HashMap<>(surroundings.env());
            overriding(surroundings).forEach(env::remove);
            env.put("PVE_MCP_CONFIG", trial.toString());
            return Config.load(new Surroundings(env, surroundings.directory(), surroundings.home()));
        } catch (ConfigException e) {
            throw new ConfigException(e.problems().stream()
                    .map(problem -> problem.replace(trial.toString(), file.toString()))
                    .toList());
        } finally {
            Files.deleteIfExists(trial);
        }
    }

    /// The variables that say something else and win over the file.
    public List<String> overriding(Surroundings surroundings) {
        var names = new ArrayList<String>();
        for (var key : Key.values()) {
            for (var spelling : key.ofCluster() ? key.spellings() : List.<String>of()) {
                var name = Key.variable(spelling);
                if (!surroundings.variable(name).isEmpty()) {
                    names.add(name);
                }
            }
        }
        return names;
    }

    /// Puts it in place.
    ///
    /// @return the copy of what was there
    public Optional<Path> write(Instant now) throws IOException {
        return PrivateFile.replace(file, text, now);
    }
}
