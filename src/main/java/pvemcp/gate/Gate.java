package pvemcp.gate;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import pvemcp.gate.Policy.Answer;
import pvemcp.tool.Tier;

/// Judges calls by a policy and by how far the caller may go of it. Pure: the same policy, reach and question give
/// the same verdict.
///
/// What is protected is refused, and so is what comes outside the owner's hours. Then each thing that is touched is
/// judged by the first rule that holds for it, or by the tier's answer where none does; the strictest of these
/// counts. A thing that is only named along (the storage of a guest's disk) can make the verdict stricter by a rule,
/// never milder.
public record Gate(Policy policy, Reach reach) {
    /// The rule that holds what destroys for callers who have read what guests wrote.
    public static final String TAINT = "taint";

    /// For callers who may do all that the policy allows.
    public Gate(Policy policy) {
        this(policy, Reach.UNLIMITED);
    }

    /// Whether a call of this tool may be let through, or asked about, at any time and on anything.
    public boolean everAllows(String tool, Tier tier) {
        return tier.compareTo(reach.most()) <= 0 && policy.everAllows(tool, tier);
    }

    /// Whether it matters what exactly a call touches, and not only what it can do.
    public boolean goesByTargets() {
        return policy.goesByTargets() || !reach.within().isEmpty();
    }

    /// Whether this of a guest decides about calls, so that who changes it changes what is decided.
    public boolean goesBy(Rule.Condition condition) {
        return policy.goesBy(condition)
                || switch (condition) {
                    case TAGS -> !reach.within().tags().isEmpty();
                    case POOLS -> !reach.within().pools().isEmpty();
                    case TOOLS, CLUSTERS, NODES, GUESTS, NAMES, STORAGES, BACKUP_SERVERS -> false;
                };
    }

    /// Whether this pool or one above it decides about calls; an empty name asks whether any does.
    public boolean goesByPool(String pool) {
        var pools = reach.within().poolsAnywhere();
        var target = Target.of(Target.Kind.POOL, pool);
        return policy.goesByPool(pool)
                || (pool.isEmpty() ? !pools.isEmpty() : pools.stream().anyMatch(target::isInPool));
    }

    /// What is to be judged.
    ///
    /// @param tier of this very call, or of this very request
    /// @param targets all that it would touch, looked up; not empty above READ
    /// @param tainted whether the caller has lately read what guests wrote
    public record Question(String tool, String cluster, Tier tier, List<Target> targets, Instant at, boolean tainted) {
        public Question {
            targets = List.copyOf(targets);
        }

        public Question(String tool, String cluster, Tier tier, List<Target> targets, Instant at) {
            this(tool, cluster, tier, targets, at, false);
        }

        /// Whether only a person can agree to it: what was read in a guest may have asked for it. To run programs in
        /// guests is what brings such text in, so that alone does not count.
        public boolean needsPerson() {
            boolean beyondGuests =
                    targets.isEmpty() || targets.stream().anyMatch(target -> !target.isGuest() && !target.aside());
            return tainted && (tier == Tier.DESTROY || (tier == Tier.EXECUTE && beyondGuests));
        }
    }

    public Verdict judge(Question question) {
        if (question.tier().compareTo(reach.most()) > 0) {
            return reach.tooHigh();
        }
        if (question.tier() != Tier.READ) {
            var protect = policy.protect().on(question.cluster());
            var within = reach.within().on(question.cluster());
            for (var target : question.targets()) {
                var refusal = protection(protect, target).or(() -> flag(target, question.tier()));
                if (refusal.isPresent()) {
                    return refusal.get();
                }
                boolean outside = !reach.within().isEmpty()
                        && !target.aside()
                        && match(within, target).isEmpty();
                if (outside) {
                    return reach.outside(target);
                }
            }
            var windows = policy.restraints().windows();
            if (!windows.isEmpty() && windows.stream().noneMatch(window -> window.contains(question.at()))) {
                return new Verdict.Deny(
                        "policy.windows",
                        "it is %s, and changes are made only %s".formatted(now(question.at(), windows), text(windows)),
                        "call again within these hours, or the owner can change policy.windows");
            }
        }
        var verdict = byRules(question);
        return verdict instanceof Verdict.Allow && question.needsPerson()
                ? new Verdict.Hold(TAINT, "what guests wrote was read before")
                : verdict;
    }

    /// Why a read that is let through may not look at this backup server along its way; empty where it may. What all
    /// clusters keep lies there, so it is judged as one on each of them, and as one of all there is.
    ///
    /// @param call without targets
    public Optional<String> closes(String server, Question call, Collection<String> clusters) {
        if (!reach.within().isEmpty()) {
            return Optional.of("the token of '%s' is for a part of what there is, and a backup server has all of it"
                    .formatted(reach.principal()));
        }
        int own = strictness(judge(call));
        var target = List.of(Target.of(Target.Kind.BACKUP_SERVER, server));
        for (var cluster : clusters) {
            var verdict = judge(new Question(call.tool(), cluster, call.tier(), target, call.at(), call.tainted()));
            if (strictness(verdict) > own) {
                return Optional.of(
                        switch (verdict) {
                            case Verdict.Deny deny -> "%s (%s)".formatted(deny.why(), deny.rule());
                            case Verdict.Hold hold -> "%s, and nobody is asked along the way".formatted(hold.why());
                            case Verdict.Allow _ -> throw new IllegalStateException("nothing is milder than to allow");
                        });
            }
        }
        return Optional.empty();
    }

    /// What is seen to before this target is put at risk: as the first rule that holds for it and speaks of that
    /// wants it, or as is usual.
    public Care care(Question question, Target target) {
        var usual = policy.restraints().care();
        Optional<Boolean> first = Optional.empty();
        Optional<Care.Backup> backup = Optional.empty();
        for (var rule : policy.rules()) {
            if (rule.holds(question, target)) {
                first = first.or(rule.care()::snapshotFirst);
                backup = backup.or(rule.care()::backup);
            }
        }
        var risks = first.map(all -> all ? EnumSet.allOf(Care.Risk.class) : Set.<Care.Risk>of())
                .orElse(usual.snapshotFirst());
        return new Care(risks, backup.orElse(usual.backup()), usual.age());
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

    /// As a clock shows it where the first of the windows is.
    private static String now(Instant at, List<Window> windows) {
        var zone = windows.getFirst().zone();
        // Made when it is wanted: few calls come outside the hours, and it would be a millisecond of each start.
        var clock = DateTimeFormatter.ofPattern("EEE HH:mm", Locale.ENGLISH);
        return clock.format(at.atZone(zone)) + " " + (zone.equals(ZoneOffset.UTC) ? "UTC" : zone.getId());
    }

    private static String text(List<Window> windows) {
        return String.join(", ", windows.stream().map(Window::text).toList());
    }

    // ---- rules and tiers ----

    private Verdict byRules(Question question) {
        if (question.targets().isEmpty()) {
            // A read that nobody looked up: a rule may still hold for its tool, its cluster or the hour.
            var whole = Target.of(Target.Kind.CLUSTER, "cluster");
            return byRules(question, whole).orElseGet(() -> byTier(question.tier()));
        }
        Optional<Verdict> strictest = Optional.empty();
        for (var target : question.targets()) {
            var verdict = byRules(question, target);
            if (verdict.isPresent()
                    && (strictest.isEmpty() || strictness(verdict.get()) > strictness(strictest.get()))) {
                strictest = verdict;
            }
        }
        return strictest.orElseGet(() -> byTier(question.tier()));
    }

    /// Empty: it is only named along, and no rule has anything against it.
    private Optional<Verdict> byRules(Question question, Target target) {
        for (var rule : policy.rules()) {
            if (rule.holds(question, target)) {
                boolean opens = rule.answer() == Answer.ALLOW;
                return target.aside() && opens ? Optional.empty() : Optional.of(byRule(rule, target));
            }
        }
        return target.aside() ? Optional.empty() : Optional.of(byTier(question.tier()));
    }

    private static Verdict byRule(Rule rule, Target target) {
        return switch (rule.answer()) {
            case ALLOW -> new Verdict.Allow(rule.name());
            case ASK -> new Verdict.Hold(rule.name(), rule.name() + " = ask");
            case DENY ->
                new Verdict.Deny(
                        rule.name(),
                        "a rule of the owner's denies this on " + target,
                        "the owner can change %s in the configuration".formatted(rule.name()));
        };
    }

    private Verdict byTier(Tier tier) {
        var key = "policy." + tier.word();
        return switch (policy.answer(tier)) {
            case ALLOW -> new Verdict.Allow(key);
            case ASK -> new Verdict.Hold(key, key + " = ask");
            case DENY ->
                new Verdict.Deny(
                        key,
                        "policy denies calls that %s".formatted(what(tier)),
                        "the owner can set %s to ask or allow".formatted(key));
        };
    }

    private static int strictness(Verdict verdict) {
        return switch (verdict) {
            case Verdict.Allow _ -> 0;
            case Verdict.Hold _ -> 1;
            case Verdict.Deny _ -> 2;
        };
    }

    // ---- what is protected ----

    private Optional<Verdict> flag(Target target, Tier tier) {
        boolean counts = switch (policy.restraints().flag()) {
            case OFF -> false;
            case DESTROY -> tier == Tier.DESTROY;
            case CHANGE -> true;
        };
        return target.flagged() && counts ? Optional.of(flagged(target)) : Optional.empty();
    }

    /// The refusal of a target with the flag.
    public static Verdict.Deny flagged(Target target) {
        return new Verdict.Deny(
                "policy.protect.flag",
                "%s has PVE's protection set".formatted(target),
                "the owner can clear it in PVE, or change policy.protect.flag");
    }

    private static Optional<Verdict> protection(Policy.Protection protect, Target target) {
        if (protect.isEmpty()) {
            return Optional.empty();
        }
        if (target.kind() == Target.Kind.CLUSTER) {
            return Optional.of(deny(
                    "policy.protect", "it is not known what it would touch, and parts of this cluster are protected"));
        }
        if (!target.visible()) {
            return Optional.of(
                    deny("policy.protect", target + " cannot be seen, so it is not known whether it is protected"));
        }
        return match(protect, target).map(match -> deny("policy.protect." + match.key(), match.why()));
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
        for (var pool : selection.pools()) {
            if (target.isInPool(pool)) {
                return Optional.of(new Match("pools", "%s is in the protected pool '%s'".formatted(target, pool)));
            }
        }
        for (var range : selection.vmids()) {
            if (target.isGuest() && Ranges.contains(range, target.id())) {
                return Optional.of(new Match("guests", "%s has a protected id (%s)".formatted(target, range)));
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
        return new Verdict.Deny(key, why, "the owner can change %s".formatted(key));
    }
}
