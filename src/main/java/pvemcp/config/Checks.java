package pvemcp.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import pvemcp.config.ClusterSettings.Login;
import pvemcp.config.ClusterSettings.SecretSource;
import pvemcp.pve.Connection.Trust;
import pvemcp.pve.Secret;
import pvemcp.text.Nearest;
import pvemcp.tool.Durations;
import pvemcp.tool.Tier;

/// Turns settings into clusters and says everything that is wrong with them.
final class Checks {
    /// The keys that make a cluster: where it is and as whom.
    static final Set<Key> SAYS_WHERE_OR_WHO =
            EnumSet.of(Key.URL, Key.HOST, Key.TOKEN_ID, Key.TOKEN_SECRET, Key.USER, Key.PASSWORD, Key.TICKET);

    /// Whose values may name a cluster: `work:100-199`.
    private static final Set<Key> PROTECTS =
            EnumSet.of(Key.PROTECT_TAGS, Key.PROTECT_POOLS, Key.PROTECT_GUESTS, Key.PROTECT_NODES);

    private static final int SHA256_DIGITS = 64;
    private static final int SHA1_DIGITS = 40;

    private final Surroundings surroundings;
    private final List<String> problems;

    Checks(Surroundings surroundings, List<String> problems) {
        this.surroundings = surroundings;
        this.problems = problems;
    }

    /// The configured clusters, the one to be used by default first. Where anything is wrong the list is not to be
    /// used.
    List<ClusterSettings> clusters(List<Setting> settings, List<String> names) {
        settings.forEach(this::checkWord);
        settings.forEach(setting -> checkCluster(setting, names));
        var all = new ArrayList<ClusterSettings>();
        cluster("", settings).ifPresent(all::add);
        names.forEach(name -> cluster(name, settings).ifPresent(all::add));
        settings.stream()
                .filter(setting -> setting.key() == Key.CLUSTER)
                .findFirst()
                .ifPresent(wanted -> {
                    var known = all.stream().map(ClusterSettings::name).toList();
                    int index = known.indexOf(wanted.text());
                    if (index >= 0) {
                        all.addFirst(all.remove(index));
                    } else if (problems.isEmpty()) {
                        problems.add("%s: there is no cluster '%s'%s"
                                .formatted(wanted.origin(), wanted.text(), Nearest.hint(wanted.text(), known)));
                    }
                });
        return all;
    }

    private void checkWord(Setting setting) {
        var words = setting.key().kind().words();
        if (!words.isEmpty()) {
            setting.texts().stream()
                    .filter(text -> !words.contains(text))
                    .forEach(text -> problems.add("%s: '%s' is no value of %s%s: it is one of %s"
                            .formatted(
                                    setting.origin(),
                                    text,
                                    setting.name(),
                                    Nearest.hint(text, words),
                                    String.join(", ", words))));
        }
        if (setting.key().path().startsWith("policy.limit.")) {
            checkLimit(setting);
        }
        if (setting.key() == Key.PROTECT_GUESTS || setting.key() == Key.RULE_GUESTS) {
            setting.texts().stream()
                    .filter(text -> !withoutCluster(setting.key(), text).matches("[0-9]+(-[0-9]+)?"))
                    .forEach(text -> problems.add(
                            "%s: '%s' is no guest id: write an id such as 100 or a range such as 100-199 (names change)"
                                    .formatted(setting.origin(), text)));
        }
    }

    private static String withoutCluster(Key key, String text) {
        return PROTECTS.contains(key) ? text.substring(text.indexOf(':') + 1) : text;
    }

    /// What is protected in a cluster that there is not is not protected.
    private void checkCluster(Setting setting, List<String> names) {
        for (var text : PROTECTS.contains(setting.key()) ? setting.texts() : List.<String>of()) {
            var cluster = text.substring(0, Math.max(0, text.indexOf(':')));
            if (text.contains(":") && !names.contains(cluster) && !cluster.equals("default")) {
                problems.add("%s: '%s': there is no cluster '%s'%s"
                        .formatted(setting.origin(), text, cluster, Nearest.hint(cluster, names)));
            }
        }
    }

    private void checkLimit(Setting setting) {
        if (setting.key() != Key.LIMIT_WAIT) {
            if (!setting.text().matches("[0-9]{1,6}")) {
                problems.add("%s: '%s' is no number: write how many, or 0 for no limit"
                        .formatted(setting.origin(), setting.text()));
            }
            return;
        }
        try {
            Durations.parse(setting.text());
        } catch (IllegalArgumentException e) {
            problems.add("%s: %s".formatted(setting.origin(), e.getMessage()));
        }
    }

    private Optional<ClusterSettings> cluster(String name, List<Setting> settings) {
        Map<Key, Setting> mine = new EnumMap<>(Key.class);
        for (var setting : settings) {
            if (setting.key().ofCluster() && setting.cluster().equals(name)) {
                mine.put(setting.key(), setting);
            }
        }
        if (mine.isEmpty()) {
            return Optional.empty();
        }
        var endpoints = endpoints(name, mine);
        var login = login(name, mine, settings.stream().anyMatch(Checks::requiresOwn));
        var trust = trust(mine);
        var timeout = timeout(Optional.ofNullable(mine.get(Key.TIMEOUT)));
        if (endpoints.isEmpty() || login.isEmpty()) {
            return Optional.empty();
        }
        var names = mine.containsKey(Key.NAMES) ? mine.get(Key.NAMES).texts() : List.<String>of();
        return Optional.of(new ClusterSettings(
                name.isEmpty() ? "default" : name, endpoints, login.get(), trust, timeout, names, most(mine)));
    }

    // ---- where ----

    private List<URI> endpoints(String name, Map<Key, Setting> mine) {
        var url = Optional.ofNullable(mine.get(Key.URL));
        var host = Optional.ofNullable(mine.get(Key.HOST));
        if (url.isPresent() && host.isPresent()) {
            problems.add("%s: '%s' and '%s' are both set; keep one of them"
                    .formatted(host.get().origin(), url.get().name(), host.get().name()));
        }
        int port = port(mine);
        var endpoints = new ArrayList<URI>();
        url.ifPresent(setting ->
                setting.texts().forEach(text -> endpoint(setting, text).ifPresent(endpoints::add)));
        host.ifPresent(setting -> setting.texts().forEach(text -> {
            var address = text.contains(":") && !text.startsWith("[") ? "[" + text + "]" : text;
            endpoint(setting, "https://" + address + ":" + port).ifPresent(endpoints::add);
        }));
        if (url.isEmpty() && host.isEmpty()) {
            problems.add("%s: no 'url' says where the cluster is: set %s, such as https://pve1.example:8006"
                    .formatted(origins(mine), name(name, Key.URL)));
        }
        return endpoints;
    }

    private int port(Map<Key, Setting> mine) {
        var setting = mine.get(Key.PORT);
        if (setting == null) {
            return Integer.parseInt(Key.PORT.fallback());
        }
        try {
            int port = Integer.parseInt(setting.text());
            if (port > 0 && port < 65_536) {
                return port;
            }
        } catch (NumberFormatException _) {
            // said below
        }
        problems.add("%s: '%s' is no port: it is a number from 1 to 65535".formatted(setting.origin(), setting.text()));
        return 1;
    }

    private Optional<URI> endpoint(Setting setting, String text) {
        return endpoint(setting, text, Integer.parseInt(Key.PORT.fallback()));
    }

    /// @param usual the port that is meant, for words about what is wrong
    Optional<URI> endpoint(Setting setting, String text, int usual) {
        try {
            var uri = new URI(text);
            var path = Optional.ofNullable(uri.getPath()).orElse("").replaceFirst("/+$", "");
            if (uri.getHost() == null || uri.getScheme() == null) {
                return wrong(setting, text, "is no URL: write https://host:" + usual);
            }
            if (!uri.getScheme().toLowerCase(Locale.ROOT).equals("https")) {
                return wrong(
                        setting,
                        text,
                        "is not https, the only way it is reached: write https://%s:%d"
                                .formatted(uri.getHost(), usual));
            }
            if (uri.getUserInfo() != null) {
                return wrong(setting, uri.getHost(), "has a user in front: put it into token_id and token_secret");
            }
            if (!path.isEmpty() && !path.equals("/api2/json")) {
                return wrong(setting, text, "has a path, but the API is at the root of a host");
            }
            if (uri.getPort() == 0 || uri.getPort() > 65_535) {
                return wrong(setting, text, "has a port that there is not: one is a number from 1 to 65535");
            }
            return Optional.of(new URI("https", null, uri.getHost(), uri.getPort(), null, null, null));
        } catch (URISyntaxException e) {
            // What stands before an @ may be a password.
            var shown = text.replaceFirst("//.*@", "//…@");
            return wrong(setting, shown, "is no URL (%s): write https://host:%d".formatted(e.getReason(), usual));
        }
    }

    private <T> Optional<T> wrong(Setting setting, String text, String what) {
        problems.add("%s: '%s' %s".formatted(setting.origin(), text, what));
        return Optional.empty();
    }

    // ---- as whom ----

    private static boolean requiresOwn(Setting setting) {
        return setting.key() == Key.HTTP_OWN_CREDENTIALS && setting.text().equals("required");
    }

    /// @param own whether callers have to bring credentials, so that the server can do without
    private Optional<Login> login(String name, Map<Key, Setting> mine, boolean own) {
        boolean token = mine.containsKey(Key.TOKEN_ID) || mine.containsKey(Key.TOKEN_SECRET);
        boolean password = mine.containsKey(Key.USER) || mine.containsKey(Key.PASSWORD) || mine.containsKey(Key.TOTP);
        boolean ticket = mine.containsKey(Key.TICKET) || mine.containsKey(Key.CSRF);
        if ((token ? 1 : 0) + (password ? 1 : 0) + (ticket ? 1 : 0) > 1) {
            problems.add(
                    "%s: there is more than one way to log in: keep token_id with token_secret, or user with password,"
                                    .formatted(origins(mine))
                            + " or ticket with csrf");
            return Optional.empty();
        }
        if (token) {
            var id = need(name, mine, Key.TOKEN_ID);
            var secret = need(name, mine, Key.TOKEN_SECRET);
            return id.isPresent() && secret.isPresent() ? token(id.get(), secret.get()) : Optional.empty();
        }
        if (password) {
            var user = need(name, mine, Key.USER).flatMap(this::user);
            var secret = need(name, mine, Key.PASSWORD).flatMap(this::secret);
            return user.isPresent() && secret.isPresent()
                    ? Optional.of(new Login.Password(user.get(), secret.get(), secret(mine, Key.TOTP)))
                    : Optional.empty();
        }
        if (ticket) {
            var csrf = secret(mine, Key.CSRF);
            return need(name, mine, Key.TICKET).flatMap(this::secret).map(value -> new Login.Ticket(value, csrf));
        }
        if (own) {
            return Optional.of(new Login.Nobody());
        }
        problems.add("%s: nothing says as whom to log in: set %s and %s"
                .formatted(origins(mine), name(name, Key.TOKEN_ID), name(name, Key.TOKEN_SECRET)));
        return Optional.empty();
    }

    /// Empty where one of the two is wrong, which has been told then.
    Optional<Login> token(Setting id, Setting secret) {
        var name = tokenId(id);
        var source = secret(secret);
        return name.isPresent() && source.isPresent()
                ? Optional.of(new Login.Token(name.get(), source.get()))
                : Optional.empty();
    }

    private Optional<Setting> need(String cluster, Map<Key, Setting> mine, Key key) {
        var setting = Optional.ofNullable(mine.get(key));
        if (setting.isEmpty()) {
            problems.add("%s: %s is missing".formatted(origins(mine), name(cluster, key)));
        }
        return setting;
    }

    Optional<String> tokenId(Setting setting) {
        var text = setting.text();
        // PVE writes id=secret, a backup server id:secret.
        var id = text.split("[=:]", 2)[0];
        if (!id.equals(text)) {
            return wrong(setting, id, """
                    is followed by a secret: token_id ends before the '%s', what comes after it is token_secret""".formatted(text.charAt(id.length())));
        }
        return text.matches("[^@!\\s]+@[^@!\\s]+![^@!\\s]+")
                ? Optional.of(text)
                : wrong(setting, text, "is no token id: it is user@realm!name, such as mcp@pve!agent");
    }

    private Optional<String> user(Setting setting) {
        var text = setting.text();
        if (text.contains("!")) {
            return wrong(setting, text, "is a token id: put it into token_id");
        }
        return text.matches("[^@\\s]+@[^@\\s]+")
                ? Optional.of(text)
                : wrong(setting, text, "names no realm: write user@realm, such as root@pam");
    }

    private Optional<SecretSource> secret(Map<Key, Setting> mine, Key key) {
        return Optional.ofNullable(mine.get(key)).flatMap(this::secret);
    }

    /// Empty where it cannot be had, which has been told then.
    Optional<SecretSource> secret(Setting setting) {
        var spelling = setting.spelling();
        if (spelling.endsWith(Key.COMMAND)) {
            return Optional.of(new SecretSource.Command(setting.text(), setting.origin()));
        }
        if (!spelling.endsWith(Key.FILE)) {
            return Optional.of(new SecretSource.Value(new Secret(setting.text())));
        }
        try {
            var secret = SecretFile.read(surroundings.resolve(setting.text()));
            return Optional.of(new SecretSource.Value(new Secret(secret)));
        } catch (SecretFile.Refused e) {
            problems.add("%s: %s".formatted(setting.origin(), e.getMessage()));
            return Optional.empty();
        }
    }

    // ---- what is believed ----

    private Trust trust(Map<Key, Setting> mine) {
        return trust(Optional.ofNullable(mine.get(Key.FINGERPRINT)), Optional.ofNullable(mine.get(Key.CA_FILE)));
    }

    Trust trust(Optional<Setting> pinned, Optional<Setting> ca) {
        // Loaded in any case, so that it is in the start-up cache, which is made with a fingerprint.
        Trust usual = new Trust.Authorities();
        if (pinned.isPresent() && ca.isPresent()) {
            problems.add("%s: '%s' and '%s' are both set; a fingerprint needs no authority, so keep one of them"
                    .formatted(ca.get().origin(), pinned.get().name(), ca.get().name()));
        }
        if (pinned.isPresent()) {
            var fingerprints = new ArrayList<String>();
            pinned.get().texts().forEach(text -> fingerprint(pinned.get(), text).ifPresent(fingerprints::add));
            return new Trust.Fingerprints(fingerprints);
        }
        if (ca.isEmpty()) {
            return usual;
        }
        var file = surroundings.resolve(ca.get().text());
        if (!Files.isReadable(file)) {
            problems.add("%s: '%s' does not exist or cannot be read"
                    .formatted(ca.get().origin(), file));
        }
        return new Trust.CaFile(file);
    }

    /// As openssl, PVE's web page or a copied line of either has it, to `AA:BB:…`.
    private Optional<String> fingerprint(Setting setting, String text) {
        var digits = text.replaceFirst("(?i)^sha-?256[^=:]*[=:]", "")
                .replace(":", "")
                .toUpperCase(Locale.ROOT);
        boolean hex = digits.matches("[0-9A-F]+");
        if (hex && digits.length() == SHA256_DIGITS) {
            return Optional.of(HexFormat.ofDelimiter(":")
                    .withUpperCase()
                    .formatHex(HexFormat.of().parseHex(digits)));
        }
        var what = hex && digits.length() == SHA1_DIGITS ? "is a SHA-1 fingerprint" : "is no fingerprint";
        return wrong(setting, text, what + ": SHA-256 has 32 pairs of digits, AA:BB:…, and 'pve-mcp doctor' prints it");
    }

    Duration timeout(Optional<Setting> setting) {
        var origin = setting.map(Setting::origin).orElse("");
        try {
            var timeout = Durations.parse(setting.map(Setting::text).orElse(Key.TIMEOUT.fallback()));
            if (!timeout.isZero()) {
                return timeout;
            }
            problems.add("%s: a timeout of nothing lets nothing through".formatted(origin));
        } catch (IllegalArgumentException e) {
            problems.add("%s: %s".formatted(origin, e.getMessage()));
        }
        return Duration.ofSeconds(1);
    }

    /// A word that is none is told elsewhere.
    private static Tier most(Map<Key, Setting> mine) {
        var setting = mine.get(Key.TIER);
        if (setting == null || !Key.TIER.kind().words().contains(setting.text())) {
            return Tier.EXECUTE;
        }
        return Tier.valueOf(setting.text().toUpperCase(Locale.ROOT));
    }

    private static String name(String cluster, Key key) {
        return cluster.isEmpty()
                ? "%s (or %s)".formatted(key.path(), key.env())
                : "clusters.%s.%s".formatted(cluster, key.path());
    }

    private static String origins(Map<Key, Setting> mine) {
        return mine.values().iterator().next().origin();
    }
}
