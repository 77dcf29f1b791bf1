package pvemcp.dispatch;

import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import pvemcp.pve.BackupServer;
import pvemcp.pve.Pve;
import pvemcp.pve.Transport;
import pvemcp.schema.ApiSchema;

/// One configured cluster, as calls go to it.
///
/// @param identity the user or token we are there, such as `mcp@pve!agent`
/// @param wire the way there; the dispatcher wraps it so that a read cannot write
/// @param client makes handles over a wrapped wire
/// @param schema the cluster's own API schema, fetched on first use
/// @param names patterns of names, as the owner gives them, that are this cluster's where there are several: `prod-*`
/// @param patience how long it is waited for where others are asked along with it
/// @param backups the backup servers that its calls may look at
public record Cluster(
        String name,
        String identity,
        Transport wire,
        Function<Transport, Pve> client,
        Supplier<ApiSchema> schema,
        Means means,
        List<String> names,
        Duration patience,
        List<BackupServer> backups) {
    private static final Duration USUAL = Duration.ofSeconds(30);

    public Cluster {
        names = List.copyOf(names);
        backups = List.copyOf(backups);
    }

    /// A cluster that nothing is lent to and no names are kept for.
    public Cluster(
            String name, String identity, Transport wire, Function<Transport, Pve> client, Supplier<ApiSchema> schema) {
        this(name, identity, wire, client, schema, Means.none(), List.of(), USUAL, List.of());
    }

    /// The same, with these means.
    public Cluster with(Means lent) {
        return new Cluster(name, identity, wire, client, schema, lent, names, patience, backups);
    }

    /// The same cluster for somebody with credentials of their own. The keys for SSH are not theirs, so guests are
    /// entered by their agents only; nor are the tokens of backup servers, which show what is anybody's.
    public Cluster entered(String as, Transport over) {
        return new Cluster(name, as, over, client, schema, means.byAgents(), names, patience, List.of());
    }

    /// The same, with what tells it from others and how long it is waited for.
    public Cluster among(List<String> itsNames, Duration itsPatience) {
        return new Cluster(name, identity, wire, client, schema, means, itsNames, itsPatience, backups);
    }

    /// The same, with these backup servers to look at.
    public Cluster besides(List<BackupServer> servers) {
        return new Cluster(name, identity, wire, client, schema, means, names, patience, servers);
    }
}
