package pvemcp.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Function;
import pvemcp.tool.Tier;

/// Puts the keys `http.oauth.*` together and says what is wrong with them. Nothing is sent.
final class OAuthKeys {
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");
    private static final URI NOWHERE = URI.create("https://invalid/");

    private final Function<Key, Optional<Setting>> settings;
    private final Surroundings surroundings;
    private final List<String> problems = new ArrayList<>();

    OAuthKeys(Function<Key, Optional<Setting>> settings, Surroundings surroundings) {
        this.settings = settings;
        this.surroundings = surroundings;
    }

    /// What is wrong; empty where [#read] can be used.
    List<String> problems() {
        read();
        return List.copyOf(problems);
    }

    /// Empty where no issuer is named.
    Optional<OAuthSettings> read() {
        problems.clear();
        var issuer = settings.apply(Key.HTTP_OAUTH_ISSUER);
        if (issuer.isEmpty()) {
            problems.add(
                    "http.oauth.issuer is missing: whose tokens are taken; the other keys of http.oauth mean nothing"
                            + " without it");
            return Optional.empty();
        }
        var resource = settings.apply(Key.HTTP_OAUTH_RESOURCE);
        if (resource.isEmpty()) {
            problems.add("%s: http.oauth.resource is missing: what clients call this server, https://HOST/mcp"
                    .formatted(issuer.get().origin()));
        }
        var audiences = list(Key.HTTP_OAUTH_AUDIENCE, List.of());
        var own = resource.map(this::url).orElse(NOWHERE);
        return Optional.of(new OAuthSettings(
                url(issuer.get()),
                own,
                audiences.isEmpty() ? List.of(own.toString()) : audiences,
                scopes(),
                list(Key.HTTP_OAUTH_SCOPE_CLAIMS, List.of("scope", "scp")),
                settings.apply(Key.HTTP_OAUTH_PRINCIPAL_CLAIM)
                        .map(Setting::text)
                        .orElse(Key.HTTP_OAUTH_PRINCIPAL_CLAIM.fallback()),
                settings.apply(Key.HTTP_OAUTH_WITHIN_CLAIM).map(Setting::text),
                settings.apply(Key.HTTP_OAUTH_KEYS_URL).map(this::url),
                settings.apply(Key.HTTP_OAUTH_CA_FILE).map(this::file)));
    }

    private List<String> list(Key key, List<String> fallback) {
        return settings.apply(key).map(Setting::texts).orElse(fallback);
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

    private SequencedMap<String, Tier> scopes() {
        var scopes = new LinkedHashMap<String, Tier>();
        var given = settings.apply(Key.HTTP_OAUTH_SCOPES);
        if (given.isEmpty()) {
            for (var tier : Tier.values()) {
                scopes.put("pve:" + tier.name().toLowerCase(Locale.ROOT), tier);
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
