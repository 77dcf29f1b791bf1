package pvemcp.mcp;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import pvemcp.dispatch.Dispatcher;
import pvemcp.json.Json;
import pvemcp.tool.App;
import pvemcp.tool.Prompt;
import pvemcp.tool.Reserved;
import pvemcp.tool.Resource;
import pvemcp.tool.Tool;

/// The lists of tools, resources, templates and prompts, as each revision of the protocol shapes them.
///
/// Whatever fits one page is rendered once a revision and sent as the same bytes ever after: clients key the caches
/// of their models on them. Safe for several threads.
final class Lists {
    enum Kind {
        TOOLS("tools"),
        RESOURCES("resources"),
        TEMPLATES("resourceTemplates"),
        PROMPTS("prompts");

        private final String member;

        Kind(String member) {
            this.member = member;
        }
    }

    /// Larger than any catalogue of tools: they are wanted all at once.
    private static final int PAGE = 500;

    /// As it stands in a definition; another input always stands before it.
    private static final String TICKET =
            ",\"" + Reserved.CONFIRM.name() + "\":" + Reserved.CONFIRM.schema().write();

    private final Dispatcher dispatcher;
    private final About about;
    private final int pageSize;
    private final Map<String, String> rendered = new ConcurrentHashMap<>();
    private final Map<String, Json.Obj> described = new ConcurrentHashMap<>();

    Lists(Dispatcher dispatcher, About about) {
        this(dispatcher, about, PAGE);
    }

    Lists(Dispatcher dispatcher, About about, int pageSize) {
        this.dispatcher = dispatcher;
        this.about = about;
        this.pageSize = pageSize;
    }

    /// Renders everything anew from now on.
    void forget() {
        rendered.clear();
        described.clear();
    }

    /// The result of a list request, as JSON text.
    String page(Kind kind, Client client, Json.Obj params) {
        return page(kind, new Reader(client.revision(), client.canAsk(), client.showsApps()), params);
    }

    /// What a list depends on.
    ///
    /// @param canAsk whether the client can show its user a question: then no tool takes a ticket, since the client
    ///     hands it back by itself
    /// @param showsApps whether the client is told of the page that goes with the tools
    record Reader(Revision revision, boolean canAsk, boolean showsApps) {}

    String page(Kind kind, Reader reader, Json.Obj params) {
        var cursor = params.members().get("cursor");
        // An empty cursor is never given out, but some clients send one to say "from the start".
        if (cursor == null || cursor == Json.Null.NULL || (cursor instanceof Json.Str(var text) && text.isEmpty())) {
            var key = kind.member + reader.revision() + (kind == Kind.TOOLS && reader.canAsk()) + reader.showsApps();
            var known = rendered.get(key);
            if (known == null) {
                known = asItStands(kind, reader.revision())
                        ? allTools(reader)
                        : render(kind, reader.revision(), items(kind, reader), 0);
                rendered.put(key, known);
            }
            return known;
        }
        var items = items(kind, reader);
        return render(kind, reader.revision(), items, offset(kind, cursor, items));
    }

    private String render(Kind kind, Revision revision, List<Json> items, int from) {
        int to = Math.min(items.size(), from + pageSize);
        var result = Json.obj(kind.member, new Json.Arr(items.subList(from, to)));
        if (to < items.size()) {
            result = result.with("nextCursor", cursor(kind, to, fingerprint(items)));
        }
        if (revision.modern()) {
            result = Modern.cacheable(Modern.complete(result, about), Modern.LIST_TTL);
        }
        return result.write();
    }

    /// Whether this revision knows every member of a tool's definition, and all tools fit on one page.
    private boolean asItStands(Kind kind, Revision revision) {
        return kind == Kind.TOOLS
                && revision.since(Revision.V2025_06_18)
                && dispatcher.tools().size() <= pageSize;
    }

    /// The definitions are passed on as text: this is what a client waits for at every start.
    private String allTools(Reader reader) {
        var tools = new StringBuilder();
        for (var tool : dispatcher.tools()) {
            var definition = dispatcher.definition(tool);
            tools.append(tools.isEmpty() ? "" : ",")
                    .append(reader.canAsk() ? definition.replace(TICKET, "") : definition);
            var app = shownWith(tool, reader);
            if (app.isPresent()) {
                tools.setLength(tools.length() - 1);
                tools.append(",\"_meta\":")
                        .append(Apps.ofTool(app.get()).write())
                        .append('}');
            }
        }
        var none = "\"tools\":[]";
        var result = render(Kind.TOOLS, reader.revision(), List.of(), 0);
        int at = result.indexOf(none) + none.length() - 1;
        return new StringBuilder(result).insert(at, tools).toString();
    }

    /// The page that this client is to show with answers of the tool.
    private Optional<App> shownWith(Tool<?> tool, Reader reader) {
        return reader.showsApps() ? dispatcher.app().filter(app -> app.shows(tool)) : Optional.empty();
    }

    /// Opaque to the client: where the next page starts, and of which list. A list that has changed since makes it
    /// void, for its page would have gaps.
    private static String cursor(Kind kind, int offset, int fingerprint) {
        var text = kind.member + ':' + offset + ':' + Integer.toHexString(fingerprint);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private int offset(Kind kind, Json cursor, List<Json> items) {
        int fingerprint = fingerprint(items);
        for (int offset = pageSize; offset < items.size(); offset += pageSize) {
            if (cursor.equals(Json.str(cursor(kind, offset, fingerprint)))) {
                return offset;
            }
        }
        throw RpcException.invalidParams(
                "This cursor is not of this list as it is now: ask again without a cursor, from the start");
    }

    /// The same in every process that offers the same list, so that a cursor outlives the one that gave it out.
    private static int fingerprint(List<Json> items) {
        return new Json.Arr(items).write().hashCode();
    }

    private List<Json> items(Kind kind, Reader reader) {
        var revision = reader.revision();
        var items = new ArrayList<Json>();
        switch (kind) {
            case TOOLS -> {
                for (var tool : dispatcher.tools()) {
                    var definition = definition(tool, revision);
                    var own = reader.canAsk() ? withoutTicket(definition) : definition;
                    items.add(shownWith(tool, reader)
                            .map(app -> own.with("_meta", Apps.ofTool(app)))
                            .orElse(own));
                }
            }
            case RESOURCES, TEMPLATES -> {
                for (var resource : dispatcher.resources()) {
                    if (isTemplate(resource) == (kind == Kind.TEMPLATES)) {
                        items.add(resource(resource, revision));
                    }
                }
                if (kind == Kind.RESOURCES && reader.showsApps()) {
                    dispatcher.app().ifPresent(app -> items.add(Apps.listed(app)));
                }
            }
            case PROMPTS -> {
                for (var prompt : dispatcher.prompts()) {
                    items.add(prompt(prompt, revision));
                }
            }
        }
        return items;
    }

    /// The tool as this revision knows tools: members that came later are left out.
    Json.Obj definition(Tool<?> tool, Revision revision) {
        var whole = described.get(tool.name());
        if (whole == null) {
            whole = dispatcher.describe(tool);
            described.put(tool.name(), whole);
        }
        var members = new LinkedHashMap<String, Json>();
        for (var member : whole.members().entrySet()) {
            if (known(member.getKey(), member.getValue(), revision)) {
                members.put(member.getKey(), member.getValue());
            }
        }
        return new Json.Obj(members);
    }

    private static Json.Obj withoutTicket(Json.Obj definition) {
        var schema = definition.object("inputSchema").orElse(Json.Obj.EMPTY);
        var inputs = schema.object("properties").orElse(Json.Obj.EMPTY);
        return definition.with("inputSchema", schema.with("properties", inputs.without(Reserved.CONFIRM.name())));
    }

    private static boolean known(String member, Json value, Revision revision) {
        return switch (member) {
            case "annotations" -> revision.since(Revision.V2025_03_26);
            case "title", "_meta" -> revision.since(Revision.V2025_06_18);
            // Before 2026-07-28 the schema of an answer could only be that of an object.
            case "outputSchema" -> revision.modern() || (revision.since(Revision.V2025_06_18) && isObject(value));
            case "icons" -> revision.since(Revision.V2025_11_25);
            case "execution" -> revision == Revision.V2025_11_25;
            default -> true;
        };
    }

    private static boolean isObject(Json schema) {
        return schema instanceof Json.Obj object
                && object.members().get("type") instanceof Json.Str(var type)
                && type.equals("object");
    }

    static boolean isTemplate(Resource resource) {
        return resource.uri().indexOf('{') >= 0;
    }

    private static Json.Obj resource(Resource resource, Revision revision) {
        var item = Json.obj(isTemplate(resource) ? "uriTemplate" : "uri", resource.uri(), "name", resource.name());
        if (revision.since(Revision.V2025_06_18)) {
            item = item.with("title", resource.title());
        }
        return item.with("description", resource.doc()).with("mimeType", resource.mimeType());
    }

    private static Json.Obj prompt(Prompt prompt, Revision revision) {
        var item = Json.obj("name", prompt.name());
        if (revision.since(Revision.V2025_06_18)) {
            item = item.with("title", prompt.title());
        }
        var arguments = new ArrayList<Json>();
        for (var argument : prompt.arguments()) {
            arguments.add(
                    Json.obj("name", argument.name(), "description", argument.doc(), "required", argument.required()));
        }
        return item.with("description", prompt.description()).with("arguments", new Json.Arr(arguments));
    }
}
