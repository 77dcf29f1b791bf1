package pvemcp.config;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// What a process is started in: all of it that configuration may come from.
///
/// @param env the environment
/// @param directory the working directory
/// @param home the user's home directory, for `~`
public record Surroundings(Map<String, String> env, Path directory, Path home) {
    public Surroundings {
        env = Map.copyOf(env);
    }

    /// Those of this process.
    public static Surroundings ofProcess() {
        var home = Optional.ofNullable(System.getenv("HOME")).filter(path -> !path.isEmpty());
        return new Surroundings(
                System.getenv(),
                Path.of("").toAbsolutePath(),
                Path.of(home.orElseGet(() -> System.getProperty("user.home", "/"))));
    }

    /// The variable's value; empty text for an unset one, as nobody means an empty value by setting it.
    public String variable(String name) {
        return env.getOrDefault(name, "");
    }

    /// The user's own configuration file, whether there is one or not.
    Path configuration() {
        var base = variable("XDG_CONFIG_HOME");
        var config = base.isEmpty() ? home.resolve(".config") : resolve(base);
        return config.resolve("pve-mcp").resolve("config.toml");
    }

    /// A path as somebody writes it, with `~` for the home directory and relative to the working directory.
    public Path resolve(String text) {
        if (text.equals("~")) {
            return home;
        }
        return text.startsWith("~/") ? home.resolve(text.substring(2)) : directory.resolve(text);
    }
}
