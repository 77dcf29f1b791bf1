package pvemcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import pvemcp.cli.Exit;

/// Lines that are not as they should be: each is told what was probably meant, and ends with status 2.
class MistypedTest extends CommandLine {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            gust                        | did you mean 'guest'?
            gust list                   | did you mean 'guest list'?
            tasklist                    | did you mean 'task_list'?
            demoo                       | did you mean 'demo'?
            sim --prt 1                 | sim has no option '--prt' (did you mean '--port'?)
            guest list --jsno           | there is no option '--jsno' (did you mean '--json'?)
            audit tial                  | there is no 'audit tial' (did you mean 'tail'?): there are verify, tail
            token ad                    | there is no 'token ad' (did you mean 'add'?)
            completion bsh              | did you mean 'bash'?
            resource pve://gest/101     | did you mean 'pve://guest'?
            config all                  | 'all' is one word more than config takes
            """)
    void what_was_meant_is_said(String line, String told) {
        var ended = run(line.split(" ", -1));

        assertThat(ended.status()).isEqualTo(Exit.USAGE);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err()).contains(told);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            call             | TOOL ARGUMENT is missing: A tool in one word or several
            policy check     | CALL is missing
            completion       | SHELL is missing: bash, zsh or fish
            token            | ACTION is missing: add, list or remove
            audit show       | CALL is missing
            sim --port       | --port needs a value: Where it listens
            sim --port x     | 'x' is no whole number that fits
            sim --port 70000 | --port is 0 to 65535, not 70000
            audit tail -n x  | 'x' is no whole number that fits
            alive somewhere  | 'somewhere' is no address: write HOST:PORT
            alive http://127.0.0.1:8080 | 'http://127.0.0.1:8080' is no address: write HOST:PORT
            """)
    void what_is_missing_or_no_such_thing_is_said(String line, String told) {
        var ended = run(line.split(" ", -1));

        assertThat(ended.status()).isEqualTo(Exit.USAGE);
        assertThat(ended.out()).isEmpty();
        assertThat(ended.err()).contains(told);
    }

    @Test
    void what_has_no_words_or_strange_ones_is_no_more_than_a_wrong_line() {
        assertThat(run("policy", "check", "").err()).contains("it is: pve-mcp policy check");
        assertThat(run("audit", "show", "").status()).isEqualTo(Exit.USAGE);
        assertThat(run("").status()).isEqualTo(Exit.USAGE);
        assertThat(run("\u001b[31mgust").err()).contains("there is no command").doesNotContain("\u001b");
    }

    @Test
    void all_that_is_wrong_with_a_simulator_is_told_at_once() {
        var told = run("sim", "--scenario", "flet", "--nodes", "99", "--speed", "0");

        assertThat(told.status()).isEqualTo(Exit.USAGE);
        assertThat(told.err())
                .contains("did you mean 'fleet'?", "--nodes is 1 to 32, not 99", "--speed is above 0, not 0.0");
    }

    @Test
    void the_options_of_the_program_may_stand_before_the_words_of_a_tool() throws IOException {
        try (var _ = simulator()) {
            assertThat(run("--debug", "node", "list").out()).contains("pve1");
            assertThat(run("--color", "always", "node", "list").out()).contains("\u001b[");
            assertThat(run("--color=never", "node", "list").out()).contains("pve1");
        }
    }
}
