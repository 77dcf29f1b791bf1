package pvemcp.oauth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.crypto.factories.DefaultJWSVerifierFactory;
import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.JWK;
import java.text.ParseException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import pvemcp.json.Json;
import pvemcp.json.JsonException;

/// Tells whether a text is an access token of the issuer's for this server: a JWT (RFC 7519, RFC 9068), signed with
/// one of the issuer's published keys. What a token says of itself is looked at only after its signature. Safe for
/// several threads.
public final class AccessTokens {
    /// Clocks of two machines may differ by so much.
    static final Duration SKEW = Duration.ofSeconds(60);

    /// Tokens with many groups have 8 KiB.
    private static final int LONGEST = 16 << 10;

    private static final Json.Limits LIMITS = new Json.Limits(16, LONGEST, 40);

    /// Signatures of a public key. With a shared secret among them, that key, which everybody knows, could be taken
    /// for one (RFC 8725 §2.1).
    private static final Set<JWSAlgorithm> ALGORITHMS = Set.of(
            JWSAlgorithm.RS256,
            JWSAlgorithm.RS384,
            JWSAlgorithm.RS512,
            JWSAlgorithm.PS256,
            JWSAlgorithm.PS384,
            JWSAlgorithm.PS512,
            JWSAlgorithm.ES256,
            JWSAlgorithm.ES384,
            JWSAlgorithm.ES512);

    /// RFC 9068 wants `at+jwt`; many servers write `JWT` or nothing.
    private static final Set<String> TYPES = Set.of("at+jwt", "application/at+jwt", "jwt", "");

    private final String issuer;
    private final List<String> audiences;
    private final KeyRing keys;
    private final InstantSource clock;

    /// @param issuer as tokens name it
    /// @param audiences of which a token must name one
    public AccessTokens(String issuer, List<String> audiences, KeyRing keys, InstantSource clock) {
        this.issuer = issuer;
        this.audiences = List.copyOf(audiences);
        this.keys = keys;
        this.clock = clock;
    }

    /// Whose a text says it is, which anybody may say: it tells whom to ask and nothing else. Empty where it is no
    /// token or does not say.
    public static Optional<String> issuer(String token) {
        try {
            return new Claims(object(parse(token).getPayload().toBytes())).text("iss");
        } catch (NotTrusted _) {
            return Optional.empty();
        }
    }

    /// What has been found out about a token.
    public sealed interface Finding {
        record Good(Claims claims) implements Finding {}

        /// @param why in words for who sent it
        record Bad(String why) implements Finding {}

        /// The issuer's keys cannot be had, so nobody can tell.
        record Unsure(String why) implements Finding {}
    }

    /// May fetch the issuer's keys, for at most a few seconds.
    public Finding check(String token) {
        try {
            return new Finding.Good(trusted(token));
        } catch (NotTrusted e) {
            return new Finding.Bad(e.getMessage());
        } catch (KeyRing.Unavailable e) {
            return new Finding.Unsure(e.getMessage());
        }
    }

    private static final class NotTrusted extends Exception {
        private static final long serialVersionUID = 1;

        NotTrusted(String why) {
            super(why, null, false, false);
        }
    }

    private Claims trusted(String token) throws NotTrusted, KeyRing.Unavailable {
        var parsed = parse(token);
        checkHeader(parsed.getHeader());
        checkSignature(parsed);
        var claims = new Claims(object(parsed.getPayload().toBytes()));
        checkClaims(claims);
        return claims;
    }

    // ---- form ----

    private static JWSObject parse(String token) throws NotTrusted {
        if (token.length() > LONGEST) {
            throw new NotTrusted("This token is longer than any access token");
        }
        for (int i = 0; i < token.length(); i++) {
            char c = token.charAt(i);
            boolean plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!plain && c != '-' && c != '_' && c != '.') {
                throw new NotTrusted("This is no access token of the issuer's");
            }
        }
        try {
            var parsed = JWSObject.parse(token);
            // The library takes the last of two members with one name; here there are no two.
            object(parsed.getHeader().getParsedBase64URL().decode());
            return parsed;
        } catch (ParseException | IllegalArgumentException _) {
            throw new NotTrusted("This is no access token of the issuer's");
        }
    }

    private static Json.Obj object(byte[] text) throws NotTrusted {
        try {
            if (Json.parse(text, LIMITS) instanceof Json.Obj object) {
                return object;
            }
        } catch (JsonException _) {
            // said below
        }
        throw new NotTrusted("This is no access token of the issuer's");
    }

    private static void checkHeader(JWSHeader header) throws NotTrusted {
        if (!ALGORITHMS.contains(header.getAlgorithm())) {
            throw new NotTrusted("Tokens signed with this algorithm are not taken");
        }
        var type = Optional.ofNullable(header.getType())
                .map(JOSEObjectType::getType)
                .orElse("");
        if (!TYPES.contains(type.toLowerCase(Locale.ROOT))) {
            throw new NotTrusted("This is a token, but no access token");
        }
        // RFC 7515 §4.1.11: what must be understood and is not makes it invalid.
        if (header.getCriticalParams() != null) {
            throw new NotTrusted("This token has a 'crit' that is not known here");
        }
    }

    // ---- signature ----

    /// By the keys the issuer publishes and nothing else: what the header says of keys (`jwk`, `jku`, `x5u`, `x5c`)
    /// is not looked at.
    private void checkSignature(JWSObject token) throws NotTrusted, KeyRing.Unavailable {
        for (var key : keys.matching(token.getHeader())) {
            if (fits(token, key)) {
                return;
            }
        }
        throw new NotTrusted("The signature of this token is not the issuer's");
    }

    private static boolean fits(JWSObject token, JWK key) {
        try {
            return token.verify(new DefaultJWSVerifierFactory()
                    .createJWSVerifier(token.getHeader(), ((AsymmetricJWK) key).toPublicKey()));
        } catch (JOSEException _) {
            return false;
        }
    }

    // ---- claims ----

    private void checkClaims(Claims claims) throws NotTrusted {
        if (!claims.text("iss").equals(Optional.of(issuer))) {
            throw new NotTrusted("This token is of another issuer");
        }
        if (claims.strings("aud").stream().noneMatch(audiences::contains)) {
            throw new NotTrusted("This token is for another audience");
        }
        var now = clock.instant().getEpochSecond();
        var ends = claims.seconds("exp");
        if (ends.isEmpty() || now - SKEW.toSeconds() >= ends.getAsLong()) {
            throw new NotTrusted("This token has expired");
        }
        for (var name : List.of("nbf", "iat")) {
            var begins = claims.seconds(name);
            if (claims.has(name) && (begins.isEmpty() || now + SKEW.toSeconds() < begins.getAsLong())) {
                throw new NotTrusted("This token is not valid yet");
            }
        }
        // Keycloak signs ID, refresh and logout tokens with the same keys and says which is which here.
        if (claims.has("typ") && !claims.text("typ").equals(Optional.of("Bearer"))) {
            throw new NotTrusted("This is a token, but no access token");
        }
        // RFC 7800 §3.1: it is worth nothing without the proof of a key, which is not asked for here.
        if (claims.has("cnf")) {
            throw new NotTrusted("This token is bound to a key, so that it cannot be shown as a bearer's");
        }
    }
}
