package pvemcp.gate;

/// What policy says of one call.
public sealed interface Verdict {
    record Allow() implements Verdict {}

    /// It needs a yes first.
    record Hold(String why) implements Verdict {}

    /// @param rule the policy key that refused
    /// @param remedy what the owner would change to allow it
    record Deny(String rule, String why, String remedy) implements Verdict {}
}
