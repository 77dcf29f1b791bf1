package pvemcp.config;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import pvemcp.config.ClusterSettings.Login;

/// The `[backup.NAME]` tables, read and checked.
final class Backups {
    static final String TABLE = "backup.";
    private static final String UNNAMED = "pbs";
    private static final int PORT = 8007;

    private final Checks checks;
    private final List<String> problems;

    /// @param problems what is wrong is added here
    Backups(Checks checks, List<String> problems) {
        this.checks = checks;
        this.problems = problems;
    }

    /// @param settings also of other kinds
    List<BackupSettings> read(List<Setting> settings) {
        Map<String, Map<Key, Setting>> tables = new LinkedHashMap<>();
        for (var setting : settings) {
            if (setting.key().ofBackupServer()) {
                tables.computeIfAbsent(setting.cluster(), _ -> new EnumMap<>(Key.class))
                        .put(setting.key(), setting);
            }
        }
        var servers = new ArrayList<BackupSettings>();
        tables.forEach((name, mine) -> server(name, mine).ifPresent(servers::add));
        if (tables.containsKey("") && tables.containsKey(UNNAMED)) {
            problems.add(
                    "%s: the backup server without a name is called '%s', and so is another: give it a table of its own"
                            .formatted(tables.get("").values().iterator().next().origin(), UNNAMED));
        }
        return servers;
    }

    private Optional<BackupSettings> server(String name, Map<Key, Setting> mine) {
        var url = need(name, mine, Key.BACKUP_URL).flatMap(setting -> checks.endpoint(setting, setting.text(), PORT));
        var id = need(name, mine, Key.BACKUP_TOKEN_ID).flatMap(checks::tokenId);
        var secret = need(name, mine, Key.BACKUP_TOKEN_SECRET).flatMap(checks::secret);
        var login = id.flatMap(token -> secret.map(value -> new Login.Token(token, value)));
        var trust = checks.trust(of(mine, Key.BACKUP_FINGERPRINT), of(mine, Key.BACKUP_CA_FILE));
        var timeout = checks.timeout(of(mine, Key.BACKUP_TIMEOUT));
        var hosts = of(mine, Key.BACKUP_HOSTS).map(Setting::texts).orElse(List.of());
        var called = name.isEmpty() ? UNNAMED : name;
        return url.flatMap(
                where -> login.map(token -> new BackupSettings(called, where, token, trust, hosts, timeout)));
    }

    private Optional<Setting> need(String name, Map<Key, Setting> mine, Key key) {
        var setting = of(mine, key);
        if (setting.isEmpty()) {
            var spelt = name.isEmpty() ? key.path() : key.path().replace(TABLE, TABLE + name + ".");
            problems.add("%s: %s is missing"
                    .formatted(mine.values().iterator().next().origin(), spelt));
        }
        return setting;
    }

    private static Optional<Setting> of(Map<Key, Setting> mine, Key key) {
        return Optional.ofNullable(mine.get(key));
    }
}
