package pvemcp.site;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// What the site has, in its order. The index of the documentation is the only place that says so: its headings are
/// the topics, the links in its lists are the pages, and a linked index of a folder brings those that it links.
record Contents(Page index, List<Topic> topics) {
    /// @param title empty for what stands before the first heading
    record Topic(String title, List<Entry> entries) {}

    /// A page, and those that its own index brings.
    record Entry(Page page, List<Page> below) {}

    private static final Path INDEX = Path.of("docs/README.md");
    private static final Pattern LINK = Pattern.compile("\\[([^]]+)]\\(([^)#\\s]+\\.md)\\)");
    private static final Pattern TITLE = Pattern.compile("(?m)^# (.+)$");

    static Contents of(Path root) throws IOException {
        var topics = new ArrayList<Topic>();
        topics.add(new Topic("", new ArrayList<>()));
        for (var line : Files.readAllLines(root.resolve(INDEX))) {
            if (line.startsWith("## ")) {
                topics.add(new Topic(line.substring(3), new ArrayList<>()));
            } else if (line.startsWith("- ")) {
                topics.getLast().entries().addAll(entries(root, line));
            }
        }
        return new Contents(Page.of(INDEX, "pve-mcp", ""), topics);
    }

    private static List<Entry> entries(Path root, String line) throws IOException {
        var entries = new ArrayList<Entry>();
        var links = LINK.matcher(line).results().toList();
        for (var link : links) {
            var about = links.size() == 1 ? line.substring(link.end()).replaceFirst("^: ", "") : "";
            var source = INDEX.resolveSibling(link.group(2)).normalize();
            entries.add(new Entry(Page.of(source, link.group(1), about), below(root, source)));
        }
        return entries;
    }

    private static List<Page> below(Path root, Path index) throws IOException {
        if (!index.endsWith("README.md") || !index.startsWith("docs")) {
            return List.of();
        }
        var pages = new ArrayList<Page>();
        for (var link :
                LINK.matcher(Files.readString(root.resolve(index))).results().toList()) {
            var source = index.resolveSibling(link.group(2)).normalize();
            if (source.startsWith(index.getParent()) && !source.equals(index)) {
                var title = TITLE.matcher(Files.readString(root.resolve(source)));
                pages.add(Page.of(source, title.find() ? title.group(1) : link.group(1), ""));
            }
        }
        return pages.stream()
                .distinct()
                .sorted(Comparator.comparing(Page::source))
                .toList();
    }

    /// All pages, the index first, as one would read them.
    List<Page> pages() {
        var pages = new ArrayList<Page>();
        pages.add(index);
        for (var topic : topics) {
            for (var entry : topic.entries()) {
                pages.add(entry.page());
                pages.addAll(entry.below());
            }
        }
        return pages;
    }

    Optional<Page> page(Path source) {
        return pages().stream().filter(page -> page.source().equals(source)).findFirst();
    }

    /// The page so many places after another.
    Optional<Page> near(Page page, int steps) {
        var pages = pages();
        int at = pages.indexOf(page) + steps;
        return at < 0 || at >= pages.size() ? Optional.empty() : Optional.of(pages.get(at));
    }
}
