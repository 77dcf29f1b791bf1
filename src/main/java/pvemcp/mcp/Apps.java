package pvemcp.mcp;

import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.tool.App;
import pvemcp.tool.Reserved;
import pvemcp.tool.Tool;
import pvemcp.tool.ToolResult;

/// The extension `io.modelcontextprotocol/ui` (MCP Apps, 2026-01-26): tools that a page belongs to, the page as a
/// resource, and what it needs of answers. A client that does not declare it is told nothing of all this.
final class Apps {
    static final String EXTENSION = "io.modelcontextprotocol/ui";
    static final String TYPE = "text/html;profile=mcp-app";

    // In `_meta` of an answer: for the page, and not for the model, which has the same as text with what others wrote
    // marked.
    private static final String DATA = "pve-mcp/data";
    private static final String HELD = "pve-mcp/held";

    private static final String NO = "no ";

    private Apps() {}

    /// Whether a client with these capabilities can show pages.
    static boolean known(Json.Obj capabilities) {
        return capabilities
                .object("extensions")
                .flatMap(extensions -> extensions.object(EXTENSION))
                .flatMap(extension -> extension.array("mimeTypes"))
                .filter(types -> types.items().contains(Json.str(TYPE)))
                .isPresent();
    }

    /// `_meta` of a tool that the page is shown with.
    static Json.Obj ofTool(App app) {
        return Json.obj("ui", Json.obj("resourceUri", app.uri()));
    }

    /// The page in `resources/list`.
    static Json.Obj listed(App app) {
        return Json.obj(
                "uri", app.uri(),
                "name", app.name(),
                "title", app.title(),
                "description", app.doc(),
                "mimeType", TYPE);
    }

    /// The result of `resources/read`.
    static Json.Obj read(App app) {
        var nowhere = Json.Arr.EMPTY;
        var csp = Json.obj(
                "connectDomains", nowhere,
                "resourceDomains", nowhere,
                "frameDomains", nowhere,
                "baseUriDomains", nowhere);
        var ui = Json.obj("csp", csp, "prefersBorder", true);
        var content = Json.obj("uri", app.uri(), "mimeType", TYPE, "text", app.page(), "_meta", Json.obj("ui", ui));
        return Json.obj("contents", Json.arr(content));
    }

    /// The result of a call, with what the page needs of it.
    static Json.Obj shown(Json.Obj answer, Tool<?> tool, ToolResult result) {
        return forPage(tool, result).map(meta -> answer.with("_meta", meta)).orElse(answer);
    }

    /// The ticket of a held call that somebody has said no to on the page: `confirm` with a "no" before it.
    static Optional<String> declined(Json.Obj arguments) {
        return arguments
                .text(Reserved.CONFIRM.name())
                .filter(confirm -> confirm.startsWith(NO))
                .map(confirm -> confirm.substring(NO.length()));
    }

    private static Optional<Json.Obj> forPage(Tool<?> tool, ToolResult result) {
        return switch (result) {
            case ToolResult.Done done -> Optional.of(Json.obj(DATA, done.data()));
            case ToolResult.Held held -> Optional.of(Json.obj(HELD, held(held).with("tool", tool.name())));
            case ToolResult.Refused _, ToolResult.Failed _ -> Optional.empty();
        };
    }

    private static Json.Obj held(ToolResult.Held held) {
        return Json.obj(
                "summary", held.preview().summary(),
                "requests", Json.strings(held.preview().requests()),
                "warnings", Json.strings(held.preview().warnings()),
                "typed", held.typed(),
                "again", held.again().arguments(),
                "elsewhere", held.again().elsewhere(),
                "expires", held.ticket().expires().toString());
    }
}
