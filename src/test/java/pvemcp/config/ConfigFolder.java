package pvemcp.config;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import pvemcp.pve.Connection;

/// A folder whose files configure a server, and a home directory in it.
abstract class ConfigFolder {
    static final String PIN =
            "12:34:56:78:9A:BC:DE:F0:12:34:56:78:9A:BC:DE:F0:12:34:56:78:9A:BC:DE:F0:12:34:56:78:9A:BC:DE:F0";

    @TempDir
    Path directory;

    Path home;

    @BeforeEach
    void home() throws IOException {
        home = Files.createDirectory(directory.resolve("home"));
    }

    /// What is configured by the files that are there, and by this environment.
    final Config load(Map<String, String> env) {
        return Config.load(new Surroundings(env, directory, home));
    }

    /// The same with this in the file of the folder.
    final Config load(String toml, Map<String, String> env) throws IOException {
        write("pve-mcp.toml", toml, "rw-------");
        return load(env);
    }

    final List<String> problemsOf(Map<String, String> env) {
        return catchThrowableOfType(ConfigException.class, () -> load(env)).problems();
    }

    final List<String> problemsOf(String toml, Map<String, String> env) {
        return catchThrowableOfType(ConfigException.class, () -> load(toml, env))
                .problems();
    }

    /// @param mode such as `rw-------`
    final void write(String name, String text, String mode) throws IOException {
        var file = directory.resolve(name);
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    /// Of the first cluster.
    static Connection connection(Config config) {
        return config.clusters().getFirst().connection();
    }

    /// An environment with one cluster, entered by a token.
    static Map<String, String> token(String url) {
        return Map.of("PVE_MCP_URL", url, "PVE_MCP_TOKEN_ID", "mcp@pve!agent", "PVE_MCP_TOKEN_SECRET", "s3cret");
    }

    /// That environment with other settings in the place of one.
    ///
    /// @param key without its prefix, as those are that stand instead
    static Map<String, String> without(Map<String, String> env, String key, Map<String, String> instead) {
        var changed = new HashMap<>(env);
        changed.remove("PVE_MCP_" + key);
        instead.forEach((name, value) -> changed.put("PVE_MCP_" + name, value));
        return changed;
    }
}
