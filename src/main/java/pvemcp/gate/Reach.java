package pvemcp.gate;

import pvemcp.tool.Tier;

/// How far one of several callers may go of what the policy allows everybody.
///
/// @param principal who it is
/// @param most the highest tier; the policy still has its say on it and on those below
/// @param within what they may change: guests by tag, pool or id, and nodes with all that is on them, of one cluster
///     or all; empty: everything. It does not narrow what they see
public record Reach(String principal, Tier most, Policy.Protection within) {
    /// All that the policy allows.
    public static final Reach UNLIMITED = new Reach("", Tier.EXECUTE, Policy.Protection.NONE);

    Verdict.Deny tooHigh() {
        return new Verdict.Deny(
                "token.tier",
                "the token of '%s' is for calls up to the tier %s, and this one is above"
                        .formatted(principal, most.word()),
                "whoever runs this server can give '%s' another token".formatted(principal));
    }

    Verdict.Deny outside(Target target) {
        return new Verdict.Deny(
                "token.within",
                "%s is not among what '%s' may change".formatted(target, principal),
                "whoever runs this server can give '%s' another token".formatted(principal));
    }
}
