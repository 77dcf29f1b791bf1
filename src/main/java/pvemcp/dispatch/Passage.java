package pvemcp.dispatch;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import pvemcp.gate.Gate;
import pvemcp.gate.Policy;
import pvemcp.gate.Target;
import pvemcp.gate.Tickets;
import pvemcp.gate.Verdict;
import pvemcp.tool.Call;
import pvemcp.tool.Planned;
import pvemcp.tool.Preview;
import pvemcp.tool.Tier;
import pvemcp.tool.Tool;
import pvemcp.tool.ToolResult;
import pvemcp.view.Layout;

/// One understood call on its way through the gate: judged, held or let through, written down, done. For one thread.
///
/// @param looking the cluster as this call may see it before it has been let through
record Passage<C extends Record & Call<?>>(
        Tool<C> tool, Asked<C> asked, Caller caller, Context looking, Gate gate, Tickets tickets, Trip trip) {
    ToolResult go() throws IOException {
        var tier = tool.tierOf(asked.call(), asked.cluster().schema());
        var targets = tier == Tier.READ
                ? List.<Target>of()
                : Targets.of(asked.call(), looking, gate.policy().protect().pools());
        trip.aimed(tier, targets);
        return switch (gate.judge(tier, targets)) {
            case Verdict.Deny(var rule, var why, var remedy) -> new ToolResult.Refused(rule, why, remedy);
            case Verdict.Allow() -> asked.dryRun() ? done(rehearse(targets)) : act(tier);
            case Verdict.Hold _ -> asked.dryRun() ? done(rehearse(targets)) : ask(tier, targets);
        };
    }

    /// The line in the log comes first: what cannot be written down is not done.
    private ToolResult act(Tier tier) throws IOException {
        if (tier == Tier.READ) {
            return done(asked.call().run(looking));
        }
        var cluster = asked.cluster();
        var wire = Wires.writing(trip.beginsToWrite(cluster), cluster.schema(), trip);
        return done(asked.call().run(new Context(cluster, wire, looking.clock(), caller, trip::entering)));
    }

    private ToolResult ask(Tier tier, List<Target> targets) throws IOException {
        var held = new Tickets.Held(
                caller.principal(),
                tool.name(),
                asked.cluster().name(),
                tool.inputs().unbind(asked.call()),
                targets);
        var yes = yes();
        if (yes.isPresent()) {
            var redeemed = tickets.redeem(yes.get(), held);
            if (redeemed != Tickets.Redeemed.GOOD) {
                return Explain.ticket(redeemed);
            }
            trip.agreedBy(caller.canAsk() ? "user" : "ticket", yes.get());
            return act(tier);
        }
        if (!caller.canAsk() && gate.policy().unasked() == Policy.Unasked.DENY) {
            return Explain.nobodyToAsk();
        }
        var preview = tier == Tier.READ ? new Preview(tool.name(), List.of(), List.of()) : rehearse(targets);
        return new ToolResult.Held(preview, tier, tickets.seal(held));
    }

    /// Where the user can be asked, only the user's answer counts: a model could hand back a ticket by itself.
    private Optional<String> yes() {
        return caller.canAsk() ? caller.approval() : caller.approval().or(asked::confirm);
    }

    /// What the call would do: in its own words where it has some, and by being run up to its first write.
    private Preview rehearse(List<Target> targets) {
        var names = String.join(", ", targets.stream().map(Target::toString).toList());
        var said = asked.call() instanceof Planned planned
                ? planned.preview(looking)
                : new Preview(tool.name() + " on " + names, List.of(), List.of());
        if (!said.requests().isEmpty()) {
            return said;
        }
        var cluster = asked.cluster();
        try {
            var wire = Wires.rehearsing(cluster.wire(), cluster.schema());
            asked.call().run(new Context(cluster, wire, looking.clock(), caller, command -> {
                throw new Wires.Rehearsed(command);
            }));
            var warnings = new ArrayList<>(said.warnings());
            warnings.add("as things stand, it would change nothing");
            return new Preview(said.summary(), List.of(), warnings);
        } catch (Wires.Rehearsed stopped) {
            return new Preview(said.summary(), stopped.lines(), said.warnings());
        }
    }

    private static ToolResult done(Object answer) {
        return new ToolResult.Done(Layout.view(answer), Layout.data(answer));
    }
}
