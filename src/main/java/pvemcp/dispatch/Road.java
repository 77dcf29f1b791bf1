package pvemcp.dispatch;

import java.io.IOException;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.CancellationException;
import pvemcp.audit.AuditLog;
import pvemcp.gate.Gate;
import pvemcp.gate.Policy;
import pvemcp.gate.Target;
import pvemcp.gate.Tickets;
import pvemcp.gate.Verdict;
import pvemcp.json.Json;
import pvemcp.pve.PveException;
import pvemcp.pve.ReadOnly;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Call;
import pvemcp.tool.Planned;
import pvemcp.tool.Preview;
import pvemcp.tool.Prompt;
import pvemcp.tool.Resource;
import pvemcp.tool.Tier;
import pvemcp.tool.Tool;
import pvemcp.tool.ToolResult;
import pvemcp.view.Layout;

/// The road itself. Safety is the order of its steps: what is bound is judged, what is judged is written down, what
/// is written down is done.
public final class Road implements Dispatcher {
    private final Offer offer;
    private final SequencedMap<String, Cluster> clusters = new LinkedHashMap<>();
    private final Gate gate;
    private final AuditLog audit;
    private final Clock clock;
    private final Tickets tickets;
    private final List<Tool<?>> tools;

    /// @param clusters at least one; the first is meant where a call names none
    public Road(Offer offer, List<Cluster> clusters, Policy policy, AuditLog audit, Clock clock) {
        this.offer = offer;
        clusters.forEach(cluster -> this.clusters.put(cluster.name(), cluster));
        this.gate = new Gate(policy);
        this.audit = audit;
        this.clock = clock;
        this.tickets = new Tickets(clock);
        this.tools = offer.tools().stream().filter(this::isEverAllowed).toList();
    }

    @Override
    public ToolResult call(Tool<?> tool, Json.Obj arguments, Caller caller) {
        return travel(tool, arguments, caller);
    }

    private <C extends Record & Call<?>> ToolResult travel(Tool<C> tool, Json.Obj arguments, Caller caller) {
        var trip = new Trip(audit, clock, tool, arguments, caller);
        try {
            var asked = Asked.bind(tool, arguments, clusters);
            var cluster = asked.cluster();
            var tier = tool.tierOf(asked.call(), cluster.schema());
            var looking = new Context(cluster, new ReadOnly(cluster.wire()), clock, caller);
            if (tier == Tier.READ) {
                trip.aimed(tier, List.of());
                return switch (gate.judge(tier, List.of())) {
                    case Verdict.Allow() -> trip.ended(done(asked.call().run(looking)));
                    case Verdict.Hold(var why) -> trip.ended(refused(new Verdict.Deny("policy.read", why, "allow it")));
                    case Verdict.Deny deny -> trip.ended(refused(deny));
                };
            }
            var targets = Targets.of(asked.call(), looking);
            trip.aimed(tier, targets);
            var verdict = gate.judge(tier, targets);
            if (verdict instanceof Verdict.Deny deny) {
                return trip.ended(refused(deny));
            }
            if (asked.dryRun()) {
                return trip.ended(done(rehearse(tool, asked, targets, caller)));
            }
            if (verdict instanceof Verdict.Hold) {
                var held = hold(tool, tier, asked, targets, caller);
                if (held.isPresent()) {
                    return trip.ended(held.get());
                }
            }
            trip.beginsToWrite();
            var wire = Wires.writing(cluster.wire(), cluster.schema(), trip);
            var doing = new Context(cluster, wire, clock, caller, trip::entering);
            return trip.ended(done(asked.call().run(doing)));
        } catch (BadArguments e) {
            return trip.ended(Explain.badArguments(tool, e));
        } catch (PveException e) {
            return trip.ended(Explain.fault(e.fault(), asIdentity(arguments), trip));
        } catch (CancellationException e) {
            return trip.ended(Explain.cancelled(e, trip));
        } catch (IOException e) {
            return trip.ended(Explain.unrecorded(audit.file(), e));
        }
    }

    /// Empty once somebody has said yes to this very call; else what to answer instead.
    private <C extends Record & Call<?>> Optional<ToolResult> hold(
            Tool<C> tool, Tier tier, Asked<C> asked, List<Target> targets, Caller caller) {
        var held = new Tickets.Held(
                caller.principal(),
                tool.name(),
                asked.cluster().name(),
                tool.inputs().unbind(asked.call()),
                targets);
        // Where the user can be asked, only the user's answer counts: a model could hand back a ticket by itself.
        var yes = caller.canAsk() ? caller.approval() : caller.approval().or(asked::confirm);
        if (yes.isPresent()) {
            var redeemed = tickets.redeem(yes.get(), held);
            return redeemed == Tickets.Redeemed.GOOD ? Optional.empty() : Optional.of(Explain.ticket(redeemed));
        }
        if (!caller.canAsk() && gate.policy().unasked() == Policy.Unasked.DENY) {
            return Optional.of(
                    new ToolResult.Refused(
                            "policy.without_elicitation",
                            "this call needs a yes, and this client cannot ask its user",
                            "use a client that supports elicitation, or the owner can set policy.without_elicitation to ticket"));
        }
        var preview = rehearse(tool, asked, targets, caller);
        return Optional.of(new ToolResult.Held(preview, tier, tickets.seal(held)));
    }

    /// What the call would do: it is run up to its first write, or tells by itself.
    private <C extends Record & Call<?>> Preview rehearse(
            Tool<C> tool, Asked<C> asked, List<Target> targets, Caller caller) {
        var cluster = asked.cluster();
        if (asked.call() instanceof Planned planned) {
            return planned.preview(new Context(cluster, new ReadOnly(cluster.wire()), clock, caller));
        }
        var summary = tool.name() + " on "
                + String.join(", ", targets.stream().map(Target::toString).toList());
        try {
            var wire = Wires.rehearsing(cluster.wire(), cluster.schema());
            asked.call().run(new Context(cluster, wire, clock, caller, command -> {
                throw new Wires.Rehearsed(command);
            }));
            return new Preview(summary, List.of(), List.of("as things stand, it would change nothing"));
        } catch (Wires.Rehearsed stopped) {
            return new Preview(summary, stopped.lines(), List.of());
        }
    }

    private static ToolResult done(Object answer) {
        return new ToolResult.Done(Layout.view(answer), Layout.data(answer));
    }

    private static ToolResult refused(Verdict.Deny deny) {
        return new ToolResult.Refused(deny.rule(), deny.why(), deny.remedy());
    }

    private String asIdentity(Json.Obj arguments) {
        return arguments
                .text("cluster")
                .map(clusters::get)
                .orElse(clusters.firstEntry().getValue())
                .identity();
    }

    private boolean isEverAllowed(Tool<?> tool) {
        if (!Tool.Tiered.class.isAssignableFrom(tool.shape())) {
            return gate.policy().answer(tool.tier()) != Policy.Answer.DENY;
        }
        for (var tier : Tier.values()) {
            boolean possible = tier != Tier.READ && tier.compareTo(tool.tier()) <= 0;
            if (possible && gate.policy().answer(tier) != Policy.Answer.DENY) {
                return true;
            }
        }
        return false;
    }

    @Override
    public List<Tool<?>> tools() {
        return tools;
    }

    @Override
    public Optional<Tool<?>> tool(String name) {
        for (var tool : tools) {
            if (tool.name().equals(name)) {
                return Optional.of(tool);
            }
        }
        return Optional.empty();
    }

    @Override
    public Json.Obj describe(Tool<?> tool) {
        return Describe.tool(tool, clusters.sequencedKeySet());
    }

    @Override
    public List<Resource> resources() {
        return offer.resources();
    }

    @Override
    public Optional<Content> read(String uri, Caller caller) {
        var cluster = clusters.firstEntry().getValue();
        for (var resource : offer.resources()) {
            var variables = UriTemplate.match(resource.uri(), uri);
            if (variables.isPresent()) {
                var ctx = new Context(cluster, new ReadOnly(cluster.wire()), clock, caller);
                return Optional.of(new Content(uri, resource.mimeType(), text(resource, ctx, variables.get())));
            }
        }
        return Optional.empty();
    }

    private String text(Resource resource, Context ctx, Map<String, String> variables) {
        try {
            return resource.reader().read(ctx, variables);
        } catch (PveException e) {
            throw new Unreadable(Explain.fault(e.fault(), asIdentity(Json.Obj.EMPTY)));
        }
    }

    @Override
    public List<Prompt> prompts() {
        return offer.prompts();
    }

    @Override
    public List<String> complete(String kind, String typed, Caller caller) {
        var cluster = clusters.firstEntry().getValue();
        var ctx = new Context(cluster, new ReadOnly(cluster.wire()), clock, caller);
        try {
            return List.copyOf(Completion.of(kind, typed, ctx));
        } catch (PveException e) {
            return List.of(); // Nobody waits for an error while typing; the call itself will say it.
        }
    }

    @Override
    public String instructions() {
        return offer.instructions();
    }
}
