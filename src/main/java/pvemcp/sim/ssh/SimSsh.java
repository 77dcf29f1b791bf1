package pvemcp.sim.ssh;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.digest.BuiltinDigests;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionListener;
import org.apache.sshd.server.SshServer;
import pvemcp.sim.world.Cluster;
import pvemcp.sim.world.World;

/// SSH into the simulated hosts: as root onto nodes, where `pct exec` leads on into their containers, and into guests
/// that run. Commands go to the toy shell of that host; nothing of this machine is run or read.
///
/// The hosts have addresses that lead nowhere (RFC 5737), so their network is in here: [#connect] is how a client
/// gets to them. Thread-safe.
public final class SimSsh implements AutoCloseable {
    private static final int PORT = 22;

    private final World world;
    private final SshServer server = SshServer.setUpDefaultServer();
    private final Path key;
    private final String fingerprint;
    /// Which host a connection is for, by the port it comes from.
    private final Map<Integer, String> wanted = new ConcurrentHashMap<>();

    private final AtomicInteger connections = new AtomicInteger();

    /// Starts on a free loopback port.
    public SimSsh(World world) {
        this.world = world;
        try {
            var hostKey = keyPair();
            var clientKey = keyPair();
            fingerprint = KeyUtils.getFingerPrint(BuiltinDigests.sha256, hostKey.getPublic());
            // Only the owner may read a file made this way.
            key = Files.createTempFile("pve-mcp-sim-", ".key");
            try (var out = Files.newOutputStream(key)) {
                OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(clientKey, "", null, out);
            }
            server.setHost("127.0.0.1");
            server.setKeyPairProvider(KeyPairProvider.wrap(hostKey));
            server.setPublickeyAuthenticator((user, offered, session) -> user.equals("root")
                    && wanted.containsKey(portOf(session))
                    && KeyUtils.compareKeys(offered, clientKey.getPublic()));
            server.addSessionListener(new SessionListener() {
                @Override
                public void sessionCreated(Session session) {
                    connections.incrementAndGet();
                }
            });
            server.setCommandFactory((channel, line) -> new ToyCommand(world, hostOf(channel.getSession()), line));
            server.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /// P-256 and not RSA, which takes half a second to make.
    private static KeyPair keyPair() throws GeneralSecurityException {
        var generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        return generator.generateKeyPair();
    }

    /// The private key that root logs in with everywhere, readable for this user only; gone when this is closed.
    public Path key() {
        return key;
    }

    /// The key that all of the hosts show, as `ssh-keygen -l` prints it: `SHA256:…`.
    public String fingerprint() {
        return fingerprint;
    }

    /// How many connections have come in so far, whatever became of them.
    public int connections() {
        return connections.get();
    }

    /// A connection to a simulated host by its name or address.
    ///
    /// @throws IOException where nothing answers there
    public Socket connect(String host, int port) throws IOException {
        if (port != PORT || !world.ask(cluster -> answers(cluster, host))) {
            throw new ConnectException("Connection refused: %s port %d".formatted(host, port));
        }
        var socket = new Socket();
        try {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            wanted.put(socket.getLocalPort(), host);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getPort()));
            return socket;
        } catch (IOException e) {
            wanted.remove(socket.getLocalPort());
            socket.close();
            throw e;
        }
    }

    private static boolean answers(Cluster cluster, String host) {
        return cluster.reached(host)
                .filter(found -> found.services.getOrDefault("ssh", false))
                .isPresent();
    }

    private String hostOf(Session session) {
        return wanted.getOrDefault(portOf(session), "");
    }

    private static int portOf(Session session) {
        return session.getRemoteAddress() instanceof InetSocketAddress address ? address.getPort() : 0;
    }

    @Override
    public void close() {
        try {
            server.stop(true);
            Files.deleteIfExists(key);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
