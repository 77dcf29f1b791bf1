package pvemcp.gate;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import pvemcp.tool.Tier;

/// What the owner lets callers do. The only thing a [Gate] knows besides the call.
///
/// @param tiers the answer for each tier; one that is missing is [Answer#DENY]
/// @param rules exceptions from those, the first that holds counts
/// @param toolsets the toolsets that are offered; empty: those of the surface
/// @param unasked what becomes of a held call where the client cannot ask its user
public record Policy(
        Map<Tier, Answer> tiers,
        List<Rule> rules,
        Protection protect,
        Restraints restraints,
        Limits limits,
        List<String> toolsets,
        Unasked unasked) {
    /// Mildest first.
    public enum Answer {
        ALLOW,
        ASK,
        DENY
    }

    public enum Unasked {
        /// The answer names a ticket; whoever reads it can hand it back.
        TICKET,
        /// The arguments `confirm` and `destructive` are taken for a yes, as other servers take them.
        CONFIRM,
        /// A person says yes at a terminal, with `pve-mcp approve`.
        APPROVE,
        /// It is refused.
        DENY
    }

    /// What is never changed, whatever the tier: guests by tag, pool or vmid, nodes with all that is on them. Each
    /// value may say of which cluster it is meant (`work:100`), and holds for all of them otherwise.
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

        /// What of it is meant of this cluster.
        Protection on(String cluster) {
            return new Protection(on(cluster, tags), on(cluster, pools), on(cluster, vmids), on(cluster, nodes));
        }

        // No tag, pool, id or node of PVE has a colon in it.
        private static List<String> on(String cluster, List<String> values) {
            var meant = new ArrayList<String>();
            for (var value : values) {
                int colon = value.indexOf(':');
                if (colon < 0 || value.substring(0, colon).equals(cluster)) {
                    meant.add(value.substring(colon + 1));
                }
            }
            return meant;
        }

        /// The pools of any cluster.
        List<String> poolsAnywhere() {
            return pools.stream()
                    .map(pool -> pool.substring(pool.indexOf(':') + 1))
                    .toList();
        }
    }

    /// What PVE's own `protection` of a guest is taken for.
    public enum Flag {
        /// It says nothing here; PVE itself refuses to delete the guest and its disks.
        OFF,
        /// The guest is not destroyed, and the flag is not taken away.
        DESTROY,
        /// The guest is not changed at all.
        CHANGE
    }

    /// What holds for every request, whatever tier and rules say.
    ///
    /// @param flag what PVE's own `protection` is taken for
    /// @param pool where every new guest goes; empty: wherever the call wants it
    /// @param hostOptions the options that reach the host ([HostOption]) and may be used all the same
    /// @param urlHosts where PVE may be sent to by a URL, see [UrlHosts]
    /// @param windows the only times at which anything is changed; empty: at all times
    /// @param care what is seen to first
    public record Restraints(
            Flag flag, String pool, List<String> hostOptions, List<String> urlHosts, List<Window> windows, Care care) {
        public static final Restraints DEFAULT =
                new Restraints(Flag.DESTROY, "", List.of(), List.of(), List.of(), Care.DEFAULT);

        public Restraints {
            hostOptions = List.copyOf(hostOptions);
            urlHosts = List.copyOf(urlHosts);
            windows = List.copyOf(windows);
        }
    }

    /// How much one caller may do before somebody has a look. Zero: no limit.
    ///
    /// @param destroys calls an hour that destroy
    /// @param changes calls an hour that do more than read
    /// @param guests different guests an hour that such calls touch
    /// @param failures of one tool in a row, after which it rests for a minute
    /// @param repeats of one call in a row with the same answer
    /// @param perNode calls at work on one node and its guests at once
    /// @param perGuest calls at work on one guest at once
    /// @param patience how long a call waits for its turn
    public record Limits(
            int destroys,
            int changes,
            int guests,
            int failures,
            int repeats,
            int perNode,
            int perGuest,
            Duration patience) {
        public static final Limits DEFAULT = new Limits(10, 300, 100, 5, 10, 4, 1, Duration.ofSeconds(10));
    }

    /// Reads are allowed, destroying is denied, all else asks.
    public static final Policy DEFAULT = new Policy(
            Map.of(
                    Tier.READ, Answer.ALLOW,
                    Tier.OPERATE, Answer.ASK,
                    Tier.CHANGE, Answer.ASK,
                    Tier.DESTROY, Answer.DENY,
                    Tier.EXECUTE, Answer.ASK),
            List.of(),
            Protection.NONE,
            Restraints.DEFAULT,
            Limits.DEFAULT,
            List.of(),
            Unasked.TICKET);

    public Policy {
        var complete = new EnumMap<Tier, Answer>(Tier.class);
        for (var tier : Tier.values()) {
            complete.put(tier, tiers.getOrDefault(tier, Answer.DENY));
        }
        tiers = Collections.unmodifiableMap(complete);
        rules = List.copyOf(rules);
        toolsets = List.copyOf(toolsets);
    }

    /// Never null: every tier has an answer.
    public Answer answer(Tier tier) {
        return tiers.get(tier);
    }

    /// Whether a call of this tool may be let through, or asked about, at any time and on anything.
    boolean everAllows(String tool, Tier tier) {
        for (var rule : rules) {
            if (rule.speaksOf(tool, tier)) {
                if (rule.answer() != Answer.DENY) {
                    return true;
                }
                if (rule.isUnconditional()) {
                    return false;
                }
            }
        }
        return answer(tier) != Answer.DENY;
    }

    /// Whether what a call of this tier touches has to be looked up. What reads touch seldom matters, and looking it
    /// up costs a request.
    public boolean looksAtTargets(Tier tier) {
        if (tier != Tier.READ) {
            return true;
        }
        for (var rule : rules) {
            if (rule.tiers().contains(Tier.READ) && rule.looksAtTargets()) {
                return true;
            }
        }
        return false;
    }

    /// Whether it matters what exactly a call touches, and not only what it can do.
    boolean goesByTargets() {
        return !rules.isEmpty() || !protect.isEmpty();
    }

    /// Whether the owner has policy go by this of a guest, so that who changes it changes what policy says.
    boolean goesBy(Rule.Condition condition) {
        for (var rule : rules) {
            if (rule.uses(condition)) {
                return true;
            }
        }
        return switch (condition) {
            case TAGS -> !protect.tags().isEmpty();
            case POOLS -> !protect.pools().isEmpty();
            case TOOLS, CLUSTERS, NODES, GUESTS, NAMES, STORAGES, BACKUP_SERVERS -> false;
        };
    }

    /// Whether the owner has policy go by this pool or one above it; an empty name asks whether by any.
    boolean goesByPool(String pool) {
        if (!goesBy(Rule.Condition.POOLS)) {
            return false;
        }
        var target = Target.of(Target.Kind.POOL, pool);
        return pool.isEmpty()
                || protect.poolsAnywhere().stream().anyMatch(target::isInPool)
                || rules.stream().anyMatch(rule -> rule.namesPoolOf(target));
    }

    /// A copy with another answer for one tier.
    public Policy with(Tier tier, Answer answer) {
        var changed = new EnumMap<>(tiers);
        changed.put(tier, answer);
        return new Policy(changed, rules, protect, restraints, limits, toolsets, unasked);
    }

    public Policy with(Protection protection) {
        return new Policy(tiers, rules, protection, restraints, limits, toolsets, unasked);
    }

    public Policy with(Unasked other) {
        return new Policy(tiers, rules, protect, restraints, limits, toolsets, other);
    }

    /// A copy that lets nothing but reads through.
    public Policy readOnly() {
        var stricter = new ArrayList<Rule>();
        for (var rule : rules) {
            if (rule.answer() == Answer.DENY) {
                stricter.add(rule);
            }
        }
        return new Policy(
                Map.of(Tier.READ, answer(Tier.READ)), stricter, protect, restraints, limits, toolsets, unasked);
    }
}
