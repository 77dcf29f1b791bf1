package pvemcp.dispatch;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.UnaryOperator;
import pvemcp.gate.Gate;
import pvemcp.pve.BackupServer;
import pvemcp.pve.Transport;

/// The backup servers as one call may look at them. They belong to no cluster.
///
/// @param closed those that it may not, each with the reason
record Beside(List<BackupServer> open, List<String> closed) {
    static final Beside NONE = new Beside(List.of(), List.of());

    Beside {
        open = List.copyOf(open);
        closed = List.copyOf(closed);
    }

    /// None where one of the clusters is entered by somebody with credentials of their own, who may see less of it
    /// than its backups show.
    ///
    /// @param clusters all that the caller may enter, whichever of them the call is about
    /// @param way how what is sent there is watched
    static Beside of(Collection<Cluster> clusters, Gate gate, Gate.Question call, UnaryOperator<Transport> way) {
        if (clusters.stream().anyMatch(cluster -> cluster.backups().isEmpty())) {
            return NONE;
        }
        var names = clusters.stream().map(Cluster::name).toList();
        var open = new ArrayList<BackupServer>();
        var closed = new ArrayList<String>();
        for (var server : clusters.iterator().next().backups()) {
            gate.closes(server.name(), call, names)
                    .ifPresentOrElse(
                            why -> closed.add("backup server %s: %s".formatted(server.name(), why)),
                            () -> open.add(server.by(way)));
        }
        return new Beside(open, closed);
    }
}
