package pvemcp.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The documentation of this project as a site, and what the site says about documentation that is not right.
class SiteTest {
    private static final Pattern FETCHED =
            Pattern.compile("<(?:link|script|img|iframe)[^>]* (?:href|src)=\"([^\"]+)\"");
    private static final Pattern LINKED = Pattern.compile("<a [^>]*href=\"([^\"]+)\"");

    private static Site ours;

    @TempDir
    Path project;

    @BeforeAll
    static void build() throws IOException {
        ours = Site.of(Path.of(""));
    }

    @Test
    void the_documentation_makes_a_site_without_problems() {
        assertThat(ours.problems()).isEmpty();
    }

    @Test
    void pages_fetch_nothing_but_what_lies_beside_them_and_all_they_link_to_is_there() throws IOException {
        var files = ours.files();
        var missing = new TreeSet<String>();
        files.forEach((place, text) -> {
            if (!place.toString().endsWith(".html")) {
                return;
            }
            var fetched = found(FETCHED, text).filter(link -> !link.startsWith("data:"));
            var linked = found(LINKED, text).filter(link -> !link.matches("(https?|mailto):.*|#.*"));
            Stream.concat(fetched, linked)
                    .map(link -> link.replaceFirst("#.*", ""))
                    .filter(link -> {
                        var there = place.resolveSibling(link).normalize();
                        return !files.containsKey(there) && !ours.copies().containsKey(there);
                    })
                    .forEach(link -> missing.add(place + " -> " + link));
        });
        assertThat(missing).isEmpty();
    }

    @Test
    void all_of_it_is_smaller_than_one_photograph() throws IOException {
        var files = ours.files();

        assertThat(files.values().stream().mapToInt(SiteTest::bytes).sum()).isLessThan(1_500_000);
        assertThat(bytes(files.get(Path.of("search.js")))).isLessThan(250_000);
    }

    @Test
    void links_lead_to_pages_and_other_files_are_copied() throws IOException {
        write("docs/README.md", "# Docs\n\n- [Start](../README.md): how.\n## More\n- [Guide](guide/one.md): this.\n");
        write(
                "README.md",
                "# Start\n\n[guide](docs/guide/one.md#the-end), [license](LICENSE)\n\n![a screen](docs/a.png)\n");
        write("docs/guide/one.md", "# One\n\n## The end\n\nBack to [the start](../../README.md)\n");
        write("LICENSE", "MIT");
        write("docs/a.png", "");
        var site = Site.of(project);

        assertThat(site.problems()).isEmpty();
        assertThat(site.files().get(Path.of("start.html")))
                .contains(
                        "href=\"guide/one.html#the-end\"",
                        "href=\"files/LICENSE.txt\"",
                        "<img src=\"files/docs/a.png\" alt=\"a screen\" />")
                .contains("<a rel=\"next\" href=\"guide/one.html\">");
        assertThat(site.files().get(Path.of("guide/one.html")))
                .contains("<a href=\"../start.html\">the start</a>", "<h2 id=\"the-end\">", "href=\"../style.css\"")
                .contains("<a href=\"one.html\" aria-current=\"page\">Guide</a>");
    }

    @Test
    void each_problem_is_told_with_its_page() throws IOException {
        write("docs/README.md", "# Docs\n\n- [One](one.md): this.\n");
        write("docs/one.md", """
                # One

                ### Too deep

                [nowhere](two.md), [no heading](#none), <b>HTML</b>, ![picture](https://example.org/a.png)
                """);
        write("docs/lost.md", "# Lost\n");

        assertThat(Site.of(project).problems())
                .containsExactlyInAnyOrder(
                        "docs/one.md: there is no docs/two.md",
                        "docs/one.md: the heading 'Too deep' skips a level",
                        "docs/one.md: raw HTML: <b>",
                        "docs/one.md: raw HTML: </b>",
                        "docs/one.md: an image from elsewhere or without words: https://example.org/a.png",
                        "docs/one.md: no heading for #none",
                        "docs/lost.md is not in the contents, docs/README.md");
    }

    @Test
    void what_is_typed_is_told_from_what_is_answered() {
        assertThat(CodeBlock.of("console", "$ pve-mcp tools\nread <all>\n"))
                .contains("<span class=\"prompt\">$ </span><kbd>pve-mcp tools</kbd>\nread &lt;all&gt;");
        assertThat(CodeBlock.of("", "pve-mcp demo   # a tour\n"))
                .contains("pve-mcp demo   <span class=\"note\"># a tour</span>");
        assertThat(CodeBlock.of("json", "{ \"a\": \"b # c\" }")).doesNotContain("note");
    }

    @Test
    void the_search_knows_names_whole_and_in_parts() throws IOException {
        write("docs/README.md", "# Docs\n\n- [One](one.md): this.\n");
        write("docs/one.md", "# One\n\n## Power\n\nCall `pve_guest_power`.\n");
        var index = Site.of(project).files().get(Path.of("search.js"));

        assertThat(index).startsWith("search({").contains("[1,\"power\",\"Power\",\"Call pve_guest_power.\"]");
        // The places are those of the first page, the title of the second, and the heading there.
        assertThat(index).contains("\\nguest 2\\n", "\\npve_guest_power 2\"");
    }

    private void write(String file, String text) throws IOException {
        var place = project.resolve(file);
        Files.createDirectories(place.getParent());
        Files.writeString(place, text);
    }

    private static Stream<String> found(Pattern what, String text) {
        return what.matcher(text).results().map(found -> found.group(1)).toList().stream();
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
