package pvemcp.cli;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import pvemcp.config.OAuthSettings;
import pvemcp.config.TokenFile;
import pvemcp.gate.Policy;
import pvemcp.gate.Reach;
import pvemcp.mcp.Entrance.Admission;
import pvemcp.oauth.AccessTokens;
import pvemcp.oauth.Claims;
import pvemcp.oauth.Issuer;
import pvemcp.oauth.KeyRing;
import pvemcp.pve.Certificates;
import pvemcp.pve.Connection;
import pvemcp.tool.Tier;

/// The access tokens of one authorization server, and whom they let in how far. It has keys of its own, and waits for
/// no other server. Safe for several threads.
final class IssuedTokens {
    private static final String EVERYWHERE = "*";

    private final OAuthSettings settings;
    private final Callers callers;
    private final AccessTokens tokens;

    IssuedTokens(OAuthSettings settings, Callers callers, InstantSource clock) {
        this.settings = settings;
        this.callers = callers;
        this.tokens = new AccessTokens(
                settings.issuer().toString(), settings.audiences(), new KeyRing(issuer(settings), clock), clock);
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

    OAuthSettings settings() {
        return settings;
    }

    /// The scopes that are enough to come in.
    List<String> entry() {
        return settings.upTo(
                settings.scopes().values().stream().min(Tier::compareTo).orElse(Tier.READ));
    }

    Admission admit(String token) {
        return switch (tokens.check(token)) {
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
            return new Admission.Forbidden("This token has no scope that means anything here", entry());
        }
        try {
            return callers.welcome(new Reach(settings.prefix() + subject, tier.get(), within(claims)));
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
}
