package pvemcp.tools;

import java.util.ArrayList;
import java.util.List;
import pvemcp.tool.Tool;
import pvemcp.tool.Toolset;

/// All tools there are, and how many of them are offered: the `lean` surface for clients that pay dearly for each
/// definition, `core` for most, `all`.
public final class Catalog {
    public static final List<Toolset> ALL = List.of(
            ClusterTools.CLUSTER,
            NodeTools.NODES,
            GuestTools.GUESTS,
            StorageTools.STORAGE,
            TaskTools.TASKS,
            ApiTools.API);

    // What answers most questions by itself; the API trio reaches the rest.
    private static final List<String> LEAN = List.of(
            "pve_cluster_status",
            "pve_guest_list",
            "pve_guest_get",
            "pve_guest_power",
            "pve_task_get",
            "pve_api_search",
            "pve_api_read",
            "pve_api_write");

    private Catalog() {}

    public enum Surface {
        LEAN,
        CORE,
        ALL
    }

    /// The tools of a surface, in the order of [#ALL]. Toolsets named besides it are added whole.
    public static List<Tool<?>> tools(Surface surface, List<String> toolsets) {
        var tools = new ArrayList<Tool<?>>();
        for (var toolset : ALL) {
            for (var tool : toolset.tools()) {
                boolean lean = surface == Surface.LEAN && !LEAN.contains(tool.name());
                if (!lean || toolsets.contains(toolset.name())) {
                    tools.add(tool);
                }
            }
        }
        return List.copyOf(tools);
    }
}
