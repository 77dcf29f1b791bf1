package pvemcp.cli;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import pvemcp.config.Surroundings;
import pvemcp.text.Word;

/// The clients whose configuration is known, each as its documentation has it in autumn 2026.
enum Client {
    CLAUDE_DESKTOP("Claude Desktop", new Form.JsonFile(List.of("mcpServers"), false)),
    CLAUDE_CODE("Claude Code", new Form.JsonFile(List.of("mcpServers"), true)),
    CURSOR("Cursor", new Form.JsonFile(List.of("mcpServers"), false)),
    VS_CODE("VS Code", new Form.JsonFile(List.of("servers"), true)),
    CODEX("Codex CLI", new Form.TomlFile("mcp_servers")),
    GEMINI("Gemini CLI", new Form.JsonFile(List.of("mcpServers"), false)),
    GOOSE(
            "Goose",
            new Form.YamlFile(
                    "extensions",
                    List.of("enabled: true", "type: stdio", "name: pve", "timeout: 300", "cmd: %s"),
                    "envs")),
    HERMES("Hermes", new Form.YamlFile("mcp_servers", List.of("command: %s"), "env")),
    OPENCLAW("OpenClaw", new Form.JsonFile(List.of("mcp", "servers"), false)),
    OPEN_WEBUI("Open WebUI", new Form.ByHand("""
            Open WebUI takes MCP over HTTP alone:
              %s serve --http
            then in it: Admin Settings, External Tools, Add Server,
              Type  MCP (Streamable HTTP)
              URL   http://127.0.0.1:8765/mcp
            From another machine or a container it needs a token: pve-mcp token --help
            """));

    /// How a client is told of a server.
    private sealed interface Form {
        /// @param path the members down to the one that lists the servers
        record JsonFile(List<String> path, boolean typed) implements Form {}

        record TomlFile(String table) implements Form {}

        /// @param fields with `%s` for the command
        /// @param variables what the environment is called
        record YamlFile(String section, List<String> fields, String variables) implements Form {}

        /// @param text with `%s` for the command
        record ByHand(String text) implements Form {}
    }

    private final String title;
    private final Form form;

    Client(String title, Form form) {
        this.title = title;
        this.form = form;
    }

    String title() {
        return title;
    }

    /// As it is named on the command line: `claude-desktop`.
    String word() {
        return Word.of(this).replace('_', '-');
    }

    static List<String> words() {
        return Arrays.stream(values()).map(Client::word).toList();
    }

    /// What is to be added by hand.
    String shown(Entry entry) {
        return switch (form) {
            case Form.JsonFile(var path, var typed) -> entry.json(path, typed).pretty() + "\n";
            case Form.TomlFile(var table) -> entry.toml(table);
            case Form.YamlFile(var section, var fields, var variables) -> entry.yaml(section, fields, variables);
            case Form.ByHand(var text) -> text.formatted(entry.command());
        };
    }

    /// The file with the entry in it.
    String merged(String file, Entry entry) throws Entry.Unfit {
        return switch (form) {
            case Form.JsonFile(var path, var typed) -> entry.intoJson(file, path, typed);
            case Form.TomlFile(var table) -> entry.intoToml(file, table);
            case Form.YamlFile(var section, var fields, var variables) ->
                entry.intoYaml(file, section, fields, variables);
            case Form.ByHand _ -> throw new Entry.Unfit("it has no file for this");
        };
    }

    /// The user's own configuration of it; empty where that is in no file.
    ///
    /// @param system `os.name` of Java
    Optional<Path> file(Surroundings surroundings, String system) {
        var home = surroundings.home();
        var programs = programs(surroundings, system);
        return switch (this) {
            case CLAUDE_DESKTOP -> Optional.of(programs.resolve("Claude/claude_desktop_config.json"));
            case CLAUDE_CODE -> Optional.of(home.resolve(".claude.json"));
            case CURSOR -> Optional.of(home.resolve(".cursor/mcp.json"));
            case VS_CODE -> Optional.of(programs.resolve("Code/User/mcp.json"));
            case CODEX -> Optional.of(of(surroundings, "CODEX_HOME", ".codex").resolve("config.toml"));
            case GEMINI -> Optional.of(home.resolve(".gemini/settings.json"));
            case GOOSE ->
                Optional.of(
                        system.startsWith("Windows")
                                ? programs.resolve("Block/goose/config/config.yaml")
                                : home.resolve(".config/goose/config.yaml"));
            case HERMES ->
                Optional.of(of(surroundings, "HERMES_HOME", ".hermes").resolve("config.yaml"));
            case OPENCLAW -> Optional.of(home.resolve(".openclaw/openclaw.json"));
            case OPEN_WEBUI -> Optional.empty();
        };
    }

    private static Path of(Surroundings surroundings, String variable, String usual) {
        var named = surroundings.variable(variable);
        return named.isEmpty() ? surroundings.home().resolve(usual) : surroundings.resolve(named);
    }

    /// Where a system keeps the configuration of programs with windows.
    private static Path programs(Surroundings surroundings, String system) {
        if (system.startsWith("Mac")) {
            return surroundings.home().resolve("Library/Application Support");
        }
        return system.startsWith("Windows")
                ? of(surroundings, "APPDATA", "AppData/Roaming")
                : of(surroundings, "XDG_CONFIG_HOME", ".config");
    }
}
