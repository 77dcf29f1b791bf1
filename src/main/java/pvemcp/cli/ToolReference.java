package pvemcp.cli;

import java.util.List;
import pvemcp.tool.Param;
import pvemcp.tool.Tool;
import pvemcp.tools.Catalog;

/// Tools and their inputs as tables of Markdown.
final class ToolReference {
    private ToolReference() {}

    /// All tools by name, a row for each toolset.
    static String overview() {
        var page = new StringBuilder("| toolset | what for | tools |\n|---|---|---|\n");
        for (var set : Catalog.ALL) {
            page.append("| %s | %s | %s |%n".formatted(set.name(), cell(set.doc()), names(set.tools())));
        }
        return page.toString();
    }

    static String names(List<Tool<?>> tools) {
        return String.join(
                ", ", tools.stream().map(tool -> "`" + tool.name() + "`").toList());
    }

    /// @param heading `##` or `###`
    /// @param params those of its inputs that are listed
    static void add(String heading, Tool<?> tool, List<Param> params, StringBuilder page) {
        page.append("%s %s%n%n".formatted(heading, tool.name()));
        page.append(tool.doc().strip())
                .append(" Tier: `")
                .append(ToolPages.tier(tool))
                .append("`.\n\n");
        if (!params.isEmpty()) {
            addInputs(params, page);
        }
    }

    static void addInputs(List<Param> params, StringBuilder page) {
        page.append("| input | value | default | meaning |\n|---|---|---|---|\n");
        for (var param : params) {
            page.append("| `%s` | %s | %s | %s |%n"
                    .formatted(
                            param.name(),
                            cell(ToolPages.values(param)),
                            cell(ToolPages.needed(param)),
                            cell(param.doc())));
        }
        page.append('\n');
    }

    static String cell(String text) {
        return text.strip().replace("|", "\\|").replace('\n', ' ');
    }
}
