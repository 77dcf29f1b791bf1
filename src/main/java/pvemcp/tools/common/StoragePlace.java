package pvemcp.tools.common;

import java.util.Comparator;
import pvemcp.pve.PveException;
import pvemcp.pve.PveFault;
import pvemcp.pve.Resource.StorageRow;
import pvemcp.tool.ToolContext;

/// Where a storage can be asked what is on it.
public final class StoragePlace {
    private StoragePlace() {}

    /// A node that reaches the storage.
    ///
    /// @throws PveException where there is no such storage, or several nodes have one of their own by this name
    public static String node(ToolContext ctx, String storage) {
        var rows = ctx.pve().storages().stream()
                .filter(row -> row.name().equals(storage))
                .sorted(Comparator.comparing((StorageRow row) -> !row.status().equals("available"))
                        .thenComparing(StorageRow::node))
                .toList();
        if (rows.isEmpty()) {
            throw new PveException(new PveFault.Missing("storage " + storage, "no storage '%s'".formatted(storage)));
        }
        if (!rows.getFirst().shared() && rows.size() > 1) {
            // Each node has its own disk under this name; one node's would pass for all.
            throw new PveException(new PveFault.Ambiguity(
                    "storage " + storage,
                    rows.stream().map(row -> "node=" + row.node()).sorted().toList()));
        }
        return rows.getFirst().node();
    }
}
