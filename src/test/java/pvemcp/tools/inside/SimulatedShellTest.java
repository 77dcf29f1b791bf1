package pvemcp.tools.inside;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import pvemcp.lab.Lab;
import pvemcp.lab.LabAssert;
import pvemcp.lab.Scenes;

/// Scripts that an agent sends to a simulated guest: those of a common shell end as there, others are refused.
class SimulatedShellTest {
    private static final String[] PARTS = {
        "if",
        "then",
        "else",
        "fi",
        "while",
        "do",
        "done",
        "for",
        "x",
        "in",
        "{",
        "}",
        "(",
        ")",
        "$(",
        "'",
        "\"",
        "`",
        "\\",
        ";",
        "&&",
        "||",
        "|",
        "&",
        ">",
        "<",
        "2>&1",
        ">>",
        "<<",
        "$x",
        "${x}",
        "$((",
        "))",
        "x=1",
        "*",
        "[",
        "]",
        "a[",
        "true",
        "false",
        "echo a",
        "exit",
        "break",
        "continue",
        "exec",
        "head -n",
        "tail -c",
        "sleep",
        "printf",
        "%s",
        "%q 1",
        "tr",
        "dirname",
        "stat -c",
        "sh -c",
        "1",
        "-1",
        "99999999999999999999",
        "#",
        "!",
        ""
    };

    private static Lab lab;

    @BeforeAll
    static void start() {
        lab = Lab.of(Scenes.small())
                .with(cluster -> cluster.guests.values().stream()
                        .filter(guest -> !guest.isContainer())
                        .forEach(guest -> guest.config.put("agent", "1")));
    }

    @AfterAll
    static void end() {
        lab.close();
    }

    /// As an answer shows it, in which the boundary of the lab's fences is no part of what a guest said.
    private static String shown(String text) {
        return text.replace('x', '•');
    }

    private static LabAssert run(String script) {
        return LabAssert.assertThat(
                lab.call("pve_guest_exec", "guest", "web", "command", List.of(script), "shell", true, "timeout", "5s"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '´', textBlock = """
            echo 'a                         | Unterminated quoted string
            echo "a                         | Unterminated quoted string
            echo ${a                        | Missing '}'
            echo $((1+1)                    | Missing '))'
            echo $(echo a                   | end of file unexpected (expecting ")")
            if true; then echo never        | end of file unexpected (expecting "fi")
            if true; fi                     | "fi" unexpected
            while true; echo never          | end of file unexpected (expecting "do")
            for x in 1 2; do echo never     | end of file unexpected (expecting "done")
            for x in 1 > 2; do echo never   | redirection unexpected
            { echo never                    | end of file unexpected (expecting "}")
            fi                              | "fi" unexpected
            )                               | ")" unexpected
            true &&                         | end of file unexpected
            && true                         | "&&" unexpected
            OR true                         | "OR" unexpected
            true >                          | end of file unexpected
            if true; then true; fi echo     | word unexpected
            """)
    void a_script_that_no_shell_reads_is_a_syntax_error(String script, String why) {
        run(script.replace("OR", "|"))
                .shows("exit: 2", shown("sh: 1: Syntax error: " + why.replace("OR", "|")))
                .showsNot("never");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            (cd /; pwd)                         | subshells or functions
            echo `hostname`                     | backquotes; $(…) is known
            case a in a) echo a;; esac          | case
            cat <<END                           | here-documents
            echo $((6*7))                       | arithmetic but + and -
            ls /etc/[ab*                        | such patterns of file names
            """)
    void what_the_simulated_shell_lacks_is_said_instead_of_done_in_another_way(String script, String what) {
        run(script).shows("exit: 2", shown("sh: 1: the simulated shell knows no " + what));
    }

    @Test
    void what_a_loop_or_a_choice_writes_goes_where_it_is_sent() {
        var script = """
                for x in 1 2; do echo "n $x"; done > /tmp/out;
                if true; then echo last; fi >> /tmp/out;
                while [ "$x" -lt 4 ]; do x=$((x+1)); echo "w $x"; done | cat >> /tmp/out;
                cat /tmp/out""";
        run(script.replace('\n', ' ')).shows("exit: 0", "n 1\nn 2\nlast\nw 3\nw 4");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            while true; do true; done
            while true; do sleep 10; done; echo over
            for a in 1 2; do while true; do echo $a; done; done
            """)
    void a_loop_without_an_end_goes_on_until_the_time_is_up(String script) {
        run(script).shows("outcome: still running after 5 s").showsNot("over");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            x='sh -c "$x"'; sh -c "$x"              | Cannot fork
            x=ab; while true; do x=$x$x; done       | Out of space
            exit now                                | exit: Illegal number: now
            x=now; echo $((x+1))                    | Illegal number: now
            head -n many /etc/hostname              | head: not with these arguments in a simulated guest
            """)
    void what_a_guest_refuses_to_do_is_said(String script, String why) {
        run(script).shows("exit: 2", shown(why));
    }

    @Test
    void formats_that_take_no_value_are_printed_once() {
        run("printf '100%% %x' 1 2").shows("exit: 0");
    }

    @Test
    void no_script_whatever_keeps_the_guest_from_answering() {
        var random = new Random(9);
        for (int i = 0; i < 200; i++) {
            var script = new StringBuilder();
            for (int parts = 1 + random.nextInt(12); parts > 0; parts--) {
                script.append(PARTS[random.nextInt(PARTS.length)]).append(random.nextInt(4) == 0 ? "" : " ");
            }
            if (!script.toString().isBlank()) {
                run(script.toString()).shows("outcome: ");
            }
        }
        run("echo still here").shows("still here");
    }
}
