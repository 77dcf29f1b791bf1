package pvemcp.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import pvemcp.config.Key.Kind;
import pvemcp.text.Nearest;

/// Gathers settings from all places, the strongest first, and has them checked: `PVE_MCP_*` in the environment, the
/// configuration file, `PVE_MCP_*` in `.env`, then what other programs call `PROXMOX_*`, then the defaults.
///
/// `.env` comes after the file because it stands in whatever directory the server is started in, which need not be
/// the owner's choice: it completes a configuration but does not change one.
final class Loader {
    private static final String PREFIX = "PVE_MCP_";
    private static final String CLUSTERS = "CLUSTERS_";
    private static final String SERVERS = "BACKUP_";

    /// Variables of ours that are no keys: they are read by the launcher and before any configuration.
    static final List<String> OTHERS =
            List.of("PVE_MCP_CONFIG", "PVE_MCP_LAUNCHER", "PVE_MCP_JAVA_HOME", "PVE_MCP_JAVA_OPTS", "PVE_MCP_DEBUG");

    private final Surroundings surroundings;
    private final List<String> problems = new ArrayList<>();
    private final List<String> notices = new ArrayList<>();
    private final Map<Slot, Setting> chosen = new LinkedHashMap<>();
    private final List<String> names = new ArrayList<>();
    private final List<String> servers = new ArrayList<>();

    /// The settings of all rules and principals, in their order.
    private final List<Setting> tables = new ArrayList<>();

    private record Slot(String cluster, Key key) {
        // Written out because a record's own is put together at run time, on the way to the first answer (ADR 0012).
        @Override
        public int hashCode() {
            return cluster.hashCode() * 31 + key.hashCode();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Slot slot && cluster.equals(slot.cluster) && key == slot.key;
        }
    }

    Loader(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    Config load() {
        var file = file();
        var fromFile = file.map(this::fromFile).orElse(List.of());
        fromFile.forEach(this::name);
        var dotenv = EnvFile.read(surroundings.directory().resolve(".env"), problems);

        take(fromEnvironment(surroundings.env(), Map.of()));
        take(fromFile);
        take(fromDotenv(dotenv));
        var dialect = new Dialects(surroundings.env(), dotenv, notices).settings();
        if (chosen.keySet().stream().noneMatch(slot -> Checks.SAYS_WHERE_OR_WHO.contains(slot.key()))) {
            take(dialect);
        } else {
            take(dialect.stream().filter(setting -> !setting.key().ofCluster()).toList());
            dialect.stream()
                    .filter(setting -> Checks.SAYS_WHERE_OR_WHO.contains(setting.key()))
                    .findFirst()
                    .ifPresent(
                            setting -> notices.add("%s and its kin are ignored, because a cluster is configured by %s"
                                    .formatted(setting.origin(), whoCame())));
        }

        var settings = new ArrayList<>(chosen.values());
        settings.sort((one, other) -> {
            int byCluster = Integer.compare(names.indexOf(one.cluster()), names.indexOf(other.cluster()));
            return byCluster != 0 ? byCluster : one.key().compareTo(other.key());
        });
        settings.addAll(tables);
        var checks = new Checks(surroundings, problems);
        var clusters = checks.clusters(settings, names);
        var principals =
                tables.isEmpty() ? List.<Principal>of() : new Principals(clusters, checks, problems).read(tables);
        var backups = settings.stream().anyMatch(setting -> setting.key().ofBackupServer())
                ? new Backups(checks, problems).read(settings)
                : List.<BackupSettings>of();
        var config = new Config(clusters, principals, backups, settings, notices, surroundings);
        problems.addAll(config.sshKeys().problems());
        problems.addAll(config.oauthProblems());
        problems.addAll(config.sharedProblems());
        problems.addAll(config.policyProblems());
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return config;
    }

    private String whoCame() {
        return chosen.values().stream()
                .filter(setting -> Checks.SAYS_WHERE_OR_WHO.contains(setting.key()))
                .map(Setting::origin)
                .findFirst()
                .orElse("");
    }

    /// The first of a setting's sources wins.
    private void take(List<Setting> settings) {
        var twice = new LinkedHashMap<Slot, Setting>();
        for (var setting : settings) {
            var slot = new Slot(setting.cluster(), setting.key());
            var other = twice.put(slot, setting);
            if (other != null) {
                problems.add("%s: '%s' and '%s' are both set; keep one of them"
                        .formatted(setting.origin(), other.name(), setting.name()));
            }
        }
        twice.forEach((slot, setting) -> {
            name(setting);
            chosen.putIfAbsent(slot, setting);
        });
    }

    private void name(Setting setting) {
        var all = setting.key().ofBackupServer() ? servers : names;
        if (!setting.cluster().isEmpty() && !all.contains(setting.cluster())) {
            all.add(setting.cluster());
        }
    }

    // ---- the file ----

    private Optional<Path> file() {
        var named = surroundings.variable("PVE_MCP_CONFIG");
        if (!named.isEmpty()) {
            var file = surroundings.resolve(named);
            if (!Files.exists(file)) {
                problems.add("PVE_MCP_CONFIG: there is no file '%s'".formatted(file));
                return Optional.empty();
            }
            return Optional.of(file);
        }
        for (var file : List.of(surroundings.directory().resolve("pve-mcp.toml"), surroundings.configuration())) {
            if (Files.exists(file)) {
                return Optional.of(file);
            }
        }
        return Optional.empty();
    }

    private List<Setting> fromFile(Path path) {
        SecretFile.whyNotOurs(path).ifPresent(problems::add);
        var file = TomlFile.read(path, problems);
        var settings = new ArrayList<Setting>();
        boolean secrets = false;
        for (var entry : file.values().entrySet()) {
            var name = FileName.parse(entry.getKey());
            var origin = file.origin(entry.getKey());
            var found = Key.spelt(name.spelling()).filter(name::takes);
            if (found.isEmpty()) {
                problems.add("%s: there is no key '%s'%s"
                        .formatted(origin, name.text(), Nearest.hint(name.spelling(), spellings(name::suggests))));
                continue;
            }
            var key = found.get();
            if (!key.kind().isList() && entry.getValue().size() != 1) {
                problems.add("%s: '%s' takes one value, not a list".formatted(origin, name.text()));
                continue;
            }
            secrets |= key.kind() == Kind.SECRET && name.spelling().equals(key.path());
            if (key.inTables()) {
                tables.add(new Setting(key, name.owner(), name.text(), entry.getValue(), origin));
            } else {
                settings.add(new Setting(key, name.owner(), name.spelling(), entry.getValue(), origin));
            }
        }
        if (secrets) {
            SecretFile.whyNotPrivate(path)
                    .ifPresent(why -> problems.add(
                            "%s (it holds a secret; one of the keys ending in _file or _command keeps it elsewhere)"
                                    .formatted(why)));
        }
        return settings;
    }

    private static List<String> spellings(Predicate<Key> which) {
        var all = new ArrayList<String>();
        for (var key : Key.values()) {
            if (which.test(key)) {
                all.addAll(key.spellings());
            }
        }
        return all;
    }

    // ---- the environment ----

    private List<Setting> fromDotenv(EnvFile dotenv) {
        var values = new TreeMap<String, String>();
        var origins = new TreeMap<String, String>();
        dotenv.variables().forEach((name, line) -> {
            if (name.startsWith(PREFIX) && name.endsWith("_COMMAND")) {
                problems.add(
                        ".env:%d: '%s' is not taken from .env, since it would run whatever a directory holds: set it"
                                        .formatted(line.number(), name)
                                + " in the environment or the configuration file");
            } else {
                values.put(name, line.value());
                origins.put(name, ".env:" + line.number());
            }
        });
        return fromEnvironment(values, origins);
    }

    private List<Setting> fromEnvironment(Map<String, String> variables, Map<String, String> origins) {
        var settings = new ArrayList<Setting>();
        for (var entry : new TreeMap<>(variables).entrySet()) {
            var name = entry.getKey();
            if (!name.startsWith(PREFIX)
                    || OTHERS.contains(name)
                    || entry.getValue().isBlank()) {
                continue;
            }
            var origin = origins.getOrDefault(name, name);
            var found = variable(name, entry.getValue(), origin);
            if (found.isEmpty()) {
                problems.add("%s: there is no setting '%s'%s".formatted(origin, name, Nearest.hint(name, variables())));
            }
            found.ifPresent(settings::add);
        }
        return settings;
    }

    private Optional<Setting> variable(String name, String value, String origin) {
        var rest = name.substring(PREFIX.length());
        for (var key : Key.values()) {
            if (key.inTables()) {
                continue;
            }
            for (var spelling : key.spellings()) {
                // The length first: every start compares each variable with each key.
                if (rest.length() == spelling.length()
                        && rest.equals(spelling.replace('.', '_').toUpperCase(Locale.ROOT))) {
                    return Optional.of(new Setting(key, "", spelling, split(key, value), origin));
                }
            }
        }
        if (rest.startsWith(CLUSTERS)) {
            return named(rest.substring(CLUSTERS.length()), "", names, value, origin);
        }
        return rest.startsWith(SERVERS)
                ? named(rest.substring(SERVERS.length()), Backups.TABLE, servers, value, origin)
                : Optional.empty();
    }

    /// A setting of a cluster or backup server that has a name.
    ///
    /// @param rest the name and the key, without what says of which they are
    /// @param table what the keys of these begin with
    private Optional<Setting> named(String rest, String table, List<String> known, String value, String origin) {
        // The longest ending wins: PVE_MCP_CLUSTERS_PROD_TOKEN_SECRET_FILE is no 'file' of a cluster
        // 'prod_token_secret'.
        Optional<Setting> best = Optional.empty();
        for (var key : Key.values()) {
            boolean itsKind = table.isEmpty() ? key.ofCluster() : key.ofBackupServer();
            for (var spelling : itsKind ? key.spellings() : List.<String>of()) {
                var ending = "_" + spelling.substring(table.length()).toUpperCase(Locale.ROOT);
                boolean longer = best.isEmpty()
                        || spelling.length() > best.get().spelling().length();
                if (longer && rest.endsWith(ending) && rest.length() > ending.length()) {
                    var name = known(rest.substring(0, rest.length() - ending.length()), known);
                    best = Optional.of(new Setting(key, name, spelling, split(key, value), origin));
                }
            }
        }
        return best;
    }

    /// The one of the file whose name looks like this in a variable, or a new one in lower case.
    private static String known(String upper, List<String> all) {
        for (var name : all) {
            if (name.toUpperCase(Locale.ROOT).replace('-', '_').equals(upper)) {
                return name;
            }
        }
        return upper.toLowerCase(Locale.ROOT);
    }

    static List<String> split(Key key, String value) {
        if (!key.kind().isList()) {
            return List.of(value.strip());
        }
        var texts = new ArrayList<String>();
        // A window has blanks and commas of its own.
        for (var part : value.split(key.kind() == Kind.WINDOWS ? ";" : "[,\\s]+")) {
            if (!part.isBlank()) {
                texts.add(part.strip());
            }
        }
        return texts;
    }

    private static List<String> variables() {
        var all = new ArrayList<>(OTHERS);
        for (var key : Key.values()) {
            for (var spelling : key.inTables() ? List.<String>of() : key.spellings()) {
                all.add(PREFIX + spelling.replace('.', '_').toUpperCase(Locale.ROOT));
            }
        }
        return all;
    }
}
