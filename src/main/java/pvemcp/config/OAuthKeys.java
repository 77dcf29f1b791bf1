package pvemcp.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import pvemcp.tool.Tier;

/// Puts the keys `http.oauth.*` together, with the tables of further issuers, and says what is wrong with them.
/// Nothing is sent.
final class OAuthKeys {
    static final String TABLE = "http.oauth.issuers";

    private static final String PREFIX = "http.oauth.";
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");
    private static final URI NOWHERE = URI.create("https://invalid/");

    /// What an issuer in a table has of the others where it does not say it.
    private static final Set<Key> COMMON = EnumSet.of(
            Key.HTTP_OAUTH_AUDIENCE,
            Key.HTTP_OAUTH_SCOPES,
            Key.HTTP_OAUTH_SCOPE_CLAIMS,
            Key.HTTP_OAUTH_PRINCIPAL_CLAIM,
            Key.HTTP_OAUTH_WITHIN_CLAIM);

    private final Map<Key, Setting> common = new EnumMap<>(Key.class);
    private final Map<Integer, Map<Key, Setting>> tables = new TreeMap<>();
    private final Surroundings surroundings;
    private final List<String> problems = new ArrayList<>();

    /// @param settings also of other kinds; those of a table are spelt `http.oauth.issuers[1].issuer`
    OAuthKeys(List<Setting> settings, Surroundings surroundings) {
        this.surroundings = surroundings;
        for (var setting : settings) {
            var key = setting.key();
            if (key.ofIssuer()) {
                tables.computeIfAbsent(setting.table(), _ -> new EnumMap<>(Key.class))
                        .put(key, setting);
            } else if (key.path().startsWith(PREFIX)) {
                common.putIfAbsent(key, setting);
            }
        }
    }

    /// What is wrong; empty where [#read] can be used.
    List<String> problems() {
        var issuers = read();
        if (issuers.isEmpty()) {
            problems.add(
                    "http.oauth.issuer is missing: whose tokens are taken; the other keys of http.oauth mean nothing"
                            + " without it");
        }
        var known = new HashSet<>();
        for (var issuer : issuers) {
            if (!known.add(issuer.issuer()) && !issuer.issuer().equals(NOWHERE)) {
                problems.add("%s: the issuer '%s' is there twice".formatted(TABLE, issuer.issuer()));
            }
            if (!known.add(issuer.name())) {
                problems.add("%s: two issuers are called '%s'".formatted(TABLE, issuer.name()));
            }
        }
        return List.copyOf(problems);
    }

    /// The one without a name first, then those of tables in their order.
    List<OAuthSettings> read() {
        problems.clear();
        var all = new ArrayList<OAuthSettings>();
        var resource = resource();
        if (common.containsKey(Key.HTTP_OAUTH_ISSUER)) {
            all.add(issuer("", resource, common));
        }
        tables.forEach((number, table) -> {
            var where = "%s: %s[%d]".formatted(table.values().iterator().next().origin(), TABLE, number);
            if (table.containsKey(Key.ISSUERS_ISSUER)) {
                all.add(issuer(name(table, where), resource, completed(table)));
            } else {
                problems.add(where + " has no 'issuer': what its metadata calls itself");
            }
        });
        return List.copyOf(all);
    }

    private URI resource() {
        if (!common.containsKey(Key.HTTP_OAUTH_RESOURCE)) {
            problems.add("http.oauth.resource is missing: what clients call this server, https://HOST/mcp");
            return NOWHERE;
        }
        return url(common.get(Key.HTTP_OAUTH_RESOURCE));
    }

    private String name(Map<Key, Setting> table, String where) {
        var name = table.containsKey(Key.ISSUERS_NAME)
                ? table.get(Key.ISSUERS_NAME).text()
                : "";
        if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,31}")) {
            problems.add(where + " needs a 'name' of letters, digits, '.', '_' and '-', which tells its people from"
                    + " those of others");
        }
        return name;
    }

    /// What a table says, as if `http.oauth` said it, and what it has from there.
    private Map<Key, Setting> completed(Map<Key, Setting> table) {
        var whole = new EnumMap<>(common);
        whole.keySet().retainAll(COMMON);
        table.forEach((key, setting) ->
                Key.spelt(key.path().replace(TABLE, "http.oauth")).ifPresent(same -> whole.put(same, setting)));
        return whole;
    }

    private OAuthSettings issuer(String name, URI resource, Map<Key, Setting> keys) {
        var audiences = texts(keys, Key.HTTP_OAUTH_AUDIENCE, List.of(resource.toString()));
        return new OAuthSettings(
                name,
                url(keys.get(Key.HTTP_OAUTH_ISSUER)),
                resource,
                audiences,
                scopes(of(keys, Key.HTTP_OAUTH_SCOPES)),
                texts(keys, Key.HTTP_OAUTH_SCOPE_CLAIMS, List.of("scope", "scp")),
                of(keys, Key.HTTP_OAUTH_PRINCIPAL_CLAIM)
                        .map(Setting::text)
                        .orElse(Key.HTTP_OAUTH_PRINCIPAL_CLAIM.fallback()),
                of(keys, Key.HTTP_OAUTH_WITHIN_CLAIM).map(Setting::text),
                of(keys, Key.HTTP_OAUTH_KEYS_URL).map(this::url),
                of(keys, Key.HTTP_OAUTH_CA_FILE).map(this::file));
    }

    private static Optional<Setting> of(Map<Key, Setting> keys, Key key) {
        return Optional.ofNullable(keys.get(key));
    }

    private static List<String> texts(Map<Key, Setting> keys, Key key, List<String> fallback) {
        return of(keys, key)
                .map(Setting::texts)
                .filter(texts -> !texts.isEmpty())
                .orElse(fallback);
    }

    /// HTTPS, as both metadata and keys decide who comes in (RFC 8414 §2, RFC 9728 §1.2); loopback needs none.
    private URI url(Setting setting) {
        try {
            var url = new URI(setting.text());
            boolean whole = url.getHost() != null
                    && url.getUserInfo() == null
                    && url.getRawFragment() == null
                    && url.getRawQuery() == null;
            boolean safe = "https".equals(url.getScheme())
                    || ("http".equals(url.getScheme()) && LOOPBACK.contains(url.getHost()));
            if (whole && safe) {
                return url;
            }
        } catch (URISyntaxException _) {
            // said below
        }
        problems.add("%s: '%s' is no https URL of a host and a path (http is for localhost alone)"
                .formatted(setting.origin(), setting.text()));
        return NOWHERE;
    }

    private Path file(Setting setting) {
        var file = surroundings.resolve(setting.text());
        if (!Files.isReadable(file)) {
            problems.add("%s: '%s' does not exist or cannot be read".formatted(setting.origin(), file));
        }
        return file;
    }

    private SequencedMap<String, Tier> scopes(Optional<Setting> given) {
        var scopes = new LinkedHashMap<String, Tier>();
        if (given.isEmpty()) {
            for (var tier : Tier.values()) {
                scopes.put("pve:" + tier.word(), tier);
            }
            return Collections.unmodifiableSequencedMap(scopes);
        }
        for (var text : given.get().texts()) {
            // A scope may be a URL with a query, so the last of them counts.
            int equals = text.lastIndexOf('=');
            try {
                // RFC 6749 §3.3
                if (!text.substring(0, Math.max(0, equals)).matches("[!#-\\[\\]-~]{1,200}")) {
                    throw new IllegalArgumentException(
                            "'%s' gives no scope a tier: write SCOPE=TIER, such as pve:read=read".formatted(text));
                }
                scopes.put(text.substring(0, equals), TokenFile.tier(text.substring(equals + 1)));
            } catch (IllegalArgumentException e) {
                problems.add("%s: %s".formatted(given.get().origin(), e.getMessage()));
            }
        }
        return Collections.unmodifiableSequencedMap(scopes);
    }
}
