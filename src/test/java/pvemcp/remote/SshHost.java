package pvemcp.remote;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.channel.ChannelSession;
import pvemcp.sim.ssh.Streamed;

/// A real SSH server on loopback whose commands run in this machine's own /bin/sh, as they would on a host. `pct
/// exec` runs its command right here, after the line was noted.
public final class SshHost implements AutoCloseable {
    private static final String PCT = "'/usr/sbin/pct' 'exec' '\\d+' '--' ";

    private final SshServer server = SshServer.setUpDefaultServer();
    private final KeyPair hostKey = rsa();
    private final Path key;
    public final List<String> lines = Collections.synchronizedList(new ArrayList<>());

    public SshHost(Path folder) throws IOException {
        var clientKey = rsa();
        key = folder.resolve("id_rsa");
        Files.writeString(
                key,
                "-----BEGIN PRIVATE KEY-----\n"
                        + Base64.getMimeEncoder(64, new byte[] {'\n'})
                                .encodeToString(clientKey.getPrivate().getEncoded())
                        + "\n-----END PRIVATE KEY-----\n");
        server.setHost("127.0.0.1");
        server.setKeyPairProvider(KeyPairProvider.wrap(hostKey));
        server.setPublickeyAuthenticator((_, offered, _) -> KeyUtils.compareKeys(offered, clientKey.getPublic()));
        server.setCommandFactory((_, line) -> new ShellCommand(line));
        server.start();
    }

    /// An account on it, as the owner of nodes would configure it.
    public SshSettings.Account account(String fingerprint) {
        return new SshSettings.Account(
                "root", server.getPort(), List.of(key), false, new SshTarget.HostKey.Pinned(List.of(fingerprint)));
    }

    SshTarget target(SshTarget.HostKey expected) {
        return new SshTarget("127.0.0.1", server.getPort(), "root", List.of(key), false, expected);
    }

    SshTarget target() {
        return target(new SshTarget.HostKey.Pinned(List.of(fingerprint())));
    }

    public String fingerprint() {
        try {
            var buffer = new ByteArrayBuffer();
            buffer.putRawPublicKey(hostKey.getPublic());
            var digest = MessageDigest.getInstance("SHA-256").digest(buffer.getCompactData());
            return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(digest);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyPair rsa() {
        try {
            var generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(2048);
            return generator.generateKeyPair();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws IOException {
        server.stop(true);
    }

    private final class ShellCommand extends Streamed {
        private final String line;
        private Process process;

        ShellCommand(String line) {
            this.line = line;
        }

        @Override
        public void start(ChannelSession channel, Environment environment) throws IOException {
            lines.add(line);
            var local = line.replaceFirst("^" + PCT, "");
            process = new ProcessBuilder("/bin/sh", "-c", local).start();
            Thread.ofVirtual().start(() -> copy(in, process.getOutputStream(), true));
            var quiet = Thread.ofVirtual().start(() -> copy(process.getErrorStream(), err, false));
            Thread.ofVirtual().start(() -> {
                copy(process.getInputStream(), out, false);
                try {
                    quiet.join();
                    ended.onExit(process.waitFor());
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }

        private static void copy(InputStream from, OutputStream to, boolean close) {
            try {
                var chunk = new byte[8192];
                for (int n = from.read(chunk); n >= 0; n = from.read(chunk)) {
                    to.write(chunk, 0, n);
                    to.flush();
                }
                if (close) {
                    to.close();
                }
            } catch (IOException _) {
                // The other side has gone, which ends the copy too.
            }
        }

        @Override
        public void destroy(ChannelSession channel) {
            process.destroyForcibly();
        }
    }
}
