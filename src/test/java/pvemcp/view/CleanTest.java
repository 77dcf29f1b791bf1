package pvemcp.view;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CleanTest {
    @ParameterizedTest
    @CsvSource(delimiter = '→', textBlock = """
            plain                          → plain
            größer 日本 🚀                  → größer 日本 🚀
            \\u001b[31mred\\u001b[0m        → red
            \\u009b2Jgone                   → gone
            \\u001b]0;title\\u0007shell      → shell
            \\u001b]8;;http://x\\u001b\\\\link → link
            \\u001b]52;c;ZXZpbA==\\u0007ok   → ok
            \\u001bPq#0\\u001b\\\\sixel       → sixel
            left\\u202etfel                 → lefttfel
            zero\\u200bwidth\\ufeff          → zerowidth
            tag\\udb40\\udc61\\udb40\\udc62   → tag
            sel\\ufe0fector                 → selector
            bell\\u0007\\u0000nul            → bellnul
            two\\nlines                     → two lines
            """)
    void nothing_but_visible_text_is_left(String escaped, String clean) {
        assertThat(Clean.name(unescape(escaped))).isEqualTo(clean);
    }

    @Test
    void no_code_point_gets_through_that_hides_or_steers() {
        for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
            var text = Clean.line("a" + Character.toString(c) + "b");
            boolean steers = text.codePoints()
                    .anyMatch(each -> Character.isISOControl(each) || Character.getType(each) == Character.FORMAT);
            assertThat(steers).as("U+%04X", c).isFalse();
        }
    }

    @Test
    void cleaning_twice_changes_nothing_more() {
        var random = new Random(7);
        var pieces =
                new String[] {"\u001b", "[", "]", "31m", "\u0007", "\u009b", "\\", "x", " ", "\n", "\u202e", "P", ";"};
        for (int i = 0; i < 20_000; i++) {
            var text = new StringBuilder();
            for (int n = random.nextInt(12); n >= 0; n--) {
                text.append(pieces[random.nextInt(pieces.length)]);
            }
            var once = Clean.note(text.toString());
            assertThat(Clean.note(once)).isEqualTo(once);
        }
    }

    @Test
    void length_is_bounded_without_cutting_a_character_in_two() {
        assertThat(Clean.name("x".repeat(65))).isEqualTo("x".repeat(63) + "…");
        assertThat(Clean.name("🚀".repeat(40))).isEqualTo("🚀".repeat(31) + "…");
        assertThat(Clean.note("n".repeat(5000))).hasSize(2048);
        assertThat(Clean.line("l".repeat(5000))).hasSize(1024);
    }

    @Test
    void notes_keep_their_lines() {
        assertThat(Clean.note("one\r\ntwo\u0000\nthree")).isEqualTo("one\ntwo\nthree");
    }

    private static String unescape(String text) {
        var out = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            if (text.startsWith("\\u", i)) {
                out.append((char) Integer.parseInt(text.substring(i + 2, i + 6), 16));
                i += 5;
            } else if (text.startsWith("\\n", i)) {
                out.append('\n');
                i++;
            } else if (text.startsWith("\\\\", i)) {
                out.append('\\');
                i++;
            } else {
                out.append(text.charAt(i));
            }
        }
        return out.toString();
    }
}
