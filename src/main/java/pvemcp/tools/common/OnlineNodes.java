package pvemcp.tools.common;

import java.util.List;
import java.util.Optional;
import pvemcp.pve.Resource.NodeRow;
import pvemcp.tool.ToolContext;

/// The nodes that can be asked, where a call may name one and need not.
public final class OnlineNodes {
    private OnlineNodes() {}

    /// The one that is named, be it online or not; else all that are online, by name.
    public static List<String> of(ToolContext ctx, Optional<String> named) {
        return named.map(List::of)
                .orElseGet(() -> ctx.pve().nodes().stream()
                        .filter(NodeRow::online)
                        .map(NodeRow::name)
                        .sorted()
                        .toList());
    }
}
