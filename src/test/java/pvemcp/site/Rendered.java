package pvemcp.site;

import java.util.List;

/// What became of a page's Markdown.
///
/// @param html the body, its own title left out
/// @param links where it leads, as the Markdown writes it
record Rendered(String title, String html, List<Section> sections, List<String> links, List<String> problems) {
    /// A heading and the words below it, up to the next.
    ///
    /// @param level 1 for the page's title, whose anchor is empty
    record Section(int level, String anchor, String heading, String text) {}
}
