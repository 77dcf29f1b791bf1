package pvemcp.tools;

import java.util.List;
import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.pve.GuestRef;
import pvemcp.pve.Upid;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Call;
import pvemcp.tool.Inputs;
import pvemcp.tool.Resource;
import pvemcp.tool.ToolContext;
import pvemcp.tools.api.ApiGuide;
import pvemcp.tools.cluster.ClusterTools;
import pvemcp.tools.guest.GuestTools;
import pvemcp.tools.monitor.TaskTools;
import pvemcp.tools.node.NodeTools;
import pvemcp.tools.storage.StorageTools;
import pvemcp.view.Layout;
import pvemcp.view.Markdown;

/// What a client may attach to a conversation by its URI: the same answers that the tools of these names give.
public final class Resources {
    private static final String TEXT = "text/markdown";

    public static final List<Resource> ALL = List.of(
            new Resource(
                    "pve://cluster",
                    "cluster",
                    "Cluster",
                    "The cluster at a glance",
                    TEXT,
                    (ctx, _) -> text(new ClusterTools.Glance(), ctx)),
            new Resource(
                    "pve://node/{node}",
                    "node",
                    "Node",
                    "One node: load, memory, versions",
                    TEXT,
                    (ctx, names) -> text(new NodeTools.NodeGet(names.get("node")), ctx)),
            new Resource(
                    "pve://guest/{guest}",
                    "guest",
                    "Guest",
                    "One VM or container: state and configuration",
                    TEXT,
                    (ctx, names) -> guest(new GuestRef(names.get("guest")), ctx)),
            new Resource(
                    "pve://storage/{storage}",
                    "storage",
                    "Storage",
                    "What is on one storage",
                    TEXT,
                    (ctx, names) -> text(content(names.get("storage")), ctx)),
            new Resource(
                    "pve://task/{task}",
                    "task",
                    "Task",
                    "One task and the end of its log",
                    TEXT,
                    (ctx, names) -> text(new TaskTools.TaskGet(Upid.parse(names.get("task")), 50), ctx)),
            new Resource(
                    "pve://schema/{path}",
                    "schema",
                    "API operation",
                    "The operations of one API path, exactly",
                    TEXT,
                    (ctx, names) -> schema(names.get("path"), ctx)));

    private Resources() {}

    private static String text(Call<?> call, ToolContext ctx) {
        return Markdown.render(Layout.view(call.run(ctx)));
    }

    private static String guest(GuestRef guest, ToolContext ctx) {
        return text(new GuestTools.GuestGet(guest), ctx) + "\n\n" + text(new GuestTools.GuestConfig(guest), ctx);
    }

    private static Call<?> content(String storage) {
        return Inputs.of(StorageTools.StorageContent.class).bind(Json.obj("storage", storage));
    }

    private static String schema(String path, ToolContext ctx) {
        var absolute = path.startsWith("/") ? path : "/" + path;
        if (ctx.schema().operations().stream()
                        .noneMatch(operation -> operation.path().equals(absolute))
                && ctx.schema().verbs(absolute).isEmpty()) {
            throw new BadArguments(
                    List.of("PVE %s has no path %s".formatted(ctx.schema().version(), absolute)));
        }
        return Markdown.render(new ApiGuide(ctx.schema()).find(absolute, Optional.empty(), "", 1));
    }
}
