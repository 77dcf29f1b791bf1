package pvemcp.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import pvemcp.config.ClusterSettings.SecretSource;
import pvemcp.pve.Secret;

/// Puts the keys `shared.*` together and says what is wrong with them. Nothing is connected to.
final class SharedKeys {
    private static final int SHORTEST_KEY = 32;

    private static final Pattern ADDRESS = Pattern.compile("(?:jdbc:)?postgresql://[^/\\s@?]+/[^/\\s@?]+(?:\\?\\S*)?");

    /// Options of the driver that are secrets, or stand in another key.
    private static final Pattern ELSEWHERE = Pattern.compile("[?&](user|password|sslpassword)=");

    private final List<Setting> settings;
    private final List<String> problems = new ArrayList<>();
    private final Checks checks;

    SharedKeys(List<Setting> settings, Surroundings surroundings) {
        this.settings = settings;
        this.checks = new Checks(surroundings, problems);
    }

    /// What is wrong; empty where [#read] can be used.
    List<String> problems() {
        read();
        return List.copyOf(problems);
    }

    /// Empty where something is missing.
    Optional<SharedSettings> read() {
        problems.clear();
        var database = of(Key.SHARED_DATABASE);
        if (database.isEmpty()) {
            problems.add("shared.database is missing: the other keys of shared mean nothing without it");
            return Optional.empty();
        }
        var address = database.get().text();
        if (!ADDRESS.matcher(address).matches()) {
            // What stands before an @ may be a password.
            problems.add("%s: '%s' is no address of a PostgreSQL database: write postgresql://HOST:5432/NAME, and"
                            .formatted(database.get().origin(), address.replaceFirst("//.*@", "//…@"))
                    + " who enters it into shared.user and shared.password_file");
        } else if (ELSEWHERE.matcher(address).find()) {
            problems.add("%s: user and password do not stand in the address: set shared.user and shared.password_file"
                    .formatted(database.get().origin()));
        }
        var key = of(Key.SHARED_KEY);
        if (key.isEmpty()) {
            problems.add(
                    "%s: shared.key_file is missing: a secret that all servers with this database have ('openssl rand -base64 32' prints one)"
                            .formatted(database.get().origin()));
        }
        var secret = key.flatMap(checks::secret);
        secret.ifPresent(this::checkLength);
        var user = of(Key.SHARED_USER).map(Setting::text).orElse(Key.SHARED_USER.fallback());
        var password = of(Key.SHARED_PASSWORD).flatMap(checks::secret);
        return secret.map(source -> new SharedSettings(address, user, password, source));
    }

    private Optional<Setting> of(Key key) {
        return settings.stream().filter(setting -> setting.key() == key).findFirst();
    }

    private void checkLength(SecretSource source) {
        try {
            if (source instanceof SecretSource.Value(var secret)) {
                requireLong(secret);
            }
        } catch (ConfigException e) {
            problems.addAll(e.problems());
        }
    }

    static void requireLong(Secret key) {
        if (key.reveal().length() < SHORTEST_KEY) {
            throw new ConfigException(List.of("shared.key has %d characters, which can be guessed: it takes %d or more"
                    .formatted(key.reveal().length(), SHORTEST_KEY)));
        }
    }
}
