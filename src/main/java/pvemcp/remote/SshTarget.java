package pvemcp.remote;

import java.nio.file.Path;
import java.util.List;

/// A host to log in to, as whom, with which keys, and how it is recognised. There is no password and no blind trust.
///
/// @param keys private key files, tried in order; empty together with `agent` false means that nobody can log in
/// @param agent whether the running ssh-agent (`SSH_AUTH_SOCK`) may sign too
public record SshTarget(String host, int port, String user, List<Path> keys, boolean agent, HostKey hostKey) {
    public SshTarget {
        keys = List.copyOf(keys);
        // The JDK's own resolver takes anything, and a leading dash is an option to tools such names are pasted into.
        if (host.isBlank() || host.startsWith("-") || host.chars().anyMatch(c -> c <= ' ' || c == '@' || c == '/')) {
            throw new IllegalArgumentException("'%s' is not a host name".formatted(host));
        }
    }

    /// What the host has to show.
    public sealed interface HostKey {
        /// A key that this known_hosts file lists for it; hashed entries are understood.
        record KnownHosts(Path file) implements HostKey {}

        /// A key with one of these fingerprints, `SHA256:…` as ssh-keygen prints them.
        record Pinned(List<String> fingerprints) implements HostKey {
            public Pinned {
                fingerprints = List.copyOf(fingerprints);
            }
        }
    }

    @Override
    public String toString() {
        return port == 22 ? user + "@" + host : user + "@" + host + ":" + port;
    }
}
