package pvemcp.tools.common;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import pvemcp.json.Json;
import pvemcp.pve.Bytes;
import pvemcp.pve.Pve;
import pvemcp.pve.PveException;
import pvemcp.pve.PveFault;
import pvemcp.pve.Resource.NodeRow;
import pvemcp.pve.Resource.StorageRow;
import pvemcp.text.Nearest;
import pvemcp.tool.BadArguments;
import pvemcp.view.Clean;

/// Where a new guest goes, for callers that leave it open.
public final class Places {
    private Places() {}

    /// The node that is named; else the one that is online.
    ///
    /// @throws BadArguments where there are several, or none of that name
    public static String node(Pve pve, Optional<String> wanted) {
        var nodes = pve.nodes();
        var names = nodes.stream().map(NodeRow::name).sorted().toList();
        if (wanted.isPresent()) {
            // A token may not see the nodes it may use.
            if (!names.isEmpty() && !names.contains(wanted.get())) {
                throw new BadArguments(List.of("argument 'node': there is no node '%s'%s"
                        .formatted(wanted.get(), Nearest.hint(wanted.get(), names))));
            }
            return wanted.get();
        }
        var online = nodes.stream()
                .filter(NodeRow::online)
                .map(NodeRow::name)
                .sorted()
                .toList();
        if (online.size() != 1) {
            throw new BadArguments(
                    List.of("missing argument 'node': say which of %s".formatted(String.join(", ", online))));
        }
        return online.getFirst();
    }

    /// The storage that is named; else the one on that node for such content where thin volumes and snapshots are
    /// at home, and of those the one with most room.
    ///
    /// @param content `images` for VMs, `rootdir` for containers
    public static String storage(Pve pve, String node, String content, Optional<String> wanted) {
        if (wanted.isPresent()) {
            return wanted.get();
        }
        return pve.storages().stream()
                .filter(row -> row.node().equals(node) && row.status().equals("available"))
                .filter(row -> row.content().contains(content))
                .max(Comparator.comparing(Places::isPool).thenComparing(Places::free))
                .map(StorageRow::name)
                .orElseThrow(() ->
                        new BadArguments(List.of("missing argument 'storage': %s has none for %s; see pve_storage_list"
                                .formatted(node, content))));
    }

    private static boolean isPool(StorageRow row) {
        return List.of("lvmthin", "zfspool", "rbd").contains(row.type());
    }

    private static Bytes free(StorageRow row) {
        return row.size().orElse(Bytes.ZERO).minus(row.used().orElse(Bytes.ZERO));
    }

    /// The id that is wanted, if it is free; else the lowest free one.
    public static int id(Pve pve, Optional<Integer> wanted) {
        if (wanted.isEmpty()) {
            return pve.nextId();
        }
        for (var row : pve.guests()) {
            if (row.vmid() == wanted.get()) {
                var problem = "%d is taken by %s on %s; the next free id is %d"
                        .formatted(row.vmid(), Clean.name(row.name()), row.node(), pve.nextId());
                throw new PveException(new PveFault.Invalid(problem, Map.of("vmid", problem)));
            }
        }
        return wanted.get();
    }

    /// Adds what is there.
    public static Json.Obj with(Json.Obj params, String name, Optional<String> value) {
        return value.map(text -> params.with(name, text)).orElse(params);
    }

    public static String list(List<String> words) {
        return words.stream().map(Clean::name).collect(Collectors.joining(", "));
    }
}
