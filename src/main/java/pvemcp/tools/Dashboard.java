package pvemcp.tools;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import pvemcp.tool.App;
import pvemcp.tool.Tier;
import pvemcp.tool.Tool;

/// The cluster as a page: at a glance, one guest with its charts, a task as it goes on, a call that waits for a yes.
/// It is a resource of the program, read when somebody asks for it.
public final class Dashboard implements App {
    private static final String RESOURCE = "dashboard.html";

    /// The reads whose answer is a view of the page. What does more than read is shown too: what would be done while
    /// it waits for a yes, and how it went.
    private static final Set<String> OPENED_BY =
            Set.of("pve_cluster_status", "pve_metrics_get", "pve_task_get", "pve_task_wait");

    /// What the page calls by itself.
    private static final Set<String> ASKS = Set.of(
            "pve_cluster_status",
            "pve_health",
            "pve_node_list",
            "pve_storage_list",
            "pve_guest_list",
            "pve_guest_get",
            "pve_metrics_get",
            "pve_task_list",
            "pve_task_get",
            "pve_api_read");

    @Override
    public String uri() {
        return "ui://pve-mcp/dashboard";
    }

    @Override
    public String name() {
        return "dashboard";
    }

    @Override
    public String title() {
        return "Dashboard";
    }

    @Override
    public String doc() {
        return "The cluster at a glance, a guest's charts, a task as it goes on, a call that waits for a yes";
    }

    @Override
    public String page() {
        try (var page = Dashboard.class.getResourceAsStream(RESOURCE)) {
            return new String(page.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public boolean shows(Tool<?> tool) {
        return tool.tier() != Tier.READ || OPENED_BY.contains(tool.name());
    }

    @Override
    public boolean reads(Tool<?> tool) {
        return shows(tool) || ASKS.contains(tool.name());
    }
}
