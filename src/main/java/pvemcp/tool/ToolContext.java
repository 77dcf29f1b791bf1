package pvemcp.tool;

import java.time.Clock;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import pvemcp.pve.BackupServer;
import pvemcp.pve.Pve;
import pvemcp.pve.Watcher;
import pvemcp.remote.Shells;
import pvemcp.schema.ApiSchema;

/// All a call may use: no statics, no clock of its own. For a READ call [#pve()] refuses everything but GET.
public interface ToolContext extends Watcher {
    Pve pve();

    /// The Proxmox Backup Servers that the owner has configured. They belong to no cluster; where this context is
    /// about several, they are those that may be looked at whatever cluster is asked. None for a call that is not
    /// [LooksBeside].
    default List<BackupServer> backupServers() {
        return List.of();
    }

    /// Further ones that this call may not look at, each with the reason.
    default List<String> closedBackupServers() {
        return List.of();
    }

    /// The ways into guests that the owner has opened.
    Shells shells();

    /// The directories of this machine that the owner has opened.
    LocalFiles files();

    /// Where the owner's secrets are, and where those for a person go.
    Vault vault();

    /// The user or token that the cluster knows us as, such as `mcp@pve!agent`; empty where that is not known.
    String identity();

    /// The schema of the cluster the call goes to.
    ApiSchema schema();

    Clock clock();

    /// Asks the cluster this call is about; where it is about several ([Everywhere]), all of them at the same time.
    /// A cluster that fails, or does not answer in its time, is told in [Each#gaps]; nobody waits longer for it.
    default <T> Each<T> everywhere(Function<ToolContext, T> question) {
        return Each.only("", question.apply(this));
    }

    /// Whether the server has more than one cluster, so that names may mean several things.
    default boolean oneOfSeveral() {
        return false;
    }

    /// Tells the caller how far the call has come: 0 to 1, or negative where that cannot be known.
    @Override
    void progress(double fraction, String message);

    /// Throws [Cancelled] once the caller has gone or has taken the call back.
    @Override
    void checkCancelled();

    /// The caller took the call back. What PVE has started goes on.
    final class Cancelled extends CancellationException {
        public Cancelled(String message) {
            super(message);
        }
    }
}
