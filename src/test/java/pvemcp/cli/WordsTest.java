package pvemcp.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WordsTest {
    @Test
    void blanks_part_words_and_quotes_keep_them_together() {
        assertThat(Words.split("  guest_get  web ")).containsExactly("guest_get", "web");
        assertThat(Words.split("api_search query=\"snapshot rollback\" 'a b'"))
                .containsExactly("api_search", "query=snapshot rollback", "a b");
        assertThat(Words.split("x ''")).containsExactly("x", "");
        assertThat(Words.split("   ")).isEmpty();
    }

    @Test
    void a_json_object_is_one_word_with_its_own_quotes() {
        assertThat(Words.split("guest_list {\"status\": \"running\", \"limit\": 3} x"))
                .containsExactly("guest_list", "{\"status\": \"running\", \"limit\": 3}", "x");
    }
}
