package pvemcp.sim;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import pvemcp.json.Json;
import pvemcp.sim.api.AllRoutes;
import pvemcp.sim.api.Call;
import pvemcp.sim.api.Routes;
import pvemcp.sim.http.Front;
import pvemcp.sim.ssh.SimSsh;
import pvemcp.sim.time.SimTime;
import pvemcp.sim.world.Cluster;
import pvemcp.sim.world.World;

/// A simulated Proxmox VE that answers on a port: TLS, logins, privileges, tasks, and what the scenario put there.
///
/// One lock is around every request and every look from outside, so the world behind it needs none. Thread-safe.
public final class PveSim implements World, AutoCloseable {
    private final ReentrantLock lock = new ReentrantLock();
    private final State world;
    private final Faults faults;
    private final Routes routes;
    private final Front front;
    private final SimOptions options;
    private final Optional<Journal> journal;
    private Optional<SimSsh> ssh = Optional.empty();
    private Optional<BackupSim> backups = Optional.empty();
    private final byte[] certificateBeside;

    private PveSim(SimOptions options) throws IOException {
        this.options = options;
        var saved = options.state().filter(state -> !state.isEmpty()).map(Saved::of);
        world = saved.map(earlier -> State.fromJson(earlier.world(), options.time()))
                .orElseGet(() -> State.begin(options.scenario(), options.time(), options.seed()));
        faults = new Faults(world.tasks, this::change);
        routes = AllRoutes.of(options.schema());
        front = new Front(options, lock, world.cluster, world.tasks, routes, faults);
        front.certify(saved.map(Saved::certificate).orElse(new byte[0]));
        certificateBeside = saved.map(Saved::beside).orElse(new byte[0]);
        saved.ifPresent(this::goOn);
        journal = options.state()
                .map(_ -> saved.map(earlier -> new Journal(world, earlier.world(), earlier.since()))
                        .orElseGet(() -> new Journal(world)));
        front.listen(journal.<Consumer<Call>>map(told -> told).orElse(_ -> {}));
    }

    /// Goes through what another simulator had under way when it ended.
    private void goOn(Saved saved) {
        saved.since().forEach(front::again);
        world.time.reach(saved.at());
    }

    /// Starts on a free loopback port, strict: for tests, which see from a 500 what is not as declared.
    public static PveSim start(Scenario scenario, SimTime time) {
        return start(SimOptions.of(scenario, time).withStrict(_ -> {}));
    }

    /// Starts; an [java.io.UncheckedIOException] where the port is taken.
    ///
    /// @throws IllegalArgumentException where the state it is to go on from is none
    public static PveSim start(SimOptions options) {
        try {
            return new PveSim(options);
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
        return world.token();
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
            world.time.catchUp();
            return question.apply(world.cluster);
        } finally {
            lock.unlock();
        }
    }

    /// While something is under way, [#state] does not know of the change.
    @Override
    public void change(Consumer<Cluster> change) {
        lock.lock();
        try {
            world.time.catchUp();
            change.accept(world.cluster);
            journal.ifPresent(Journal::beginAnew);
        } finally {
            lock.unlock();
        }
    }

    /// Moves a clock that stands ([SimTime#byHand]); what became due has happened when this returns.
    public void advance(Duration step) {
        if (!(world.time instanceof SimTime.ByHand hand)) {
            throw new IllegalStateException("this simulator's clock runs by itself");
        }
        lock.lock();
        try {
            hand.advance(step);
            world.time.catchUp();
        } finally {
            lock.unlock();
        }
    }

    /// What another simulator can go on from, as [SimOptions#withState] has it: the world with whatever is under way,
    /// the token, the certificate. Its secrets are in there as they are. Faults on order are not.
    public synchronized Json.Obj state() {
        lock.lock();
        try {
            world.time.catchUp();
            var beside = backups.isPresent() ? backups.get().pkcs12() : certificateBeside;
            return journal.orElseThrow().save(front.pkcs12(), beside).json();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
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

    /// The backup server beside the cluster; it is started when this is first asked for, on a free port.
    public BackupSim backupServer() {
        return backupServer(0);
    }

    /// The same; an [java.io.UncheckedIOException] where the port is taken.
    ///
    /// @param port on which it is started, if this starts it; 0 for any free one
    public synchronized BackupSim backupServer(int port) {
        if (backups.isEmpty()) {
            lock.lock();
            try {
                backups = Optional.of(new BackupSim(options.withPort(port), lock, world, certificateBeside));
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
