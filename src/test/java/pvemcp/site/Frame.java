package pvemcp.site;

import static pvemcp.site.Escape.html;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import pvemcp.site.Contents.Entry;

/// What is around each page: head, search, navigation, its headings, the pages before and after.
///
/// Nothing is fetched but the style sheet, the script and the index of the search beside it, which the browser is
/// told to hold to.
record Frame(Contents contents) {
    private static final int WORTH_A_LIST = 3;

    String around(Page page, Rendered body) {
        boolean front = page.equals(contents.index());
        var title = front ? page.label() : body.title();
        return """
                <!DOCTYPE html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <meta name="color-scheme" content="light dark">
                <meta name="description" content="%s">
                <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'self' file:; \
                script-src 'self' file:; img-src 'self' file: data:">
                <title>%s</title>
                <link rel="icon" href="data:image/svg+xml,%s">
                <link rel="stylesheet" href="%s">
                <script src="%s" data-root="%s" defer></script>
                </head>
                <body>
                <a class="skip" href="#content">Skip to the text</a>
                <header>
                <a class="home" href="%s">pve-mcp</a>
                <form role="search" hidden>
                <input type="search" placeholder="Search" aria-label="Search the documentation" \
                aria-keyshortcuts="/" autocomplete="off" spellcheck="false" role="combobox" aria-expanded="false" \
                aria-controls="found" aria-autocomplete="list">
                <div id="found" role="listbox" aria-label="Found" hidden></div>
                </form>
                </header>
                <div class="columns">
                <nav class="topics" aria-label="Documentation">
                <details open><summary>Contents</summary>
                %s</details>
                </nav>
                <main id="content"%s>
                <h1>%s</h1>
                %s%s
                </main>
                %s
                </div>
                <footer>pve-mcp, MIT license. Not affiliated with Proxmox Server Solutions GmbH.</footer>
                </body>
                </html>
                """.formatted(
                        html(description(page, body)),
                        html(front ? title + ": documentation" : title + " · pve-mcp"),
                        ICON,
                        page.to(Path.of("style.css")),
                        page.to(Path.of("site.js")),
                        page.to(Path.of("search.js")).replaceFirst("search\\.js$", ""),
                        page.to(contents.index().target()),
                        topics(page),
                        front ? " class=\"front\"" : "",
                        html(title),
                        body.html(),
                        front ? "" : neighbours(page),
                        headings(body));
    }

    /// A square with three bars: guests on a host.
    private static final String ICON = "%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width="
            + "'16' height='16' rx='3' fill='%23b4530f'/%3E%3Cpath d='M4 5h8M4 8h8M4 11h5' stroke='%23fff' "
            + "stroke-width='1.6'/%3E%3C/svg%3E";

    private static String description(Page page, Rendered body) {
        var about = page.about().isEmpty() ? body.sections().getFirst().text() : page.about();
        var plain = about.replaceAll("[`*\\[\\]]", "");
        return plain.length() <= 200 ? plain : plain.substring(0, plain.lastIndexOf(' ', 200)) + " …";
    }

    private String topics(Page here) {
        var list = new StringBuilder();
        for (var topic : contents.topics()) {
            if (!topic.title().isEmpty()) {
                list.append("<h2>%s</h2>\n".formatted(html(topic.title())));
            }
            list.append("<ul>\n");
            topic.entries().forEach(entry -> entry(here, entry, list));
            list.append("</ul>\n");
        }
        return list.toString();
    }

    /// The pages that an index brings are listed where one of them, or it, is being read.
    private static void entry(Page here, Entry entry, StringBuilder list) {
        list.append("<li>").append(link(here, entry.page()));
        if (entry.page().equals(here) || entry.below().contains(here)) {
            list.append("\n<ul>\n");
            entry.below()
                    .forEach(
                            page -> list.append("<li>").append(link(here, page)).append("</li>\n"));
            list.append("</ul>\n");
        }
        list.append("</li>\n");
    }

    private static String link(Page here, Page page) {
        return "<a href=\"%s\"%s>%s</a>"
                .formatted(
                        here.to(page.target()), here.equals(page) ? " aria-current=\"page\"" : "", html(page.label()));
    }

    private String neighbours(Page page) {
        var before = contents.near(page, -1);
        var after = contents.near(page, 1);
        return "<nav class=\"neighbours\" aria-label=\"Before and after\">%s%s</nav>"
                .formatted(neighbour(page, before, "prev", "Before"), neighbour(page, after, "next", "Next"));
    }

    private static String neighbour(Page here, Optional<Page> there, String way, String word) {
        return there.map(page -> "<a rel=\"%s\" href=\"%s\"><small>%s</small> %s</a>"
                        .formatted(way, here.to(page.target()), word, html(page.label())))
                .orElse("");
    }

    private static String headings(Rendered body) {
        var headings =
                body.sections().stream().filter(section -> section.level() == 2).toList();
        if (headings.size() < WORTH_A_LIST) {
            return "";
        }
        return """
                <nav class="headings" aria-labelledby="on-this-page">
                <h2 id="on-this-page">On this page</h2>
                <ul>
                %s</ul>
                </nav>""".formatted(links(headings));
    }

    private static String links(List<Rendered.Section> headings) {
        var list = new StringBuilder();
        headings.forEach(heading -> list.append(
                "<li><a href=\"#%s\">%s</a></li>\n".formatted(html(heading.anchor()), html(heading.heading()))));
        return list.toString();
    }
}
