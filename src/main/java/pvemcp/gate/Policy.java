package pvemcp.gate;

import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import pvemcp.tool.Tier;

/// What the owner lets callers do. The only thing a [Gate] knows besides the call.
///
/// @param tiers the answer for each tier; one that is missing is [Answer#DENY]
/// @param toolsets the toolsets that are offered; empty: those of the surface
/// @param unasked what becomes of a held call where the client cannot ask its user
public record Policy(Map<Tier, Answer> tiers, Protection protect, List<String> toolsets, Unasked unasked) {
    public enum Answer {
        ALLOW,
        ASK,
        DENY
    }

    public enum Unasked {
        /// The answer names a ticket; whoever reads it can hand it back.
        TICKET,
        /// It is refused.
        DENY
    }

    /// What is never changed, whatever the tier: guests by tag, pool or vmid, nodes with all that is on them.
    ///
    /// @param vmids single ids (`100`) or ranges (`100-199`)
    public record Protection(List<String> tags, List<String> pools, List<String> vmids, List<String> nodes) {
        public static final Protection NONE = new Protection(List.of(), List.of(), List.of(), List.of());

        public Protection {
            tags = List.copyOf(tags);
            pools = List.copyOf(pools);
            vmids = List.copyOf(vmids);
            nodes = List.copyOf(nodes);
        }

        public boolean isEmpty() {
            return tags.isEmpty() && pools.isEmpty() && vmids.isEmpty() && nodes.isEmpty();
        }
    }

    /// Reads are allowed, destroying is denied, all else asks.
    public static final Policy DEFAULT = new Policy(
            Map.of(
                    Tier.READ, Answer.ALLOW,
                    Tier.OPERATE, Answer.ASK,
                    Tier.CHANGE, Answer.ASK,
                    Tier.DESTROY, Answer.DENY,
                    Tier.EXECUTE, Answer.ASK),
            Protection.NONE,
            List.of(),
            Unasked.TICKET);

    public Policy {
        var complete = new EnumMap<Tier, Answer>(Tier.class);
        for (var tier : Tier.values()) {
            complete.put(tier, tiers.getOrDefault(tier, Answer.DENY));
        }
        tiers = Collections.unmodifiableMap(complete);
        toolsets = List.copyOf(toolsets);
    }

    /// Never null: every tier has an answer.
    public Answer answer(Tier tier) {
        return tiers.get(tier);
    }

    /// A copy with another answer for one tier.
    public Policy with(Tier tier, Answer answer) {
        var changed = new EnumMap<>(tiers);
        changed.put(tier, answer);
        return new Policy(changed, protect, toolsets, unasked);
    }

    public Policy with(Protection protection) {
        return new Policy(tiers, protection, toolsets, unasked);
    }

    public Policy with(Unasked other) {
        return new Policy(tiers, protect, toolsets, other);
    }

    /// A copy that lets nothing but reads through.
    public Policy readOnly() {
        return new Policy(Map.of(Tier.READ, answer(Tier.READ)), protect, toolsets, unasked);
    }
}
