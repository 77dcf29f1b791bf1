package pvemcp.config;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import pvemcp.pve.Connection;
import pvemcp.pve.Connection.Credential;
import pvemcp.pve.Connection.Trust;
import pvemcp.pve.Secret;
import pvemcp.tool.Tier;

/// One configured cluster, checked; its secrets are read when it is first connected to.
///
/// @param name `default` for the one that has none
/// @param names patterns of names that are this cluster's, where there are several
/// @param most the highest tier of calls on it
public record ClusterSettings(
        String name, List<URI> endpoints, Login login, Trust trust, Duration timeout, List<String> names, Tier most) {
    public ClusterSettings {
        endpoints = List.copyOf(endpoints);
        names = List.copyOf(names);
    }

    /// As whom, with the secrets still where they are kept.
    sealed interface Login {
        String principal();

        record Token(String id, SecretSource secret) implements Login {
            @Override
            public String principal() {
                return id;
            }
        }

        /// Callers bring credentials of their own, and the server has none.
        record Nobody() implements Login {
            @Override
            public String principal() {
                return "";
            }
        }

        record Password(String user, SecretSource password, Optional<SecretSource> totp) implements Login {
            @Override
            public String principal() {
                return user;
            }
        }

        record Ticket(SecretSource ticket, Optional<SecretSource> csrf) implements Login {
            @Override
            public String principal() {
                return "";
            }
        }
    }

    /// How to connect. Runs the commands that print secrets, where there are such, so it may take a while.
    ///
    /// @throws ConfigException where a secret cannot be had
    public Connection connection() {
        return new Connection(name, endpoints, credential(), trust, timeout);
    }

    private Credential credential() {
        return switch (login) {
            case Login.Nobody() -> new Credential.Nobody();
            case Login.Token(var id, var secret) -> new Credential.Token(id, secret.fetch());
            case Login.Password(var user, var password, var totp) ->
                new Credential.Password(user, password.fetch(), totp.map(SecretSource::fetch));
            case Login.Ticket(var ticket, var csrf) ->
                new Credential.Ticket(ticket.fetch(), csrf.map(SecretSource::fetch));
        };
    }

    /// Whether the server itself goes there, and not only those of its callers who have credentials of their own.
    public boolean hasLogin() {
        return !(login instanceof Login.Nobody);
    }

    /// Whose authority is used, such as `mcp@pve!claude`; empty for a ticket, which carries its user inside, and for
    /// nobody.
    public String principal() {
        return login.principal();
    }

    /// The same cluster for somebody else.
    ClusterSettings as(Login other) {
        return new ClusterSettings(name, endpoints, other, trust, timeout, names, most);
    }

    /// Where a secret is kept.
    sealed interface SecretSource {
        Secret fetch();

        record Value(Secret secret) implements SecretSource {
            @Override
            public Secret fetch() {
                return secret;
            }
        }

        /// The first line that a command prints.
        record Command(String line, String origin) implements SecretSource {
            @Override
            public Secret fetch() {
                return SecretCommand.run(line, origin);
            }
        }
    }
}
