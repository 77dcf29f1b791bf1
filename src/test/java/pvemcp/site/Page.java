package pvemcp.site;

import java.nio.file.Path;
import java.util.Locale;

/// A page of the site: which file it is made of, where it goes, and what the contents say about it.
///
/// @param source below the project, such as `docs/guide/connect.md`
/// @param target below the site, such as `guide/connect.html`
/// @param label what links in the navigation say
/// @param about the rest of its line in the contents, in Markdown; may be empty
record Page(Path source, Path target, String label, String about) {
    static Page of(Path source, String label, String about) {
        return new Page(source, target(source), label, about);
    }

    /// Pages below `docs` keep their folders; those beside it come to the top, in lower case.
    private static Path target(Path source) {
        var name = source.getFileName().toString();
        boolean inDocs = source.startsWith("docs");
        var below = inDocs ? Path.of("docs").relativize(source) : source;
        if (name.equals("README.md")) {
            var folder = below.getParent();
            if (inDocs) {
                return below.resolveSibling("index.html");
            }
            return Path.of(folder == null ? "start.html" : folder + ".html");
        }
        var html = below.toString().replaceFirst("\\.md$", ".html");
        return Path.of(inDocs ? html : html.toLowerCase(Locale.ROOT));
    }

    /// A link from this page to a place below the site.
    String to(Path place) {
        var folder = target.getParent();
        var way = folder == null ? place : folder.relativize(place);
        return way.toString().replace('\\', '/');
    }
}
