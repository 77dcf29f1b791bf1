package pvemcp.lab;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import pvemcp.dispatch.Cluster;
import pvemcp.dispatch.Means;
import pvemcp.pve.Connection;
import pvemcp.pve.HttpTransport;
import pvemcp.pve.Pve;
import pvemcp.pve.Secret;
import pvemcp.pve.Transport;
import pvemcp.pve.Waiting;
import pvemcp.remote.Shells;
import pvemcp.remote.SshSettings;
import pvemcp.schema.ApiSchema;
import pvemcp.sim.PveSim;
import pvemcp.sim.Scenario;
import pvemcp.sim.time.SimTime;
import pvemcp.tool.LocalFiles;
import pvemcp.tool.Vault;

/// Another cluster of the same owner, beside the one a [Lab] begins with: simulated too, with a time of its own that
/// only waiting moves.
public final class Neighbour implements AutoCloseable {
    private final String name;
    private final PveSim sim;
    private final HttpTransport wire;
    private final Instant began;
    private final List<String> requests = new CopyOnWriteArrayList<>();
    private final CountDownLatch end = new CountDownLatch(1);
    private List<String> names = List.of();
    private Duration patience = Duration.ofSeconds(30);
    private ApiSchema schema = ApiSchema.builtIn("9.2");
    private volatile boolean silent;

    Neighbour(String name, Scenario scenario, Instant began) {
        this.name = name;
        this.sim = PveSim.start(scenario, SimTime.byHand(began));
        this.began = began;
        var token = new Connection.Credential.Token(
                sim.token().id(), new Secret(sim.token().secret()));
        this.wire = new HttpTransport(
                new Connection(
                        name,
                        List.of(URI.create(sim.url())),
                        token,
                        new Connection.Trust.Fingerprints(List.of(sim.fingerprint())),
                        Duration.ofSeconds(30)),
                Clock.systemUTC(),
                waiting());
    }

    /// Names that the owner says are this cluster's.
    public Neighbour keeping(String... patterns) {
        names = List.of(patterns);
        return this;
    }

    /// It says of itself that this is its API.
    public Neighbour speaking(ApiSchema other) {
        schema = other;
        return this;
    }

    /// It takes every request and answers none.
    public Neighbour silent(Duration itsPatience) {
        silent = true;
        patience = itsPatience;
        return this;
    }

    /// It goes down for good.
    public Neighbour down() {
        sim.close();
        return this;
    }

    /// Changes the cluster behind everybody's back.
    public Neighbour with(Consumer<pvemcp.sim.world.Cluster> change) {
        sim.change(change);
        return this;
    }

    public PveSim sim() {
        return sim;
    }

    /// What calls have sent here so far.
    public List<String> requests() {
        return List.copyOf(requests);
    }

    Cluster cluster() {
        return new Cluster(name, sim.token().id(), noting(wire), wrapped -> new Pve(wrapped, waiting()), () -> schema)
                .with(new Means(new Shells(SshSettings.OFF, waiting()), Vault.NONE, LocalFiles.NONE))
                .among(names, patience);
    }

    private Transport noting(Transport next) {
        return (verb, path, params) -> {
            requests.add(verb + " " + path);
            if (silent) {
                never();
            }
            return next.send(verb, path, params);
        };
    }

    private void never() {
        try {
            end.await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        throw new CancellationException("nobody waits any more");
    }

    private Waiting waiting() {
        return new Waiting() {
            @Override
            public void pause(Duration time) {
                sim.advance(time);
            }

            @Override
            public Duration elapsed() {
                return Duration.between(began, sim.ask(cluster -> cluster.now()));
            }
        };
    }

    @Override
    public void close() {
        end.countDown();
        wire.close();
        sim.close();
    }
}
