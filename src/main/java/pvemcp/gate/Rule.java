package pvemcp.gate;

import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import pvemcp.text.Wildcards;
import pvemcp.tool.Tier;

/// One exception the owner makes from the answers of the tiers: where all its conditions hold, its answer counts. A
/// condition without values holds always.
///
/// @param name how refusals call it: `policy.rule 2`, or with the owner's own name `policy.rule 'night shift'`
/// @param tiers those it speaks of; all but [Tier#READ] where the owner names none
/// @param care where it wants more or less seen to first than is usual
public record Rule(
        String name,
        Policy.Answer answer,
        Set<Tier> tiers,
        Map<Condition, List<String>> conditions,
        List<Window> when,
        Care.Special care) {

    /// What a rule may look at. The first two are about the call, the others about what it touches.
    public enum Condition {
        TOOLS,
        CLUSTERS,
        NODES,
        POOLS,
        TAGS,
        GUESTS,
        NAMES,
        STORAGES,
        BACKUP_SERVERS;

        /// Of a backup server the name is known without a look.
        boolean wantsLook() {
            return this != TOOLS && this != CLUSTERS && this != BACKUP_SERVERS;
        }
    }

    public Rule {
        tiers = Set.copyOf(tiers);
        var copy = new EnumMap<Condition, List<String>>(Condition.class);
        for (var condition : Condition.values()) {
            copy.put(condition, List.copyOf(conditions.getOrDefault(condition, List.of())));
        }
        conditions = copy;
        when = List.copyOf(when);
    }

    private List<String> values(Condition condition) {
        return conditions.get(condition);
    }

    /// Whether it can speak of a call of this tool and tier at all.
    boolean speaksOf(String tool, Tier tier) {
        return tiers.contains(tier) && any(Condition.TOOLS, pattern -> Wildcards.matches(pattern, tool));
    }

    /// Whether nothing but tool and tier decides whether it holds.
    boolean isUnconditional() {
        return when.isEmpty()
                && !looksAtTargets()
                && values(Condition.CLUSTERS).isEmpty()
                && values(Condition.BACKUP_SERVERS).isEmpty();
    }

    /// Whether it has to be known what a call touches.
    boolean looksAtTargets() {
        for (var condition : Condition.values()) {
            if (condition.wantsLook() && !values(condition).isEmpty()) {
                return true;
            }
        }
        return false;
    }

    boolean uses(Condition condition) {
        return !values(condition).isEmpty();
    }

    boolean namesPoolOf(Target target) {
        return values(Condition.POOLS).stream().anyMatch(target::isInPool);
    }

    boolean holds(Gate.Question question, Target target) {
        return speaksOf(question.tool(), question.tier())
                && any(Condition.CLUSTERS, pattern -> Wildcards.matches(pattern, question.cluster()))
                && inTime(question.at())
                && any(
                        Condition.NODES,
                        pattern -> !target.node().isEmpty() && Wildcards.matches(pattern, target.node()))
                && any(Condition.GUESTS, range -> target.isGuest() && Ranges.contains(range, target.id()))
                && any(
                        Condition.STORAGES,
                        pattern -> target.kind() == Target.Kind.STORAGE && Wildcards.matches(pattern, target.id()))
                && any(
                        Condition.BACKUP_SERVERS,
                        pattern ->
                                target.kind() == Target.Kind.BACKUP_SERVER && Wildcards.matches(pattern, target.id()))
                && anyKnown(target, Condition.POOLS, target::isInPool)
                && anyKnown(
                        target,
                        Condition.TAGS,
                        pattern -> target.tags().stream().anyMatch(tag -> Wildcards.matches(pattern, tag)))
                && anyKnown(
                        target,
                        Condition.NAMES,
                        pattern -> target.isGuest() && Wildcards.matches(pattern, target.name()));
    }

    private boolean inTime(Instant moment) {
        return when.isEmpty() || when.stream().anyMatch(window -> window.contains(moment));
    }

    private boolean any(Condition condition, Predicate<String> fits) {
        var values = values(condition);
        return values.isEmpty() || values.stream().anyMatch(fits);
    }

    /// What is not known of a target holds where the rule is there to restrict, and does not where it is there to
    /// open.
    private boolean anyKnown(Target target, Condition condition, Predicate<String> fits) {
        return target.visible() ? any(condition, fits) : !uses(condition) || answer != Policy.Answer.ALLOW;
    }
}
