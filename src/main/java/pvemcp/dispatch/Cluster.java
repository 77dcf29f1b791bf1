package pvemcp.dispatch;

import java.util.function.Function;
import java.util.function.Supplier;
import pvemcp.pve.Pve;
import pvemcp.pve.Transport;
import pvemcp.pve.Waiting;
import pvemcp.remote.Shells;
import pvemcp.remote.SshSettings;
import pvemcp.schema.ApiSchema;
import pvemcp.tool.LocalFiles;
import pvemcp.tool.Vault;

/// One configured cluster, as calls go to it.
///
/// @param identity the user or token we are there, such as `mcp@pve!agent`
/// @param wire the way there; the dispatcher wraps it so that a read cannot write
/// @param client makes handles over a wrapped wire
/// @param schema the cluster's own API schema, fetched on first use
/// @param shells the ways into its guests
/// @param vault where its calls find secrets and leave them
/// @param files what of this machine its calls may read and write
public record Cluster(
        String name,
        String identity,
        Transport wire,
        Function<Transport, Pve> client,
        Supplier<ApiSchema> schema,
        Shells shells,
        Vault vault,
        LocalFiles files) {
    /// A cluster whose guests are entered by their agents only, and whose calls have nothing of this machine.
    public Cluster(
            String name, String identity, Transport wire, Function<Transport, Pve> client, Supplier<ApiSchema> schema) {
        this(
                name,
                identity,
                wire,
                client,
                schema,
                new Shells(SshSettings.OFF, Waiting.REAL),
                Vault.NONE,
                LocalFiles.NONE);
    }
}
