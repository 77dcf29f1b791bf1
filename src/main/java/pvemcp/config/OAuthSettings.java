package pvemcp.config;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import pvemcp.tool.Tier;

/// An issuer whose access tokens are taken over HTTP, and what they stand for.
///
/// @param name what tells its bearers from those of others; empty for the one that has none
/// @param issuer as its metadata calls itself
/// @param resource what clients call this server
/// @param audiences of which a token must name one
/// @param scopes the highest tier that each stands for
/// @param scopeClaims where in a token scopes are
/// @param principalClaim who the caller is
/// @param withinClaim where the caller may change something; empty: tokens do not say
/// @param keys where the issuer's keys are; empty: its metadata says
/// @param authority that signed the issuer's certificate; empty: one that Java knows
public record OAuthSettings(
        String name,
        URI issuer,
        URI resource,
        List<String> audiences,
        SequencedMap<String, Tier> scopes,
        List<String> scopeClaims,
        String principalClaim,
        Optional<String> withinClaim,
        Optional<URI> keys,
        Optional<Path> authority) {

    /// What stands before a bearer's name, so that nobody is taken for somebody of another issuer or of the file: no
    /// name of an issuer or of a static token has a colon in it.
    public String prefix() {
        return name.isEmpty() ? "oauth:" : "oauth/" + name + ":";
    }

    /// The highest tier that these scopes stand for; empty where none of them means anything here.
    public Optional<Tier> tier(Collection<String> granted) {
        return granted.stream().filter(scopes::containsKey).map(scopes::get).max(Tier::compareTo);
    }

    /// The scopes with which a caller gets as far as this tier; empty where none leads there.
    public List<String> upTo(Tier tier) {
        var names = new ArrayList<String>();
        boolean reached = false;
        for (var scope : scopes.entrySet()) {
            if (scope.getValue().compareTo(tier) <= 0) {
                names.add(scope.getKey());
            }
            reached |= scope.getValue() == tier;
        }
        return reached ? names : List.of();
    }
}
