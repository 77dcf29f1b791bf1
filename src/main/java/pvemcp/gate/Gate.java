package pvemcp.gate;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import pvemcp.tool.Tier;

/// Judges calls by a policy and by how far the caller may go of it. Pure: the same policy, reach, tier and targets
/// give the same verdict.
public record Gate(Policy policy, Reach reach) {
    /// For callers who may do all that the policy allows.
    public Gate(Policy policy) {
        this(policy, Reach.UNLIMITED);
    }

    /// What becomes of calls of a tier, as far as that can be said without their targets.
    public Policy.Answer answer(Tier tier) {
        return tier.compareTo(reach.most()) > 0 ? Policy.Answer.DENY : policy.answer(tier);
    }

    /// @param tier of this very call
    /// @param targets all that it would touch, looked up; not empty for a call above READ
    public Verdict judge(Tier tier, List<Target> targets) {
        if (tier.compareTo(reach.most()) > 0) {
            return reach.tooHigh();
        }
        if (tier != Tier.READ) {
            for (var target : targets) {
                var refusal = protection(target);
                if (refusal.isPresent()) {
                    return refusal.get();
                }
                if (!reach.within().isEmpty() && match(reach.within(), target).isEmpty()) {
                    return reach.outside(target);
                }
            }
        }
        var key = "policy." + tier.name().toLowerCase(Locale.ROOT);
        return switch (policy.answer(tier)) {
            case ALLOW -> new Verdict.Allow();
            case ASK -> new Verdict.Hold("%s = ask".formatted(key));
            case DENY ->
                new Verdict.Deny(
                        key,
                        "policy denies calls that %s".formatted(what(tier)),
                        "the owner can set %s to ask or allow".formatted(key));
        };
    }

    /// What a tier does, to be read after "calls that".
    public static String what(Tier tier) {
        return switch (tier) {
            case READ -> "read";
            case OPERATE -> "change the running state";
            case CHANGE -> "change configuration or make something new";
            case DESTROY -> "remove what cannot be had back";
            case EXECUTE -> "run code, hand out rights or open a way out";
        };
    }

    private Optional<Verdict> protection(Target target) {
        var protect = policy.protect();
        if (protect.isEmpty()) {
            return Optional.empty();
        }
        if (target.kind() == Target.Kind.CLUSTER) {
            return Optional.of(
                    deny("protect", "it is not known what it would touch, and parts of this cluster are protected"));
        }
        if (!target.visible()) {
            return Optional.of(deny("protect", target + " cannot be seen, so it is not known whether it is protected"));
        }
        return match(protect, target).map(match -> deny("protect." + match.key(), match.why()));
    }

    /// @param key by which part of the selection
    private record Match(String key, String why) {}

    /// Why the target belongs to a selection; empty where it does not, or cannot be seen.
    private static Optional<Match> match(Policy.Protection selection, Target target) {
        if (target.kind() == Target.Kind.CLUSTER || !target.visible()) {
            return Optional.empty();
        }
        for (var tag : selection.tags()) {
            if (target.tags().stream().anyMatch(tag::equalsIgnoreCase)) {
                return Optional.of(new Match("tags", "%s has the protected tag '%s'".formatted(target, tag)));
            }
        }
        boolean isPool = target.kind() == Target.Kind.POOL;
        for (var pool : selection.pools()) {
            var own = isPool ? target.id() : target.pool();
            // Pools nest: what protects `prod` protects `prod/db`.
            if (own.equals(pool) || own.startsWith(pool + "/")) {
                return Optional.of(new Match("pools", "%s is in the protected pool '%s'".formatted(target, pool)));
            }
        }
        for (var range : selection.vmids()) {
            if (target.isGuest() && contains(range, target.id())) {
                return Optional.of(new Match("vmids", "%s has a protected id (%s)".formatted(target, range)));
            }
        }
        for (var node : selection.nodes()) {
            if (target.node().equals(node)) {
                return Optional.of(new Match("nodes", "%s: the node '%s' is protected".formatted(target, node)));
            }
        }
        return Optional.empty();
    }

    private static Verdict deny(String key, String why) {
        return new Verdict.Deny(key, why, "the owner can change policy.%s".formatted(key));
    }

    private static boolean contains(String range, String vmid) {
        int dash = range.indexOf('-');
        long id = Long.parseLong(vmid);
        long first = Long.parseLong(dash < 0 ? range : range.substring(0, dash));
        long last = dash < 0 ? first : Long.parseLong(range.substring(dash + 1));
        return first <= id && id <= last;
    }
}
