package pvemcp.cli;

import java.time.InstantSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import pvemcp.config.OAuthSettings;
import pvemcp.dispatch.Dispatcher;
import pvemcp.mcp.Entrance;
import pvemcp.mcp.ProtectedResource;
import pvemcp.oauth.AccessTokens;

/// Lets in whoever has an access token of one of the owner's authorization servers, as far as its scopes go, besides
/// those who have a token of the file. Safe for several threads.
final class OAuthEntrance implements Entrance {
    private final List<IssuedTokens> issuers;
    private final Entrance ofFile;
    private final Dispatcher all;
    private final ProtectedResource resource;

    /// @param settings an issuer each, at least one
    /// @param ofFile for tokens that are no issuer's
    /// @param all with every tool that policy ever allows
    OAuthEntrance(List<OAuthSettings> settings, Entrance ofFile, Callers callers, Dispatcher all, InstantSource clock) {
        this.ofFile = ofFile;
        this.all = all;
        this.issuers = settings.stream()
                .map(each -> new IssuedTokens(each, callers, clock))
                .toList();
        var scopes = new LinkedHashSet<String>();
        var entry = new LinkedHashSet<String>();
        for (var each : issuers) {
            scopes.addAll(each.settings().scopes().keySet());
            entry.addAll(each.entry());
        }
        this.resource = new ProtectedResource(
                settings.getFirst().resource(),
                settings.stream().map(OAuthSettings::issuer).toList(),
                List.copyOf(scopes),
                List.copyOf(entry));
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
        // Only the one it names is asked: whatever has become of the others is no matter to its bearer.
        var named = AccessTokens.issuer(token.get());
        for (var issuer : issuers) {
            if (named.equals(Optional.of(issuer.settings().issuer().toString()))) {
                return issuer.admit(token.get());
            }
        }
        return new Admission.Unknown("This is no access token of an issuer that counts here");
    }

    @Override
    public List<String> scopesFor(Visitor visitor, String tool) {
        for (var issuer : issuers) {
            if (visitor.principal().startsWith(issuer.settings().prefix())) {
                return all.tool(tool)
                        .map(wanted -> issuer.settings().upTo(wanted.tier()))
                        .orElse(List.of());
            }
        }
        return List.of();
    }
}
