package pvemcp.config;

import java.util.Optional;
import pvemcp.config.ClusterSettings.SecretSource;
import pvemcp.pve.Secret;

/// The database that several servers share, checked. Nothing is connected to; secrets that a command prints are had
/// when they are asked for.
public final class SharedSettings {
    private final String database;
    private final String user;
    private final Optional<SecretSource> password;
    private final SecretSource key;

    SharedSettings(String database, String user, Optional<SecretSource> password, SecretSource key) {
        this.database = database;
        this.user = user;
        this.password = password;
        this.key = key;
    }

    /// `postgresql://HOST:PORT/NAME`, perhaps with `jdbc:` in front and options behind.
    public String database() {
        return database;
    }

    public String user() {
        return user;
    }

    /// @throws ConfigException where it cannot be had
    public Optional<Secret> password() {
        return password.map(SecretSource::fetch);
    }

    /// @throws ConfigException where it cannot be had, or is too short to be one
    public Secret key() {
        var secret = key.fetch();
        SharedKeys.requireLong(secret);
        return secret;
    }
}
