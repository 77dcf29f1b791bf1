package pvemcp.dispatch;

import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import pvemcp.gate.Gate;
import pvemcp.gate.HostOption;
import pvemcp.gate.Policy;
import pvemcp.gate.Rule;
import pvemcp.gate.Target;
import pvemcp.gate.UrlHosts;
import pvemcp.gate.Verdict;
import pvemcp.json.Json;
import pvemcp.pve.Verb;
import pvemcp.schema.ApiSchema;
import pvemcp.tool.Operations;
import pvemcp.tool.Tier;

/// Stands on the wire of one call and judges each request that does more than read, as it is about to be sent. What a
/// tool says of itself and names as its target is judged before; this is what it really does.
///
/// For one thread.
final class Guard {
    private final Gate gate;
    private final String tool;
    private final String cluster;
    private final Tier tier;
    private final Sight sight;
    private final Clock clock;
    private final boolean tainted;

    /// Guests this very call has made, which the cluster does not show at once.
    private final Map<String, Target> made = new HashMap<>();

    /// @param tier of the call: no request counts as milder than the call it belongs to
    /// @param tainted whether the caller has lately read what guests wrote
    Guard(Gate gate, String tool, String cluster, Tier tier, Sight sight, boolean tainted) {
        this.tainted = tainted;
        this.gate = gate;
        this.tool = tool;
        this.cluster = cluster;
        this.tier = tier;
        this.sight = sight;
        this.clock = sight.ctx().clock();
    }

    /// A request as policy lets it be made.
    ///
    /// @param params as they are to be sent: in one spelling, a new guest in the pool the owner has set
    record Judged(Verdict verdict, List<Target> targets, Json.Obj params) {}

    Judged judge(Verb verb, String path, Json.Obj asked) {
        var schema = sight.ctx().schema();
        var match = Operations.match(schema, verb, path);
        if (match.isEmpty()) {
            var cluster = List.of(Target.of(Target.Kind.CLUSTER, "cluster"));
            return new Judged(judge(Tier.EXECUTE, cluster), cluster, asked);
        }
        var template = match.get().operation().path();
        boolean makes = Targets.makesGuest(verb, template);
        var plain = schema.plain(match.get().operation(), asked);
        var params = makes ? pooled(plain) : plain;
        var arguments = new LinkedHashMap<String, Json>();
        match.get().variables().forEach((name, value) -> arguments.put(name, Json.str(value)));
        arguments.putAll(params.members());
        var danger = Tier.valueOf(
                schema.danger(match.get().operation(), new Json.Obj(arguments)).name());
        var worst = danger.compareTo(tier) > 0 ? danger : tier;
        var targets = targets(verb, path, params, worst, schema);
        var verdict = forbidden(template, params, targets, makes)
                .<Verdict>map(deny -> deny)
                .orElseGet(() -> judge(worst, targets));
        return new Judged(asking(verdict, template, params), targets, params);
    }

    private Verdict judge(Tier worst, List<Target> targets) {
        return gate.judge(new Gate.Question(tool, cluster, worst, targets, clock.instant(), tainted));
    }

    // ---- what it touches ----

    private List<Target> targets(Verb verb, String path, Json.Obj params, Tier worst, ApiSchema schema) {
        var named = new ArrayList<Target>();
        for (var target : Targets.of(verb, path, params, sight, schema)) {
            if (target.isNew()) {
                made.put(target.id(), target);
            }
            var known = target.kind() == Target.Kind.GUEST ? made.get(target.id()) : null;
            named.add(known == null ? target : known);
        }
        return Targets.closer(named, _ -> looksAtFlag(params, worst), sight);
    }

    /// A configuration costs a request, so it is read only where PVE's own protection matters.
    private boolean looksAtFlag(Json.Obj params, Tier worst) {
        return switch (gate.policy().restraints().flag()) {
            case OFF -> false;
            case DESTROY -> worst == Tier.DESTROY || sets(params, "protection");
            case CHANGE -> true;
        };
    }

    // ---- what no rule can allow ----

    private Json.Obj pooled(Json.Obj params) {
        var pool = gate.policy().restraints().pool();
        return pool.isEmpty() || params.has("pool") ? params : params.with("pool", pool);
    }

    private Optional<Verdict.Deny> forbidden(String template, Json.Obj params, List<Target> targets, boolean makes) {
        var pool = gate.policy().restraints().pool();
        var wanted = params.text("pool").orElse("");
        if (makes && !pool.isEmpty() && !wanted.equals(pool)) {
            return Optional.of(new Verdict.Deny(
                    "policy.create.pool",
                    "new guests go into the pool '%s', not '%s'".formatted(pool, wanted),
                    "leave the pool out; the owner can change policy.create.pool"));
        }
        if (template.equals(Batch.TEMPLATE)) {
            var node = targets.getFirst().id();
            var commands = params.text("commands").orElse("");
            if (!Batch.onlyReads(node, commands, sight.ctx().schema())) {
                return Optional.of(new Verdict.Deny(
                        "batch", "what does more than read is not made in a batch", "make it a call of its own"));
            }
        }
        boolean unflags = sets(params, "protection") && template.endsWith("/config");
        if (unflags && gate.policy().restraints().flag() != Policy.Flag.OFF) {
            for (var target : targets) {
                if (target.flagged()) {
                    return Optional.of(Gate.flagged(target));
                }
            }
        }
        return hostOption(template, params)
                .or(() -> new UrlHosts(gate.policy().restraints().urlHosts()).judge(template, params));
    }

    /// Also by `delete`, which takes an option away.
    private static boolean sets(Json.Obj params, String option) {
        return params.has(option)
                || Targets.words(params.text("delete").orElse("")).contains(option);
    }

    private Optional<Verdict.Deny> hostOption(String template, Json.Obj params) {
        if (!Targets.isOfGuest(template)) {
            return Optional.empty();
        }
        var listed = gate.policy().restraints().hostOptions();
        for (var param : params.members().entrySet()) {
            for (var text : texts(param.getValue())) {
                var option = HostOption.of(param.getKey(), text);
                if (option.isPresent() && !listed.contains(option.get())) {
                    return Optional.of(new Verdict.Deny(
                            "policy.host_options",
                            "'%s' reaches through to the host".formatted(param.getKey()),
                            "leave it out, or use a resource mapping; the owner can list %s in policy.host_options"
                                    .formatted(option.get())));
                }
            }
        }
        return Optional.empty();
    }

    private static List<String> texts(Json value) {
        return value instanceof Json.Arr list
                ? list.items().stream().flatMap(item -> texts(item).stream()).toList()
                : value.scalarText().map(List::of).orElse(List.of());
    }

    // ---- what is asked about, though it would be allowed ----

    /// Who may change a guest could else make policy say something else of it, by giving it a tag or moving it into a
    /// pool.
    private Verdict asking(Verdict verdict, String template, Json.Obj params) {
        boolean tags = template.endsWith("/config") && sets(params, "tags");
        boolean pools = template.equals("/pools/{poolid}") || template.equals("/pools");
        boolean moves = (tags && gate.goesBy(Rule.Condition.TAGS)) || (pools && gate.goesBy(Rule.Condition.POOLS));
        return moves && verdict instanceof Verdict.Allow
                ? new Verdict.Hold(
                        "policy.rule",
                        "it changes what policy goes by, the %s of a guest".formatted(tags ? "tags" : "pool"))
                : verdict;
    }
}
