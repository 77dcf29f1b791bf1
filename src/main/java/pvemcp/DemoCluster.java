package pvemcp;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import pvemcp.pve.BackupServer;
import pvemcp.pve.Connection;
import pvemcp.pve.Connection.Credential;
import pvemcp.pve.HttpTransport;
import pvemcp.pve.Secret;
import pvemcp.pve.Waiting;
import pvemcp.remote.Shells;
import pvemcp.remote.SshSettings;
import pvemcp.remote.SshTarget;
import pvemcp.sim.PveSim;
import pvemcp.sim.Scenario;
import pvemcp.sim.SimOptions;
import pvemcp.sim.scenario.Scenarios;
import pvemcp.sim.ssh.SimSsh;
import pvemcp.sim.time.SimTime;

/// A simulated cluster of a demo and the ways into it. It starts with the first request to it. Thread-safe.
final class DemoCluster implements AutoCloseable {
    private final String name;
    private final List<String> names;
    private final Scenario scenario;
    private final Clock clock;
    private final double speed;
    private final LateWire wire;
    private final LateWire besides;
    private final Shells shells;
    private Optional<PveSim> started = Optional.empty(); // guarded by this

    /// @param names patterns of names that are this cluster's
    /// @param speed how much faster than ours its time goes
    private DemoCluster(String name, List<String> names, Scenario scenario, Clock clock, double speed) {
        this.name = name;
        this.names = names;
        this.scenario = scenario;
        this.clock = clock;
        this.speed = speed;
        this.wire = new LateWire(() -> {
            var token = sim().token();
            var shown = new Credential.Token(token.id(), new Secret(token.secret()));
            return transport(shown, sim().url(), sim().fingerprint());
        });
        this.besides = new LateWire(() -> {
            var server = sim().backupServer();
            var shown = new Credential.BackupToken(
                    server.token().id(), new Secret(server.token().secret()));
            return transport(shown, server.url(), server.fingerprint());
        });
        this.shells = new Shells(
                () -> entrances(sim().ssh()), (host, port, _) -> sim().ssh().connect(host, port), Waiting.REAL);
    }

    /// One that is simply there, or those of the guide about several clusters.
    ///
    /// @param count 1 or 2
    static List<DemoCluster> all(int count, Clock clock, double speed) {
        return count == 1
                ? List.of(new DemoCluster("demo", List.of(), Scenarios.backedUpHomelab(), clock, speed))
                : List.of(
                        new DemoCluster("home", List.of(), Scenarios.backedUpHomelab(), clock, speed),
                        new DemoCluster("work", List.of("prod-*", "shop-*"), Scenarios.office(), clock, speed));
    }

    String name() {
        return name;
    }

    List<String> names() {
        return names;
    }

    LateWire wire() {
        return wire;
    }

    Shells shells() {
        return shells;
    }

    /// The backup server beside the first.
    BackupServer backupServer() {
        // Where its storages have it; the port it really has is known once it runs.
        var address = new BackupServer.Address(List.of("192.0.2.250"), 8007, List.of());
        return new BackupServer("vault", address, besides);
    }

    private synchronized PveSim sim() {
        if (started.isEmpty()) {
            started = Optional.of(PveSim.start(SimOptions.of(scenario, SimTime.ticking(clock.instant(), speed))));
        }
        return started.get();
    }

    private HttpTransport transport(Credential shown, String url, String fingerprint) {
        var trust = new Connection.Trust.Fingerprints(List.of(fingerprint));
        var connection = new Connection(name, List.of(URI.create(url)), shown, trust, Duration.ofSeconds(30));
        return new HttpTransport(connection, clock);
    }

    /// The simulated hosts take one key and show one key, which is pinned.
    private static SshSettings entrances(SimSsh ssh) {
        var known = new SshTarget.HostKey.Pinned(List.of(ssh.fingerprint()));
        var root = new SshSettings.Account("root", 22, List.of(ssh.key()), false, known);
        return new SshSettings(true, root, Map.of(), root, Map.of());
    }

    @Override
    public void close() {
        wire.close();
        besides.close();
        synchronized (this) {
            started.ifPresent(PveSim::close);
        }
    }
}
