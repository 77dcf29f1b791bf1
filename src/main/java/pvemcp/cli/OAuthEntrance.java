package pvemcp.cli;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import pvemcp.config.OAuthSettings;
import pvemcp.config.TokenFile;
import pvemcp.dispatch.Dispatcher;
import pvemcp.gate.Policy;
import pvemcp.gate.Reach;
import pvemcp.mcp.Entrance;
import pvemcp.mcp.ProtectedResource;
import pvemcp.oauth.AccessTokens;
import pvemcp.oauth.Claims;
import pvemcp.oauth.Issuer;
import pvemcp.oauth.KeyRing;
import pvemcp.pve.Certificates;
import pvemcp.pve.Connection;
import pvemcp.tool.Tier;

/// Lets in whoever has an access token of the owner's authorization server, as far as its scopes go, besides those
/// who have a token of the file. Safe for several threads.
final class OAuthEntrance implements Entrance {
    /// In front of subjects, so that none of them is taken for somebody of the file.
    private static final String PREFIX = "oauth:";

    private static final String EVERYWHERE = "*";

    private final OAuthSettings settings;
    private final Entrance ofFile;
    private final Callers callers;
    private final Dispatcher all;
    private final AccessTokens tokens;
    private final ProtectedResource resource;

    /// @param ofFile for tokens that are not the issuer's
    /// @param all with every tool that policy ever allows
    OAuthEntrance(OAuthSettings settings, Entrance ofFile, Callers callers, Dispatcher all, InstantSource clock) {
        this.settings = settings;
        this.ofFile = ofFile;
        this.callers = callers;
        this.all = all;
        this.tokens = new AccessTokens(
                settings.issuer().toString(), settings.audiences(), new KeyRing(issuer(settings), clock), clock);
        this.resource = new ProtectedResource(
                settings.resource(),
                settings.issuer(),
                List.copyOf(settings.scopes().keySet()),
                settings.upTo(lowest(settings)));
    }

    /// The authorization server, with whose certificates are believed.
    ///
    /// @throws UsageException where the file of its authority cannot be used
    static Issuer issuer(OAuthSettings settings) {
        return new Issuer(
                settings.issuer(), settings.keys(), settings.authority().map(file -> {
                    try {
                        return Certificates.context(new Connection.Trust.CaFile(file));
                    } catch (IOException | GeneralSecurityException e) {
                        throw new UsageException(
                                "http.oauth.ca_file: '%s' cannot be used (%s)".formatted(file, e.getMessage()));
                    }
                }));
    }

    private static Tier lowest(OAuthSettings settings) {
        return settings.scopes().values().stream().min(Tier::compareTo).orElse(Tier.READ);
    }

    @Override
    public boolean open() {
        return false;
    }

    @Override
    public Optional<ProtectedResource> resource() {
        return Optional.of(resource);
    }

    @Override
    public Admission admit(Optional<String> token) {
        var known = ofFile.admit(token);
        // What has no dots is no JWT, so there is nothing more to be said of it.
        if (!(known instanceof Admission.Unknown)
                || token.filter(text -> text.contains(".")).isEmpty()) {
            return known;
        }
        return switch (tokens.check(token.get())) {
            case AccessTokens.Finding.Good(var claims) -> admit(claims);
            case AccessTokens.Finding.Bad(var why) -> new Admission.Unknown(why);
            case AccessTokens.Finding.Unsure(var why) -> new Admission.Unsure(why);
        };
    }

    private Admission admit(Claims claims) {
        var subject = claims.text(settings.principalClaim()).orElse("");
        if (!subject.matches("[^\\p{C}\\p{Z}]{1,200}")) {
            return new Admission.Unknown(
                    "This token has no '%s' to name its bearer by".formatted(settings.principalClaim()));
        }
        var granted = new LinkedHashSet<String>();
        settings.scopeClaims().forEach(claim -> granted.addAll(claims.words(claim)));
        var tier = settings.tier(granted);
        if (tier.isEmpty()) {
            return new Admission.Forbidden("This token has no scope that means anything here", resource.entry());
        }
        try {
            return callers.welcome(new Reach(PREFIX + subject, tier.get(), within(claims)));
        } catch (IllegalArgumentException e) {
            return new Admission.Forbidden(e.getMessage(), List.of());
        }
    }

    /// @throws IllegalArgumentException where the token should say it and does not
    private Policy.Protection within(Claims claims) {
        if (settings.withinClaim().isEmpty()) {
            return Policy.Protection.NONE;
        }
        var parts = new ArrayList<String>();
        for (var text : claims.words(settings.withinClaim().get())) {
            parts.addAll(List.of(text.split(",", -1)));
        }
        if (parts.isEmpty()) {
            throw new IllegalArgumentException("This token does not say in '%s' where its bearer may change something"
                    .formatted(settings.withinClaim().get()));
        }
        return parts.equals(List.of(EVERYWHERE)) ? Policy.Protection.NONE : TokenFile.within(parts);
    }

    @Override
    public List<String> scopesFor(Visitor visitor, String tool) {
        return visitor.principal().startsWith(PREFIX)
                ? all.tool(tool).map(wanted -> settings.upTo(wanted.tier())).orElse(List.of())
                : List.of();
    }
}
