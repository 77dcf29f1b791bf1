package pvemcp.pve;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// How to reach one cluster and as whom.
///
/// @param name what the owner calls the cluster; `default` where there is only one
/// @param endpoints `https://host:8006`, one a node that may be asked; the first that answers is used
/// @param timeout the limit of a whole exchange, default 30 s
public record Connection(String name, List<URI> endpoints, Credential credential, Trust trust, Duration timeout) {
    public Connection {
        endpoints = List.copyOf(endpoints);
    }

    /// As whom.
    public sealed interface Credential {
        /// An API token, `user@realm!name`, with its secret.
        record Token(String id, Secret secret) implements Credential {}

        /// The same of a Proxmox Backup Server, which has a way of its own to be shown one.
        record BackupToken(String id, Secret secret) implements Credential {}

        /// A user, `user@realm`, with a password and, where the account has TFA, the secret its TOTP codes are made
        /// from.
        record Password(String user, Secret password, Optional<Secret> totp) implements Credential {}

        /// A ticket that was got elsewhere, with its CSRF token; it lives two hours at most and is not renewed.
        record Ticket(Secret ticket, Optional<Secret> csrf) implements Credential {}

        /// Nobody: what is served without login can be had, and nothing else is asked for.
        record Nobody() implements Credential {}

        /// All of it that must never be shown.
        default List<Secret> secrets() {
            return switch (this) {
                case Nobody _ -> List.of();
                case Token token -> List.of(token.secret());
                case BackupToken token -> List.of(token.secret());
                case Password login -> {
                    var secrets = new ArrayList<Secret>();
                    secrets.add(login.password());
                    login.totp().ifPresent(secrets::add);
                    yield secrets;
                }
                case Ticket given -> {
                    var secrets = new ArrayList<Secret>();
                    secrets.add(given.ticket());
                    given.csrf().ifPresent(secrets::add);
                    yield secrets;
                }
            };
        }
    }

    /// Which certificate is believed.
    public sealed interface Trust {
        /// The authorities the JDK knows; the host name must match.
        record Authorities() implements Trust {}

        /// The authorities in this PEM file, such as a copy of `/etc/pve/pve-root-ca.pem`; the host name must match.
        record CaFile(Path pem) implements Trust {}

        /// Exactly these certificates, by SHA-256 fingerprint (`AA:BB:…`), whatever name or authority is in them.
        record Fingerprints(List<String> sha256) implements Trust {
            public Fingerprints {
                sha256 = List.copyOf(sha256);
            }
        }
    }
}
