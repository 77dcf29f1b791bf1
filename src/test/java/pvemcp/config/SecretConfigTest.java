package pvemcp.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import pvemcp.pve.Connection.Credential;
import pvemcp.pve.Secret;
import pvemcp.tool.BadArguments;

/// Where secrets come from and are left, and who else may read the files they are in.
class SecretConfigTest extends ConfigFolder {
    @Test
    void a_secret_comes_from_a_file_or_a_command_too() throws IOException {
        write("secret", "from-file\n", "rw-------");

        var file = load(without(token("https://pve1.example"), "TOKEN_SECRET", Map.of("TOKEN_SECRET_FILE", "secret")));
        var command = load(
                without(token("https://pve1.example"), "TOKEN_SECRET", Map.of("TOKEN_SECRET_COMMAND", "echo x'y'z")));

        assertThat(connection(file).credential())
                .isEqualTo(new Credential.Token("mcp@pve!agent", new Secret("from-file")));
        assertThat(connection(command).credential())
                .isEqualTo(new Credential.Token("mcp@pve!agent", new Secret("xyz")));
    }

    @Test
    void a_command_that_fails_is_named() {
        var config =
                load(without(token("https://pve1.example"), "TOKEN_SECRET", Map.of("TOKEN_SECRET_COMMAND", "exit 3")));

        var error = catchThrowableOfType(ConfigException.class, () -> connection(config));

        assertThat(error.problems())
                .containsExactly("PVE_MCP_TOKEN_SECRET_COMMAND: the command 'exit 3' ended with exit status 3");
    }

    /// As Kubernetes mounts the files of a secret in a pod with an `fsGroup`.
    @Test
    void a_file_of_roots_may_be_the_groups_to_read_but_nobody_elses_and_not_to_write() throws IOException {
        write("secret", "x", "r--r-----");
        var file = directory.resolve("secret");
        assumeThat(Files.getAttribute(file, "unix:uid")).isEqualTo(0);

        assertThat(SecretFile.whyNotPrivate(file, "pve-mcp")).isEmpty();
        assertThat(SecretFile.whyNotPrivate(file, "root")).get().asString().contains("can be read by others");
        for (var mode : List.of("rw-rw----", "r--r--r--", "r-----r--")) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
            assertThat(SecretFile.whyNotPrivate(file, "pve-mcp")).as(mode).isPresent();
        }
    }

    @Test
    void a_secret_file_that_others_can_read_is_refused_with_the_way_to_put_it_right() throws IOException {
        for (var mode : List.of("rw-r-----", "rw----r--", "rw-r--r--")) {
            write("secret", "x", mode);
            assertThat(problemsOf(without(
                            token("https://pve1.example"), "TOKEN_SECRET", Map.of("TOKEN_SECRET_FILE", "secret"))))
                    .singleElement()
                    .asString()
                    .contains("can be read by others (" + mode + "): chmod 600 '" + directory.resolve("secret"));
        }
    }

    @Test
    void a_secret_file_has_to_be_a_regular_file_with_something_in_it_in_a_safe_place() throws IOException {
        var open = Files.createDirectory(directory.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
        write("open/secret", "x", "rw-------");
        write("empty", "\n", "rw-------");
        var link = Files.createSymbolicLink(directory.resolve("link"), open.resolve("secret"));
        var expected = Map.of(
                "missing",
                "does not exist",
                "home",
                "is not a regular file",
                "empty",
                "is empty",
                "open/secret",
                "can be written by everybody: chmod o-w",
                link.getFileName().toString(),
                "can be written by everybody: chmod o-w");

        expected.forEach((file, why) -> assertThat(problemsOf(
                        without(token("https://pve1.example"), "TOKEN_SECRET", Map.of("TOKEN_SECRET_FILE", file))))
                .singleElement()
                .asString()
                .startsWith("PVE_MCP_TOKEN_SECRET_FILE: ")
                .contains(why));
    }

    @Test
    void a_file_with_a_secret_in_it_is_its_owners_alone() throws IOException {
        write("pve-mcp.toml", "url = 'https://pve1'\ntoken_id = 'a@pve!b'\ntoken_secret = 'c'\n", "rw-r--r--");

        assertThat(problemsOf(Map.of()))
                .singleElement()
                .asString()
                .contains("chmod 600")
                .contains("_file or _command");
    }

    @Test
    void a_file_that_everybody_can_write_decides_nothing() throws IOException {
        write("pve-mcp.toml", "policy.destroy = 'allow'\n", "rw-rw-rw-");

        assertThat(problemsOf(Map.of())).singleElement().asString().contains("can be written by everybody");
    }

    @Test
    void dotenv_runs_no_command() throws IOException {
        write(".env", "PVE_MCP_TOKEN_SECRET_COMMAND=touch owned\n", "rw-------");

        assertThat(problemsOf(Map.of()))
                .singleElement()
                .asString()
                .startsWith(".env:1: ")
                .contains("not taken from .env");
    }

    @Test
    void a_secret_is_masked_wherever_a_setting_is_shown() {
        var config = load(token("https://pve1.example"));

        assertThat(config.settings().toString()).contains("mcp@pve!agent").doesNotContain("s3cret");
        assertThat(config.clusters().toString()).doesNotContain("s3cret");
    }

    @Test
    void a_secret_that_others_can_read_is_not_used() throws IOException {
        var secrets = Files.createDirectory(directory.resolve("secrets"));
        var file = Files.writeString(secrets.resolve("root"), "hunter2\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        var env = Map.of("PVE_MCP_SECRETS_DIRECTORY", secrets.toString());
        var vault = Config.load(new Surroundings(env, directory, home)).vault();

        var refused = catchThrowableOfType(BadArguments.class, () -> vault.named("password", "secret:root"));
        assertThat(refused).hasMessageContaining("can be read by others").hasMessageNotContaining("hunter2");

        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        assertThat(vault.named("password", "secret:root")).isEqualTo(new Secret("hunter2"));
    }

    @Test
    void what_is_for_a_person_goes_into_files_of_their_own_that_only_they_can_read() throws IOException {
        var env = Map.of("PVE_MCP_SECRETS_HANDOVER", directory.resolve("for-me").toString());
        var vault = Config.load(new Surroundings(env, directory, home)).vault();

        var first = vault.hand("console-101", ".json", "{}");
        var second = vault.hand("console-101", ".json", "[]");

        assertThat(first).hasContent("{}");
        assertThat(second).isNotEqualTo(first).hasContent("[]");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(second)))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(second.getParent())))
                .isEqualTo("rwx------");
    }
}
