package pvemcp.gate;

/// What policy says of one call. Each names the policy key or rule that decided.
public sealed interface Verdict {
    String rule();

    record Allow(String rule) implements Verdict {}

    /// It needs a yes first.
    record Hold(String rule, String why) implements Verdict {}

    /// @param remedy what the owner would change to allow it
    record Deny(String rule, String why, String remedy) implements Verdict {}
}
