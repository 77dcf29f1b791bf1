package pvemcp.tools;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import pvemcp.json.Json;
import pvemcp.pve.GuestRef;
import pvemcp.pve.Upid;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Call;
import pvemcp.tool.Inputs;
import pvemcp.tool.Resource;
import pvemcp.tool.Resource.Read;
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
            of(
                    "pve://cluster",
                    "cluster",
                    "Cluster",
                    "The cluster at a glance",
                    _ -> List.of(new Read("pve_cluster_status", new ClusterTools.Glance()))),
            of(
                    "pve://node/{node}",
                    "node",
                    "Node",
                    "One node: load, memory, versions",
                    names -> List.of(new Read("pve_node_get", new NodeTools.NodeGet(names.get("node"))))),
            of(
                    "pve://guest/{guest}",
                    "guest",
                    "Guest",
                    "One VM or container: state and configuration",
                    names -> guest(new GuestRef(names.get("guest")))),
            of(
                    "pve://storage/{storage}",
                    "storage",
                    "Storage",
                    "What is on one storage",
                    names -> List.of(new Read("pve_storage_content", content(names.get("storage"))))),
            of(
                    "pve://task/{task}",
                    "task",
                    "Task",
                    "One task and the end of its log",
                    names -> List.of(
                            new Read("pve_task_get", new TaskTools.TaskGet(Upid.parse(names.get("task")), 50)))),
            new Resource(
                    "pve://schema/{path}",
                    "schema",
                    "API operation",
                    "The operations of one API path, exactly",
                    TEXT,
                    (ctx, names) -> schema(names.get("path"), ctx)));

    private Resources() {}

    /// One that is made of the answers to some calls.
    private static Resource of(String uri, String name, String title, String doc, Resource.Reads reads) {
        Resource.Reader reader = (ctx, names) -> reads.of(names).stream()
                .map(read -> Markdown.render(Layout.view(read.call().run(ctx))))
                .collect(Collectors.joining("\n\n"));
        return new Resource(uri, name, title, doc, TEXT, reader, reads);
    }

    private static List<Read> guest(GuestRef guest) {
        return List.of(
                new Read("pve_guest_get", new GuestTools.GuestGet(guest)),
                new Read("pve_guest_config", new GuestTools.GuestConfig(guest)));
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
