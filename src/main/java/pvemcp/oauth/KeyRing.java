package pvemcp.oauth;

import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import java.io.IOException;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/// The keys that an issuer signs with. They are fetched when the first token comes, and again after ten minutes, so
/// that a key which the issuer has withdrawn counts no longer; a key that is not known is looked for at once, for
/// keys change before their time. Whoever makes up names of keys costs the issuer one request in ten seconds.
///
/// While the issuer cannot be reached, its last keys count for an hour. Safe for several threads.
public final class KeyRing {
    static final Duration FRESH = Duration.ofMinutes(10);
    static final Duration STALE = Duration.ofHours(1);
    static final Duration PAUSE = Duration.ofSeconds(10);

    private static final int SMALLEST_RSA = 2048;
    private static final int LARGEST_RSA = 8192;

    /// A token that names no key is tried with so many.
    private static final int MOST_TRIED = 8;

    private final Issuer issuer;
    private final InstantSource clock;

    private record Known(List<JWK> keys, Instant since) {}

    private volatile Optional<Known> known = Optional.empty();

    /// Held while keys are fetched; guards the two below.
    private final ReentrantLock fetching = new ReentrantLock();

    private Instant tried = Instant.MIN;
    private String trouble = "";

    public KeyRing(Issuer issuer, InstantSource clock) {
        this.issuer = issuer;
        this.clock = clock;
    }

    /// The issuer does not tell its keys, and has not for too long.
    static final class Unavailable extends Exception {
        private static final long serialVersionUID = 1;

        Unavailable(String why) {
            super(why, null, false, false);
        }
    }

    /// How many keys that count the issuer has now, for a look without a token.
    ///
    /// @throws IOException with words for the owner where they cannot be had
    public int count() throws IOException, InterruptedException {
        try {
            return usable(issuer.keys()).size();
        } catch (ParseException e) {
            throw new IOException("this is no set of keys: " + e.getMessage(), e);
        }
    }

    /// The keys that a token with this header may be signed with; none where the issuer has no such key.
    List<JWK> matching(JWSHeader header) throws Unavailable {
        var matcher = JWKMatcher.forJWSHeader(header);
        var found = among(current(), matcher);
        return found.isEmpty() ? among(newer(), matcher) : found;
    }

    private static List<JWK> among(List<JWK> keys, JWKMatcher matcher) {
        return keys.stream().filter(matcher::matches).limit(MOST_TRIED).toList();
    }

    private List<JWK> current() throws Unavailable {
        var now = clock.instant();
        var seen = known;
        if (seen.isPresent() && now.isBefore(seen.get().since().plus(FRESH))) {
            return seen.get().keys();
        }
        // One waits for the new ones, the others go on with those there are.
        boolean usable = seen.isPresent() && now.isBefore(seen.get().since().plus(STALE));
        return usable && fetching.isLocked() ? seen.get().keys() : newer();
    }

    private List<JWK> newer() throws Unavailable {
        fetching.lock();
        try {
            return fetched();
        } finally {
            fetching.unlock();
        }
    }

    /// Fetched, unless that has just been tried.
    private List<JWK> fetched() throws Unavailable {
        var now = clock.instant();
        if (tried.equals(Instant.MIN) || !now.isBefore(tried.plus(PAUSE))) {
            tried = now;
            try {
                known = Optional.of(new Known(usable(issuer.keys()), now));
            } catch (IOException | ParseException e) {
                trouble = e.getMessage();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                throw new Unavailable("the request was called off");
            }
        }
        return known.filter(last -> now.isBefore(last.since().plus(STALE)))
                .map(Known::keys)
                .orElseThrow(() -> new Unavailable("The issuer's keys cannot be had at the moment: " + trouble));
    }

    /// Public keys for signatures, of a length that is worth something.
    private static List<JWK> usable(String text) throws ParseException {
        return JWKSet.parse(text).getKeys().stream()
                .filter(key -> switch (key) {
                    case RSAKey rsa -> rsa.size() >= SMALLEST_RSA && rsa.size() <= LARGEST_RSA;
                    case ECKey _ -> true;
                    default -> false;
                })
                .filter(AsymmetricJWK.class::isInstance)
                .map(JWK::toPublicJWK)
                .toList();
    }
}
