package pvemcp.pve;

import java.time.Duration;
import java.util.Optional;

/// How one exchange with one endpoint ended. What matters is how much is known about it: a write that certainly
/// was not sent may be sent again, one that may have been must not.
sealed interface Outcome {
    /// A whole answer, of whatever status.
    record Answered(int status, String reason, String contentType, Optional<Duration> retryAfter, byte[] body)
            implements Outcome {
        boolean isJson() {
            return contentType.startsWith("application/json");
        }
    }

    /// No byte of the request left: name lookup, connection or TLS handshake failed.
    record Unsent(String why) implements Outcome {}

    /// The certificate is not believed; no byte of the request left.
    record Untrusted(String fingerprint, String why) implements Outcome {}

    /// The request left, at least in part, and no whole answer came back.
    record Cut(String why) implements Outcome {}

    /// As [Cut], because the time was up.
    record Late() implements Outcome {}

    /// An answer beyond the limits.
    record TooLarge(String why) implements Outcome {}
}
