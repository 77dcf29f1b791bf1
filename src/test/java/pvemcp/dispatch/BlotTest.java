package pvemcp.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import pvemcp.json.Json;
import pvemcp.lab.Lab;
import pvemcp.lab.Scenes;
import pvemcp.tool.ToolResult;

/// Secrets that a caller puts where none belongs are not written down.
class BlotTest {
    private static final String SECRET = "hunter2hunter2";

    private static Lab lab;

    @BeforeAll
    static void begin() {
        lab = Lab.of(Scenes.small());
    }

    @AfterAll
    static void end() {
        lab.close();
    }

    @ParameterizedTest
    @MethodSource("texts")
    void what_looks_like_a_secret_is_not_in_the_audit_log(String text) {
        var said = text.formatted(SECRET);
        lab.call("pve_guest_notes", "guest", "nobody", "text", said);
        lab.call("pve_api_write", "method", "put", "path", "/no/such/path", "params", Json.obj("notes", said));
        lab.call("pve_api_write", "method", "post", "path", "/nodes/pve1/x?y=" + said);
        lab.call("pve_guest_exec", "guest", "dns", "command", List.of("sh", "-c", said));
        assertThat(lab.auditLines()).hasSizeGreaterThanOrEqualTo(4);
        assertThat(lab.auditLines().toString()).doesNotContain(SECRET).contains("•••");
    }

    @Test
    void nor_is_it_where_the_log_says_what_was_sent() {
        try (var other = Lab.of(Scenes.small())) {
            texts().forEach(text -> {
                var pool = Json.obj(
                        "poolid", "p" + Integer.toHexString(text.hashCode()), "comment", text.formatted(SECRET));
                assertThat(other.call("pve_api_write", "method", "post", "path", "/pools", "params", pool))
                        .isInstanceOf(ToolResult.Done.class);
                assertThat(other.audit().getLast().array("sent").orElseThrow().write())
                        .as(text)
                        .contains("POST /pools", "•••")
                        .doesNotContain(SECRET);
            });
        }
    }

    static Stream<String> texts() {
        return Stream.of(
                "password=%s",
                "the root password: %s, do not tell",
                "PASSWD = '%s'",
                "{\"api_key\":\"%s\"}",
                "db-password=\"%s\"",
                "{\"password\": \"correct horse %s\"}",
                "password => '%s'",
                "AWS_SECRET_ACCESS_KEY=%s",
                "curl -u joe:%s x",
                "PGPASSWORD=%s psql",
                "mysql --password %s -e x",
                "tool --api-key=%s",
                "curl -H 'Authorization: Bearer %s' x",
                "PVEAPIToken=root@pam!x=%s",
                "https://user:%s@example.org/x",
                "PVE:root@pam:65A1B2C3::%s",
                "-----BEGIN OPENSSH PRIVATE KEY-----\n%s\n-----END OPENSSH PRIVATE KEY-----",
                "-----BEGIN PRIVATE KEY-----\n%s");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"password", "rootPassword", "api-key", "api_key", "passwd", "access_token", "client.secret"})
    void nor_is_what_stands_under_such_a_name_on_a_path_that_is_none(String name) {
        var params = Json.obj("deep", Json.obj(name, SECRET), name, SECRET);
        lab.call("pve_api_write", "method", "put", "path", "/no/such/path", "params", params);
        lab.call("pve_api_write", "method", "put", "path", "/no/such/path?a=1&" + name + "=" + SECRET);
        assertThat(lab.auditLines().toString()).doesNotContain(SECRET);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/cluster/acme/plugins/x",
                "/cluster/%61cme/plugins/x",
                "/api2/json/cluster/acme/plugins/x",
                "cluster//acme/plugins/x"
            })
    void a_place_of_secrets_is_one_in_every_spelling(String path) {
        lab.call("pve_api_write", "method", "put", "path", path, "params", Json.obj("data", SECRET));
        lab.call("pve_api_write", "method", "put", "path", path + "?data=" + SECRET);
        assertThat(lab.auditLines().toString()).doesNotContain(SECRET);
    }

    @Test
    void what_only_speaks_of_secrets_stays() {
        for (var text : List.of(
                "tokenid=agent",
                "the password is in the safe",
                "privsep=1",
                "http://[::1]:8006/x",
                "key: value",
                "12:30")) {
            assertThat(Blot.out(text)).isEqualTo(text);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "-", "--a", "pass", "token ", "://a:", "PVE:", "PVEA", "-----BEGIN ", "\"", "Bearer "})
    void however_long_a_text_is_it_is_soon_done(String part) {
        var text = part.repeat(1_000_000 / part.length());
        assertTimeoutPreemptively(Duration.ofSeconds(30), () -> Blot.out(text));
    }
}
