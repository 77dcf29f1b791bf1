package pvemcp.site;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// The documentation as a site of plain files, to be read from a folder or a server: `./mvnw -Psite package` leaves
/// it in `target/site-docs`. A link that leads nowhere, a page that the contents do not name and whatever else is no
/// good Markdown is a problem, and with problems nothing is written.
final class Site {
    private static final Pattern PICTURE = Pattern.compile(".*\\.(?:png|svg|jpe?g|webp)");

    private final Path root;
    private final Contents contents;
    private final SequencedMap<Page, Rendered> pages = new LinkedHashMap<>();
    /// What pages show or link to that is no page, by its place in the site.
    private final Map<Path, Path> copies = new TreeMap<>();
    private final List<String> problems = new ArrayList<>();

    private Site(Path root) throws IOException {
        this.root = root;
        this.contents = Contents.of(root);
        for (var page : contents.pages()) {
            var body = Markup.render(Files.readString(root.resolve(page.source())), link -> turned(page, link));
            if (pages.put(page, body) != null) {
                problems.add("%s is in the contents twice".formatted(page.source()));
            }
        }
        check();
    }

    static Site of(Path root) throws IOException {
        return new Site(root);
    }

    /// Takes the project's folder and the one to write to, which is made.
    public static void main(String[] args) throws IOException {
        var site = of(Path.of(args[0]));
        if (!site.problems().isEmpty()) {
            throw new IllegalStateException("the documentation is not right:\n" + String.join("\n", site.problems()));
        }
        site.write(Path.of(args[1]));
    }

    /// Each by the file it is in.
    List<String> problems() {
        return List.copyOf(problems);
    }

    /// Where the files are that the site has as they are, by their places in it.
    Map<Path, Path> copies() {
        return Map.copyOf(copies);
    }

    /// The files that are made for the site.
    SequencedMap<Path, String> files() throws IOException {
        var all = new LinkedHashMap<Path, String>();
        var frame = new Frame(contents);
        var search = new SearchIndex();
        pages.forEach((page, body) -> {
            all.put(page.target(), frame.around(page, body));
            search.add(page, body);
        });
        all.put(Path.of("search.js"), search.script());
        for (var own : List.of("style.css", "site.js")) {
            all.put(Path.of(own), resource(own));
        }
        return all;
    }

    void write(Path folder) throws IOException {
        for (var file : files().entrySet()) {
            var place = folder.resolve(file.getKey());
            Files.createDirectories(place.getParent());
            Files.writeString(place, file.getValue());
        }
        for (var copy : copies.entrySet()) {
            var place = folder.resolve(copy.getKey());
            Files.createDirectories(place.getParent());
            Files.copy(root.resolve(copy.getValue()), place, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /// What a link of a page is in the site: pages by their places there, other files as they are.
    private String turned(Page page, String link) {
        if (link.matches("[a-z]+:.*|#.*")) {
            return link;
        }
        int hash = link.indexOf('#');
        var anchor = hash < 0 ? "" : link.substring(hash);
        var source = page.source()
                .resolveSibling(hash < 0 ? link : link.substring(0, hash))
                .normalize();
        var there = contents.page(source).map(Page::target).orElseGet(() -> copied(page, source));
        return page.to(there) + anchor;
    }

    /// Pictures stay what they are; a browser shows anything else if it is called text.
    private Path copied(Page page, Path source) {
        if (source.startsWith("..") || !Files.isRegularFile(root.resolve(source))) {
            problems.add("%s: there is no %s".formatted(page.source(), source));
            return source;
        }
        var place = Path.of("files")
                .resolve(PICTURE.matcher(source.toString()).matches() ? source.toString() : source + ".txt");
        copies.put(place, source);
        return place;
    }

    private void check() throws IOException {
        pages.forEach((page, body) -> {
            body.problems().forEach(problem -> problems.add("%s: %s".formatted(page.source(), problem)));
            if (body.title().isEmpty()) {
                problems.add("%s has no title".formatted(page.source()));
            }
            body.links().forEach(link -> checkAnchor(page, link));
        });
        try (var written = Files.walk(root.resolve("docs"))) {
            written.map(root::relativize)
                    .filter(file -> file.toString().endsWith(".md"))
                    .filter(file -> contents.page(file).isEmpty())
                    .forEach(file -> problems.add("%s is not in the contents, docs/README.md".formatted(file)));
        }
    }

    private void checkAnchor(Page page, String link) {
        int hash = link.indexOf('#');
        if (hash < 0 || link.matches("[a-z]+:.*")) {
            return;
        }
        var source = hash == 0
                ? page.source()
                : page.source().resolveSibling(link.substring(0, hash)).normalize();
        var anchors = contents.page(source).stream()
                .flatMap(there -> pages.get(there).sections().stream())
                .map(Rendered.Section::anchor)
                .collect(Collectors.toSet());
        if (!anchors.contains(link.substring(hash + 1))) {
            problems.add("%s: no heading for %s".formatted(page.source(), link));
        }
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = Site.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
