package pvemcp.remote;

import com.jcraft.jsch.AgentIdentityRepository;
import com.jcraft.jsch.AgentProxyException;
import com.jcraft.jsch.ChannelExec;
import com.jcraft.jsch.HostKeyRepository;
import com.jcraft.jsch.JSch;
import com.jcraft.jsch.JSchException;
import com.jcraft.jsch.SSHAgentConnector;
import com.jcraft.jsch.Session;
import com.jcraft.jsch.SocketFactory;
import com.jcraft.jsch.UserInfo;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CancellationException;
import pvemcp.pve.PveException;
import pvemcp.pve.PveFault;
import pvemcp.pve.Waiting;
import pvemcp.pve.Watcher;
import pvemcp.remote.Output.Ending;

/// Commands over SSH: on a guest itself, or in a container through `pct exec` on the node that runs it.
///
/// Every command opens a connection of its own. The host key is checked before anything is sent; what the far shell
/// sees is one line of single-quoted words, so neither it nor the hypervisor's shell expands anything.
final class SshShell implements Shell {
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(10);

    private final SshTarget target;
    private final List<String> prefix;
    private final Dial dial;
    private final Waiting waiting;
    private final Watcher watcher;

    private SshShell(SshTarget target, List<String> prefix, Dial dial, Waiting waiting, Watcher watcher) {
        this.target = target;
        this.prefix = prefix;
        this.dial = dial;
        this.waiting = waiting;
        this.watcher = watcher;
    }

    /// Straight onto a machine.
    public static SshShell direct(SshTarget guest, Dial dial, Waiting waiting, Watcher watcher) {
        return new SshShell(guest, List.of(), dial, waiting, watcher);
    }

    /// Into a container, by way of the node that runs it. `pct` stands in /usr/sbin, which a login without a shell
    /// profile does not always search. A user other than root goes through `sudo -n`.
    public static SshShell container(SshTarget node, long vmid, Dial dial, Waiting waiting, Watcher watcher) {
        var pct = new ArrayList<String>();
        if (!node.user().equals("root")) {
            pct.addAll(List.of("sudo", "-n"));
        }
        pct.addAll(List.of("/usr/sbin/pct", "exec", Long.toString(vmid), "--"));
        return new SshShell(node, pct, dial, waiting, watcher);
    }

    @Override
    public String way() {
        return prefix.isEmpty()
                ? "ssh " + target
                : "ssh " + target + ", " + String.join(" ", prefix.subList(0, prefix.size() - 1));
    }

    @Override
    public Output run(Command command, RunLimits limits) {
        Session session = null;
        try {
            session = connect();
            return run(session, command, limits);
        } catch (JSchException e) {
            throw noWayIn(reason(e), e);
        } finally {
            if (session != null) {
                session.disconnect();
            }
        }
    }

    private Session connect() throws JSchException {
        var jsch = new JSch();
        trustHost(jsch);
        offerKeys(jsch);
        var session = jsch.getSession(target.user(), target.host(), target.port());
        session.setConfig("StrictHostKeyChecking", "yes");
        session.setConfig("PreferredAuthentications", "publickey");
        session.setConfig("ForwardAgent", "no");
        session.setDaemonThread(true);
        session.setSocketFactory(new Dialled(dial));
        session.connect((int) CONNECT.toMillis());
        return session;
    }

    private void trustHost(JSch jsch) throws JSchException {
        switch (target.hostKey()) {
            case SshTarget.HostKey.KnownHosts(var file) -> {
                if (!Files.isReadable(file)) {
                    throw noWayIn("there is no known_hosts file at " + file, null);
                }
                jsch.setKnownHosts(file.toString());
            }
            case SshTarget.HostKey.Pinned(var fingerprints) -> jsch.setHostKeyRepository(new Pinned(fingerprints));
        }
    }

    private void offerKeys(JSch jsch) throws JSchException {
        if (target.agent()) {
            try {
                jsch.setIdentityRepository(new AgentIdentityRepository(new SSHAgentConnector()));
            } catch (AgentProxyException e) {
                throw noWayIn("no ssh-agent answers: " + e.getMessage(), e);
            }
        }
        for (var key : target.keys()) {
            if (!Files.isReadable(key)) {
                throw noWayIn("the key file %s cannot be read".formatted(key), null);
            }
            jsch.addIdentity(key.toString());
        }
    }

    private Output run(Session session, Command command, RunLimits limits) throws JSchException {
        var words = new ArrayList<>(prefix);
        words.addAll(command.argv());
        var out = new Kept(limits.bytes());
        var err = new Kept(limits.bytes());
        var channel = (ChannelExec) session.openChannel("exec");
        channel.setCommand(Quote.posix(words).getBytes(StandardCharsets.UTF_8));
        channel.setInputStream(new ByteArrayInputStream(command.input()));
        channel.setOutputStream(out);
        channel.setErrStream(err);
        channel.connect((int) CONNECT.toMillis());
        var ending = await(channel, limits.time());
        var exit = ending == Ending.EXITED ? OptionalInt.of(channel.getExitStatus()) : OptionalInt.empty();
        return new Output(exit, out.text(), err.text(), out.cut(), err.cut(), ending, "");
    }

    private Ending await(ChannelExec channel, Duration time) {
        var start = waiting.elapsed();
        while (!channel.isClosed()) {
            if (waiting.elapsed().minus(start).compareTo(time) > 0) {
                return Ending.TIMED_OUT;
            }
            try {
                watcher.checkCancelled();
                waiting.pause(LOOK_AGAIN);
            } catch (CancellationException e) {
                throw (CancellationException) calledOff().initCause(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw calledOff();
            }
        }
        // A server that reports a signal sends no exit status (RFC 4254 section 6.10), which JSch shows as -1.
        return channel.getExitStatus() < 0 ? Ending.SIGNALLED : Ending.EXITED;
    }

    /// A server ends nothing when its client leaves, and SSH does not tell pids (RFC 4254 section 6).
    private CancellationException calledOff() {
        return new CancellationException(
                "the call was taken back; what it started by %s may go on there, under a pid that SSH does not tell"
                        .formatted(way()));
    }

    private String reason(JSchException e) {
        var message = e.getMessage() == null ? e.toString() : e.getMessage();
        if (message.contains("UnknownHostKey") || message.contains("reject HostKey")) {
            return "its host key is not known (" + message + "); add it to known_hosts or pin its fingerprint";
        }
        if (message.contains("HostKey has been changed") || message.contains("HostKeyChanged")) {
            return "its host key is not the known one: somebody may be in between, or the host was reinstalled";
        }
        return message;
    }

    private PveException noWayIn(String why, Throwable cause) {
        return new PveException(new PveFault.NoWayIn(way(), why), cause);
    }

    /// Connections as the library wants them made.
    private record Dialled(Dial dial) implements SocketFactory {
        @Override
        public Socket createSocket(String host, int port) throws IOException {
            return dial.connect(host, port, CONNECT);
        }

        @Override
        public InputStream getInputStream(Socket socket) throws IOException {
            return socket.getInputStream();
        }

        @Override
        public OutputStream getOutputStream(Socket socket) throws IOException {
            return socket.getOutputStream();
        }
    }

    /// Knows hosts by the fingerprints of their keys, whatever they are called.
    private record Pinned(List<String> fingerprints) implements HostKeyRepository {
        @Override
        public int check(String host, byte[] key) {
            return fingerprints.contains(fingerprint(key)) ? OK : CHANGED;
        }

        private static String fingerprint(byte[] key) {
            try {
                var digest = MessageDigest.getInstance("SHA-256").digest(key);
                return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(digest);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void add(com.jcraft.jsch.HostKey key, UserInfo user) {
            throw new UnsupportedOperationException("hosts are pinned by configuration");
        }

        @Override
        public void remove(String host, String type) {
            throw new UnsupportedOperationException("hosts are pinned by configuration");
        }

        @Override
        public void remove(String host, String type, byte[] key) {
            remove(host, type);
        }

        @Override
        public String getKnownHostsRepositoryID() {
            return "pinned";
        }

        @Override
        public com.jcraft.jsch.HostKey[] getHostKey() {
            return new com.jcraft.jsch.HostKey[0];
        }

        @Override
        public com.jcraft.jsch.HostKey[] getHostKey(String host, String type) {
            return new com.jcraft.jsch.HostKey[0];
        }
    }
}
