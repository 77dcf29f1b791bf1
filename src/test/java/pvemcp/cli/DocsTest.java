package pvemcp.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import pvemcp.config.Key;
import pvemcp.lab.Golden;

/// The generated pages are those in the project, and leave nothing out.
class DocsTest {
    @Test
    void the_generated_pages_are_up_to_date() {
        Docs.pages().forEach(Golden::check);
    }

    @Test
    void the_table_of_tools_in_the_readme_is_up_to_date() throws IOException {
        Golden.check("README.md", Docs.readme(Files.readString(Path.of("README.md"))));
    }

    @Test
    void every_key_and_its_variable_are_in_the_page_about_configuration() {
        var page = Docs.pages().get("docs/config.md");

        for (var key : Key.values()) {
            var row = key.inTables() ? "| `%s` |" : "| `%s` | `%s` |";
            assertThat(page).contains(row.formatted(key.path(), key.env()));
        }
    }
}
