package pvemcp.sim;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import pvemcp.sim.api.AllRoutes;
import pvemcp.sim.api.Routes;
import pvemcp.sim.http.Front;
import pvemcp.sim.ssh.SimSsh;
import pvemcp.sim.task.SimTasks;
import pvemcp.sim.time.SimTime;
import pvemcp.sim.world.Cluster;
import pvemcp.sim.world.World;

/// A simulated Proxmox VE that answers on a port: TLS, logins, privileges, tasks, and what the scenario put there.
///
/// One lock is around every request and every look from outside, so the world behind it needs none. Thread-safe.
public final class PveSim implements World, AutoCloseable {
    private final ReentrantLock lock = new ReentrantLock();
    private final SimTime time;
    private final Cluster cluster;
    private final SimTasks tasks;
    private final Credentials credentials;
    private final Faults faults;
    private final Routes routes;
    private final Front front;
    private final SimOptions options;
    private Optional<SimSsh> ssh = Optional.empty();
    private Optional<BackupSim> backups = Optional.empty();

    private PveSim(SimOptions options) {
        this.options = options;
        time = options.time();
        cluster = new Cluster(time, options.seed());
        tasks = new SimTasks(time);
        credentials = options.scenario().seed(cluster);
        tasks.recall(cluster.history);
        faults = new Faults(tasks, this::change);
        routes = AllRoutes.of(options.schema());
        front = new Front(options, lock, cluster, tasks, routes, faults);
    }

    /// Starts on a free loopback port.
    public static PveSim start(Scenario scenario, SimTime time) {
        return start(SimOptions.of(scenario, time));
    }

    /// Starts; an [java.io.UncheckedIOException] where the port is taken or the certificate's directory is not to be
    /// used.
    public static PveSim start(SimOptions options) {
        try {
            var sim = new PveSim(options);
            sim.front.listen();
            return sim;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public int port() {
        return front.port();
    }

    /// `https://127.0.0.1:port`
    public String url() {
        return front.url();
    }

    /// SHA-256 of the certificate, `AA:BB:…`, to pin.
    public String fingerprint() {
        return front.fingerprint();
    }

    /// An API token of the scenario that is ready for use.
    public Credentials token() {
        return credentials;
    }

    /// What of PVE's API is simulated.
    public Routes routes() {
        return routes;
    }

    /// Further things that are to go wrong.
    public Faults faults() {
        return faults;
    }

    /// The next task of a type fails: `sim.fail("qmstop").with("timeout")`.
    public Faults.TaskFault fail(String taskType) {
        return faults.fail(taskType);
    }

    /// A node does not answer any more, see [Faults#drop].
    public void drop(String node) {
        faults.drop(node);
    }

    /// Every answer is held back for so long, on the wall clock.
    public void slow(Duration delay) {
        faults.slow(delay);
    }

    @Override
    public <T> T ask(Function<Cluster, T> question) {
        lock.lock();
        try {
            time.catchUp();
            return question.apply(cluster);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void change(Consumer<Cluster> change) {
        lock.lock();
        try {
            time.catchUp();
            change.accept(cluster);
        } finally {
            lock.unlock();
        }
    }

    /// Moves a clock that stands ([SimTime#byHand]); what became due has happened when this returns.
    public void advance(Duration step) {
        if (!(time instanceof SimTime.ByHand hand)) {
            throw new IllegalStateException("this simulator's clock runs by itself");
        }
        lock.lock();
        try {
            hand.advance(step);
            time.catchUp();
        } finally {
            lock.unlock();
        }
    }

    /// The way into nodes and guests over SSH; its server is started when this is first asked for.
    public synchronized SimSsh ssh() {
        if (ssh.isEmpty()) {
            ssh = Optional.of(new SimSsh(this));
        }
        return ssh.get();
    }

    /// The backup server beside the cluster; it is started when this is first asked for.
    public synchronized BackupSim backupServer() {
        if (backups.isEmpty()) {
            lock.lock();
            try {
                backups = Optional.of(new BackupSim(options, lock, cluster));
            } finally {
                lock.unlock();
            }
        }
        return backups.get();
    }

    @Override
    public synchronized void close() {
        front.close();
        backups.ifPresent(BackupSim::close);
        ssh.ifPresent(SimSsh::close);
    }
}
