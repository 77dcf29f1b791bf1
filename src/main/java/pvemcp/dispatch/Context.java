package pvemcp.dispatch;

import java.time.Clock;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import pvemcp.pve.BackupServer;
import pvemcp.pve.Pve;
import pvemcp.pve.Transport;
import pvemcp.remote.Shells;
import pvemcp.schema.ApiSchema;
import pvemcp.tool.Each;
import pvemcp.tool.LocalFiles;
import pvemcp.tool.ToolContext;
import pvemcp.tool.Vault;
import pvemcp.view.Clean;

/// What one call may use: the cluster through the wire it was given, and the way back to its caller.
///
/// @param oneOfSeveral whether the server has more clusters than this
/// @param beside the backup servers
/// @param entering told each command before it goes into a guest over SSH; throws to keep it from going
record Context(
        Cluster cluster,
        boolean oneOfSeveral,
        Transport wire,
        Beside beside,
        Clock clock,
        Caller caller,
        Consumer<String> entering)
        implements ToolContext {
    /// For a call that only reads, and looks at no backup server.
    Context(Cluster cluster, boolean oneOfSeveral, Transport wire, Clock clock, Caller caller) {
        this(cluster, oneOfSeveral, wire, Beside.NONE, clock, caller, command -> {
            throw new IllegalStateException("a call that only reads wanted to run " + command);
        });
    }

    /// The same by another way.
    Context by(Transport otherWire, Consumer<String> otherEntering) {
        return new Context(cluster, oneOfSeveral, otherWire, beside, clock, caller, otherEntering);
    }

    /// The same with backup servers to look at.
    Context besides(Beside servers) {
        return new Context(cluster, oneOfSeveral, wire, servers, clock, caller, entering);
    }

    @Override
    public List<BackupServer> backupServers() {
        return beside.open();
    }

    @Override
    public List<String> closedBackupServers() {
        return beside.closed();
    }

    /// The same for a question that several clusters are asked at once, whose progress nobody could follow.
    Context silent() {
        return new Context(cluster, oneOfSeveral, wire, beside, clock, new Silent(caller), entering);
    }

    @Override
    public <T> Each<T> everywhere(Function<ToolContext, T> question) {
        return Each.only(cluster.name(), question.apply(this));
    }

    @Override
    public Shells shells() {
        return cluster.means().shells().watched(entering, this);
    }

    @Override
    public Pve pve() {
        return cluster.client().apply(wire);
    }

    @Override
    public LocalFiles files() {
        return cluster.means().files();
    }

    @Override
    public Vault vault() {
        return cluster.means().vault();
    }

    @Override
    public String identity() {
        return cluster.identity();
    }

    @Override
    public ApiSchema schema() {
        return cluster.schema().get();
    }

    @Override
    public void progress(double fraction, String message) {
        caller.progress(fraction, Clean.line(message));
    }

    @Override
    public void checkCancelled() {
        if (caller.cancelled()) {
            throw new Cancelled("the caller took the call back");
        }
    }

    private static final class Silent extends ForwardingCaller {
        Silent(Caller caller) {
            super(caller);
        }

        @Override
        public void progress(double fraction, String message) {
            // Told by whoever asks all of them.
        }
    }
}
