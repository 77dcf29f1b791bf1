package pvemcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;

/// What the pages written by hand refer to is there: other pages, their headings, and tests.
class PagesTest {
    private static final Path ROOT = Path.of("").toAbsolutePath();
    private static final Path TESTS = ROOT.resolve("src/test/java");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
    private static final Pattern FAILURE = Pattern.compile("new (?:ToolResult\\.)?Failed\\(\\s*\"(\\w+)\"");
    private static final Pattern TEST = Pattern.compile("`(\\w+Test)\\.(\\w+)`");

    @Test
    void every_link_between_pages_leads_somewhere() throws IOException {
        var broken = new TreeSet<String>();
        for (var page : pages()) {
            for (var link : links(page)) {
                if (!leads(page, link)) {
                    broken.add("%s: %s".formatted(ROOT.relativize(page), link));
                }
            }
        }
        assertThat(broken).isEmpty();
    }

    @Test
    void every_guide_and_decision_is_in_its_index() throws IOException {
        for (var index : List.of("docs/README.md", "docs/adr/README.md")) {
            var page = ROOT.resolve(index);
            var linked = links(page).stream()
                    .map(link -> page.resolveSibling(link.replaceAll("#.*", "")).normalize())
                    .toList();
            var meant = pages().stream()
                    .filter(other -> other.startsWith(page.getParent()) && !other.equals(page))
                    .filter(other -> index.contains("adr")
                            || !other.startsWith(ROOT.resolve("docs/adr"))
                            || other.endsWith("README.md"))
                    .toList();
            assertThat(linked).as(index).containsAll(meant);
        }
    }

    @Test
    void every_test_named_as_proof_exists() throws IOException {
        var missing = new TreeSet<String>();
        var named = TEST.matcher(Files.readString(ROOT.resolve("docs/security-tests.md")));
        var found = classes();
        int count = 0;
        while (named.find()) {
            count++;
            if (!found.getOrDefault(named.group(1), Set.of()).contains(named.group(2))) {
                missing.add(named.group());
            }
        }
        assertThat(missing).isEmpty();
        assertThat(count).isGreaterThan(150);
    }

    @Test
    void every_threat_and_every_fault_has_a_row_with_tests_or_says_that_it_has_none() throws IOException {
        var rows = Files.readAllLines(ROOT.resolve("docs/security-tests.md")).stream()
                .filter(line -> line.matches("\\| [TF]\\d\\d \\|.*"))
                .toList();
        var ids = new ArrayList<String>();
        IntStream.rangeClosed(1, 40).forEach(number -> ids.add("T%02d".formatted(number)));
        IntStream.rangeClosed(1, 58).forEach(number -> ids.add("F%02d".formatted(number)));

        assertThat(rows.stream().map(row -> row.substring(2, 5))).containsExactlyElementsOf(ids);
        assertThat(rows)
                .allMatch(
                        row -> row.contains("| **none** |") != TEST.matcher(row).find());
    }

    @Test
    void the_guide_explains_every_code_of_a_failure_and_no_other() throws IOException {
        var codes = new TreeSet<String>();
        try (var sources = Files.walk(ROOT.resolve("src/main/java/pvemcp"))) {
            for (var source : sources.filter(Files::isRegularFile).toList()) {
                FAILURE.matcher(Files.readString(source)).results().forEach(found -> codes.add(found.group(1)));
            }
        }
        var guide = Files.readString(ROOT.resolve("docs/guide/failures.md"));
        var table = guide.substring(guide.indexOf("## Codes"));

        assertThat(Pattern.compile("(?m)^\\| `(\\w+)`").matcher(table).results().map(row -> row.group(1)))
                .containsExactlyElementsOf(codes);
    }

    @Test
    void the_architecture_lists_the_layers_as_they_are_held() throws IOException {
        var said = new HashMap<String, Set<String>>();
        var lines = Files.readAllLines(Path.of("ARCHITECTURE.md"));
        for (var line : lines.subList(lines.indexOf("    package   may import") + 1, lines.size())) {
            if (line.isBlank()) {
                break;
            }
            var words = List.of(line.strip().split(" +", -1));
            var may = new TreeSet<>(words.subList(1, words.size()));
            if (!words.getFirst().equals("text")) {
                may.add("text");
            }
            said.put(words.getFirst(), may);
        }
        assertThat(said).isEqualTo(LayersTest.MAY_IMPORT);
    }

    /// All pages of the project: not those of what a build or a measurement brought along.
    private static List<Path> pages() throws IOException {
        var pages = new ArrayList<Path>();
        try (var top = Files.newDirectoryStream(ROOT, "*.md")) {
            top.forEach(pages::add);
        }
        pages.add(ROOT.resolve("bench/README.md"));
        for (var folder : List.of("docs", "src", "skills", "agents")) {
            try (var files = Files.walk(ROOT.resolve(folder))) {
                files.filter(file -> file.toString().endsWith(".md")).forEach(pages::add);
            }
        }
        return pages;
    }

    private static List<String> links(Path page) throws IOException {
        return LINK.matcher(prose(page))
                .results()
                .map(match -> match.group(1))
                .filter(link -> !link.matches("[a-z]+:.*"))
                .toList();
    }

    private static boolean leads(Path page, String link) throws IOException {
        int hash = link.indexOf('#');
        var file = hash == 0
                ? page
                : page.resolveSibling(hash < 0 ? link : link.substring(0, hash)).normalize();
        if (!file.startsWith(ROOT) || !Files.exists(file)) {
            return false;
        }
        return hash < 0 || anchors(file).contains(link.substring(hash + 1));
    }

    /// The anchors that a host of repositories makes of headings: lower case, blanks as hyphens, no other marks.
    private static Set<String> anchors(Path page) throws IOException {
        var anchors = new HashSet<String>();
        for (var line : prose(page).lines().filter(line -> line.startsWith("#")).toList()) {
            var words = line.replaceFirst("#+ ", "").strip().toLowerCase(Locale.ROOT);
            anchors.add(words.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'));
        }
        return anchors;
    }

    /// A page without its fenced blocks, whose brackets are no links and whose comments are no headings.
    private static String prose(Path page) throws IOException {
        return Files.readString(page).replaceAll("(?ms)^```.*?^```$", "");
    }

    /// The tests of each class that has some, by its simple name. Two classes of one name are taken together.
    private static Map<String, Set<String>> classes() throws IOException {
        var classes = new HashMap<String, Set<String>>();
        try (var files = Files.walk(TESTS)) {
            files.filter(file -> file.toString().endsWith("Test.java")).forEach(file -> {
                var path = TESTS.relativize(file).toString();
                var type =
                        load(path.substring(0, path.length() - ".java".length()).replace('/', '.'));
                var tests = classes.computeIfAbsent(type.getSimpleName(), _ -> new HashSet<>());
                Arrays.stream(type.getDeclaredMethods())
                        .filter(method -> AnnotationSupport.isAnnotated(method, Testable.class))
                        .forEach(method -> tests.add(method.getName()));
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return classes;
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, PagesTest.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new AssertionError(name, e);
        }
    }
}
