package pvemcp.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Documents of which two readers could make two things: refused, so that nobody acts on one of them.
class OddDocumentsTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "[1",
                "{\"a\":1,\"a\":2}",
                "{\"a\":1,\"\\u0061\":2}",
                "{\"x\":{\"a\":1,\"b\":2,\"a\":3}}",
                "{a:1}",
                "{'a':1}",
                "{\"a\":'b'}",
                "{\"a\":1,}",
                "[1,]",
                "[,1]",
                "[1 2]",
                "{\"a\" 1}",
                "{\"a\"=1}",
                "{\"a\":1;\"b\":2}",
                "{} {}",
                "{}x",
                "1 2",
                "/* c */ {}",
                "{} // c",
                "# c\n{}",
                "NaN",
                "[Infinity]",
                "[-Infinity]",
                "[+1]",
                "[01]",
                "[1.]",
                "[.5]",
                "[1e]",
                "[0x10]",
                "[-]",
                "True",
                "nul",
                "[undefined]",
                "\"a\nb\"",
                "\"a\tb\"",
                "\"\\x41\"",
                "\"\\u12\"",
                "\"a",
                ")]}'\n{}"
            })
    void what_is_no_json_is_refused(String text) {
        assertThatThrownBy(() -> Json.parse(text)).isInstanceOf(JsonException.class);
    }

    @Test
    void what_is_too_deep_or_too_large_is_refused() {
        assertThatThrownBy(() -> Json.parse("[".repeat(10_000) + "]".repeat(10_000)))
                .isInstanceOf(JsonException.class);
        assertThatThrownBy(() -> Json.parse("1" + "0".repeat(100_000))).isInstanceOf(JsonException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"a\":1,\"A\":2}",
                "\"\\u0000\"",
                "{\"\":null}",
                "[-0,1e-7,1E+2,12345678901234567890.5]",
                "\"\\ud83d\\ude00\"",
                "[[],{},\"\"]"
            })
    void what_is_json_is_read_and_written_as_the_same(String text) {
        var tree = Json.parse(text);
        assertThat(Json.parse(tree.write())).isEqualTo(tree);
    }
}
