package pvemcp.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import pvemcp.gate.Care;
import pvemcp.gate.Policy;
import pvemcp.gate.Rule;
import pvemcp.gate.Window;
import pvemcp.pve.Bytes;
import pvemcp.remote.SshSettings;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Durations;
import pvemcp.tool.LocalFiles;
import pvemcp.tool.Tier;
import pvemcp.tool.Vault;

/// The configuration in force: the file, the environment and `.env` put together and checked. Immutable.
public final class Config {
    private final List<ClusterSettings> clusters;
    private final List<Principal> principals;
    private final List<BackupSettings> backups;
    private final List<Setting> settings;
    private final List<String> notices;
    private final Map<Key, Setting> effective = new EnumMap<>(Key.class);
    private final Surroundings surroundings;

    Config(
            List<ClusterSettings> clusters,
            List<Principal> principals,
            List<BackupSettings> backups,
            List<Setting> settings,
            List<String> notices,
            Surroundings surroundings) {
        this.clusters = List.copyOf(clusters);
        this.principals = List.copyOf(principals);
        this.backups = List.copyOf(backups);
        this.settings = List.copyOf(settings);
        this.notices = List.copyOf(notices);
        this.surroundings = surroundings;
        settings.forEach(setting -> effective.putIfAbsent(setting.key(), setting));
    }

    /// Reads and checks everything there is.
    ///
    /// @throws ConfigException with all that is wrong
    public static Config load(Surroundings surroundings) {
        return new Loader(surroundings).load();
    }

    /// A configuration of defaults, for a server that goes to no cluster of the owner's. Of the environment only how
    /// it logs and how many tools it shows counts.
    public static Config defaults(Surroundings surroundings) {
        var settings = new ArrayList<Setting>();
        for (var key : List.of(Key.LOG_LEVEL, Key.LOG_FORMAT, Key.SURFACE)) {
            var word = surroundings.variable(key.env());
            if (key.kind().words().contains(word)) {
                settings.add(new Setting(key, "", key.path(), List.of(word), key.env()));
            }
        }
        return new Config(List.of(), List.of(), List.of(), settings, List.of(), surroundings);
    }

    /// The clusters, the one that is meant where none is named first; empty where none is configured.
    public List<ClusterSettings> clusters() {
        return clusters;
    }

    /// The callers who have credentials of their own at Proxmox VE.
    public List<Principal> principals() {
        return principals;
    }

    /// The Proxmox Backup Servers that are looked at.
    public List<BackupSettings> backups() {
        return backups;
    }

    /// Everything that was configured, in the order of [Key], each with its origin.
    public List<Setting> settings() {
        return settings;
    }

    /// What the owner should know though nothing is wrong, such as a switch of another program that is not honoured.
    public List<String> notices() {
        return notices;
    }

    public Policy policy() {
        var tiers = new EnumMap<Tier, Policy.Answer>(Tier.class);
        for (var tier : Tier.values()) {
            tiers.put(tier, Policy.Answer.valueOf(upper(tierKey(tier))));
        }
        var protection = new Policy.Protection(
                list(Key.PROTECT_TAGS), list(Key.PROTECT_POOLS), list(Key.PROTECT_GUESTS), list(Key.PROTECT_NODES));
        var restraints = new Policy.Restraints(
                Policy.Flag.valueOf(upper(Key.PROTECT_FLAG)),
                text(Key.CREATE_POOL),
                list(Key.HOST_OPTIONS),
                list(Key.URL_HOSTS),
                windows(),
                care());
        var policy = new Policy(
                tiers,
                rules(),
                protection,
                restraints,
                limits(),
                list(Key.TOOLSETS),
                Policy.Unasked.valueOf(upper(Key.WITHOUT_ELICITATION)));
        return text(Key.READ_ONLY).equals("true") ? policy.readOnly() : policy;
    }

    private Care care() {
        var first = EnumSet.noneOf(Care.Risk.class);
        list(Key.SNAPSHOT_FIRST).forEach(word -> first.add(Care.Risk.valueOf(word.toUpperCase(Locale.ROOT))));
        var age = effective.containsKey(Key.BACKUP_AGE) ? Durations.parse(text(Key.BACKUP_AGE)) : Care.DEFAULT.age();
        return new Care(first, Care.Backup.valueOf(upper(Key.BACKUP_FIRST)), age);
    }

    private Policy.Limits limits() {
        for (var setting : settings) {
            if (setting.key().path().startsWith("policy.limit.")) {
                return configuredLimits();
            }
        }
        return Policy.Limits.DEFAULT; // Without a duration to be parsed at every start.
    }

    private Policy.Limits configuredLimits() {
        return new Policy.Limits(
                number(Key.LIMIT_DESTROY),
                number(Key.LIMIT_CHANGE),
                number(Key.LIMIT_GUESTS),
                number(Key.LIMIT_FAILURES),
                number(Key.LIMIT_REPEATS),
                number(Key.LIMIT_PER_NODE),
                number(Key.LIMIT_PER_GUEST),
                Durations.parse(text(Key.LIMIT_WAIT)));
    }

    /// After how much the audit log goes on in a new file; nothing: never.
    public Bytes auditSegment() {
        return Bytes.ofMebi(number(Key.AUDIT_SEGMENT));
    }

    private int number(Key key) {
        return Integer.parseInt(text(key));
    }

    // Most configurations have none of these, and should not pay for reading them.

    private List<Rule> rules() {
        var rules = new ArrayList<Rule>();
        for (var cluster : clusters) {
            if (cluster.most() != Tier.EXECUTE) {
                rules.add(Rules.atMost(cluster, clusters.size() == 1));
            }
        }
        if (hasRules()) {
            rules.addAll(new Rules(settings).read());
        }
        return rules;
    }

    private List<Window> windows() {
        var texts = list(Key.WINDOWS);
        return texts.isEmpty() ? List.of() : Rules.windows(texts);
    }

    private boolean hasRules() {
        for (var setting : settings) {
            if (setting.key().ofRule()) {
                return true;
            }
        }
        return false;
    }

    /// What is wrong with the owner's rules and windows.
    List<String> policyProblems() {
        return hasRules() || effective.containsKey(Key.WINDOWS) ? new Rules(settings).problems() : List.of();
    }

    /// The key that decides about a tier.
    static Key tierKey(Tier tier) {
        return switch (tier) {
            case READ -> Key.POLICY_READ;
            case OPERATE -> Key.POLICY_OPERATE;
            case CHANGE -> Key.POLICY_CHANGE;
            case DESTROY -> Key.POLICY_DESTROY;
            case EXECUTE -> Key.POLICY_EXECUTE;
        };
    }

    /// What of this machine calls may read and write; nothing unless configured.
    public LocalFiles files() {
        var uploads = new ArrayList<Path>();
        for (var directory : list(Key.FILES_UPLOAD)) {
            uploads.add(surroundings.resolve(directory));
        }
        var downloads =
                text(Key.FILES_DOWNLOAD).isEmpty() ? Optional.<Path>empty() : Optional.of(path(Key.FILES_DOWNLOAD));
        return new LocalFiles(uploads, downloads, Optional.of(path(Key.SMOKE_FILE)));
    }

    /// Where calls find secrets and leave them.
    public Vault vault() {
        var directory = text(Key.SECRETS_DIRECTORY).isEmpty()
                ? Optional.<Path>empty()
                : Optional.of(path(Key.SECRETS_DIRECTORY));
        var vault = new Vault(directory, Optional.of(path(Key.SECRETS_HANDOVER)), Config::secret);
        return text(Key.SECRETS_CREATE_TOKENS).equals("true") ? vault.makingTokens() : vault;
    }

    private static String secret(Path file) {
        try {
            return SecretFile.read(file);
        } catch (SecretFile.Refused e) {
            throw new BadArguments(List.of(e.getMessage()));
        }
    }

    /// The ways into guests over SSH; off unless configured.
    public SshSettings ssh() {
        return sshKeys().read();
    }

    SshKeys sshKeys() {
        return new SshKeys(key -> Optional.ofNullable(effective.get(key)), surroundings);
    }

    /// What several servers share; empty where this one shares files with those of its machine alone.
    public Optional<SharedSettings> shared() {
        return hasShared() ? new SharedKeys(settings, surroundings).read() : Optional.empty();
    }

    /// What is wrong with `shared.*`.
    List<String> sharedProblems() {
        return hasShared() ? new SharedKeys(settings, surroundings).problems() : List.of();
    }

    /// Most configurations have nothing of it.
    private boolean hasShared() {
        for (var setting : settings) {
            if (setting.key().path().startsWith("shared.")) {
                return true;
            }
        }
        return false;
    }

    /// The issuers whose access tokens are taken over HTTP; none unless configured.
    public List<OAuthSettings> oauth() {
        return hasOauth() ? new OAuthKeys(settings, surroundings).read() : List.of();
    }

    /// What is wrong with `http.oauth.*`.
    List<String> oauthProblems() {
        return hasOauth() ? new OAuthKeys(settings, surroundings).problems() : List.of();
    }

    /// Most configurations have nothing of it.
    private boolean hasOauth() {
        for (var setting : settings) {
            if (setting.key().path().startsWith("http.oauth.")) {
                return true;
            }
        }
        return false;
    }

    /// The value of a key that belongs to no cluster: as configured, or its default, or empty.
    public String text(Key key) {
        var setting = effective.get(key);
        return setting == null ? key.fallback() : setting.text();
    }

    public List<String> list(Key key) {
        var setting = effective.get(key);
        return setting == null ? List.of() : setting.texts();
    }

    public Path path(Key key) {
        return surroundings.resolve(text(key));
    }

    private String upper(Key key) {
        return text(key).toUpperCase(Locale.ROOT);
    }
}
