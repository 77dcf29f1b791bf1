package pvemcp.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jline.utils.AttributedString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pvemcp.lab.Golden;

/// What a person sees. JLine, which has tables of its own, says how wide a line is.
class TerminalTest {
    private static final String UPID = "UPID:pve1:00001357:0C90BD1E:6B017281:qmshutdown:101:mcp@pve!sim:";
    private static final View ANSWER = View.Stack.of(
            new View.Text("4 guests: 3 running, 1 stopped; the sentence of the answer is broken where a line ends"),
            new View.Table(
                    List.of("id", "name", "status", "node", "cpu", "mem", "task"),
                    List.of(
                            List.of("101", "web", "running", "pve1", "3 %", "1.4 GiB", UPID),
                            List.of("102", "データベース-本番", "running", "pve1", "22 %", "13.6 GiB", ""),
                            List.of("103", "a-name-that-nobody-types-twice", "stopped", "pve2", "", "", UPID),
                            List.of("104", "cafe\u0301 ✅ 🦊", "running", "pve1", "9 %", "2.2 GiB", ""))),
            new View.Facts(List.of(
                    new View.Fact("name", "web"),
                    new View.Fact("notes", "Serves the shop, and has done so since long before anybody kept notes."),
                    new View.Fact("task", UPID))),
            new View.Log(
                    "task log", List.of("starting", "the connection to the storage was lost while it was in use")));

    @ParameterizedTest
    @ValueSource(ints = {40, 80, 200})
    void an_answer_fits_the_width(int width) {
        var shown = new Terminal(width, false).render(ANSWER);

        // What has no blank stays whole: whoever copies it needs all of it.
        assertThat(shown.lines().filter(line -> !line.contains(UPID)))
                .allSatisfy(line -> assertThat(cells(line)).isLessThanOrEqualTo(width));
        Golden.check("src/test/snapshots/terminal/answer-%d.txt".formatted(width), shown);
    }

    @ParameterizedTest
    @ValueSource(ints = {40, 80, 200})
    void colours_take_no_room(int width) {
        var plain = new Terminal(width, false).render(ANSWER);
        var coloured = new Terminal(width, true).render(ANSWER);

        assertThat(coloured).contains("\u001b[32mrunning\u001b[0m");
        assertThat(AttributedString.stripAnsi(coloured)).isEqualTo(plain);
    }

    @Test
    void a_number_is_never_cut() {
        var table = new View.Table(
                List.of("name", "size"), List.of(List.of("a-name-that-takes-all-the-room-there-is", "1,234,567")));

        assertThat(new Terminal(20, false).render(table)).isEqualTo("""
                name            size
                a-name-t…  1,234,567""");
    }

    @Test
    void columns_without_room_are_named() {
        var table = new View.Table(List.of("one", "two", "three"), List.of(List.of("a", "bbbbbbbbbb", "cccccccccc")));

        assertThat(new Terminal(15, false).render(table)).isEqualTo("""
                one  two
                a    bbbbbbbbbb
                no room for:
                three""");
    }

    @Test
    void without_a_width_nothing_is_cut() {
        assertThat(new Terminal(0, false).render(ANSWER))
                .contains(UPID, "a-name-that-nobody-types-twice", "broken where a line ends")
                .doesNotContain("…", "no room");
    }

    @Test
    void progress_is_one_line_that_fits() {
        for (int width : List.of(40, 80, 200)) {
            for (var fraction : List.of(-1.0, 0.0, 0.456, 1.0, 1.2)) {
                var line = new Terminal(width, true).progress(fraction, "transferred データ ".repeat(20));
                assertThat(cells(AttributedString.stripAnsi(line))).isLessThanOrEqualTo(width);
            }
        }
        assertThat(new Terminal(60, false).progress(0.456, "transferred 4 GiB"))
                .isEqualTo("━━━━━━━━━───────────  46 %  transferred 4 GiB");
    }

    @Test
    void other_programs_get_tabs_and_all_there_is() {
        assertThat(Plain.render(ANSWER))
                .contains("id\tname\tstatus\tnode\tcpu\tmem\ttask\n101\tweb\trunning\tpve1\t3 %\t1.4 GiB\t" + UPID)
                .contains("\nname\tweb\n")
                .contains("\nstarting\nthe connection to the storage was lost while it was in use")
                .doesNotContain("\n\n");
    }

    private static int cells(String line) {
        return new AttributedString(line).columnLength();
    }
}
