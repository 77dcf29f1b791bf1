package pvemcp.dispatch;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import pvemcp.gate.Gate;
import pvemcp.gate.Held;
import pvemcp.gate.Policy;
import pvemcp.gate.Redeemed;
import pvemcp.gate.Target;
import pvemcp.gate.Tickets;
import pvemcp.gate.Verdict;
import pvemcp.pve.PveException;
import pvemcp.pve.Upid;
import pvemcp.tool.Aim;
import pvemcp.tool.Call;
import pvemcp.tool.Planned;
import pvemcp.tool.Preview;
import pvemcp.tool.SoAlready;
import pvemcp.tool.Ticket;
import pvemcp.tool.Tier;
import pvemcp.tool.Tool;
import pvemcp.tool.ToolResult;
import pvemcp.tool.Unfinished;
import pvemcp.view.Layout;

/// One understood call on its way through the gate: judged, held or let through, written down, done. For one thread.
final class Passage<C extends Record & Call<?>> {
    private final Tool<C> tool;
    private final Asked<C> asked;
    private final Caller caller;
    private final Sight sight;
    private final Cluster cluster;
    private final Gate gate;
    private final Shared shared;
    private final Trip trip;
    private final Precautions precautions;

    /// As it was when the call came: what the call itself reads is for the next one.
    private final boolean tainted;

    /// What somebody has said yes to.
    private List<Target> agreedOn = List.of();

    /// Made once, as it costs requests.
    private Optional<Rehearsal> rehearsed = Optional.empty();

    /// @param sight the cluster as this call may see it before it has been let through
    Passage(Tool<C> tool, Asked<C> asked, Caller caller, Sight sight, Gate gate, Shared shared, Trip trip)
            throws IOException {
        this.tool = tool;
        this.asked = asked;
        this.caller = caller;
        this.sight = sight;
        this.cluster = ((Context) sight.ctx()).cluster();
        this.gate = gate;
        this.shared = shared;
        this.trip = trip;
        this.tainted = tool.tier() != Tier.READ && shared.taint().isOn(caller.principal());
        this.precautions = new Precautions(
                sight, target -> gate.care(question(tier(), List.of(target)), target), asked, tier() == Tier.DESTROY);
    }

    ToolResult go() throws IOException {
        try {
            return through();
        } catch (PveException e) {
            throw Absent.nearer(e, sight);
        }
    }

    private ToolResult through() throws IOException {
        var tier = tier();
        var targets = targets(tier);
        trip.aimed(tier, targets);
        if (tier != Tier.READ && !asked.dryRun()) {
            var frozen = Explain.frozen(shared.freeze());
            if (frozen.isPresent()) {
                return refused(frozen.get());
            }
        }
        return switch (judge(tier, targets)) {
            case Verdict.Deny deny -> refused(deny);
            case Verdict.Allow _ -> asked.dryRun() ? shown(rehearsal(tier, targets)) : act(tier, targets, false);
            case Verdict.Hold _ -> asked.dryRun() ? shown(rehearsal(tier, targets)) : ask(tier, targets);
        };
    }

    /// What policy says of the call, without making it.
    Judgement judgement() {
        var tier = tier();
        var targets = targets(tier);
        var verdict = judge(tier, targets);
        var requests = List.<String>of();
        if (tier != Tier.READ && !(verdict instanceof Verdict.Deny)) {
            var rehearsal = rehearsal(tier, targets);
            requests = rehearsal.preview().requests();
            var request = rehearsal.verdict();
            boolean stricter =
                    request.isPresent() && (request.get() instanceof Verdict.Deny || verdict instanceof Verdict.Allow);
            verdict = stricter ? request.get() : verdict;
        }
        return new Judgement(
                tool.name(), tier, targets.stream().map(Target::toString).toList(), List.of(), verdict, requests);
    }

    /// What policy says of it before anything is asked of anybody.
    Verdict verdict() {
        var tier = tier();
        return judge(tier, targets(tier));
    }

    private Tier tier() {
        return tool.tierOf(asked.call(), cluster.schema());
    }

    private List<Target> targets(Tier tier) {
        if (!gate.policy().looksAtTargets(tier)) {
            return List.of();
        }
        boolean looksAtFlag = switch (gate.policy().restraints().flag()) {
            case OFF -> false;
            case DESTROY -> tier == Tier.DESTROY;
            case CHANGE -> tier != Tier.READ;
        };
        return Targets.closer(Targets.of(asked.call(), sight), _ -> looksAtFlag, sight);
    }

    private Verdict judge(Tier tier, List<Target> targets) {
        // Of a guest that is yet to be made, and of what a call does not name, only the request itself tells name,
        // tags and pool.
        boolean vague = !(asked.call() instanceof Aim) || targets.stream().anyMatch(Target::isNew);
        if (vague && tier != Tier.READ && gate.goesByTargets()) {
            var exact = rehearsal(tier, targets).verdict();
            if (exact.isPresent()) {
                return exact.get();
            }
        }
        return gate.judge(question(tier, targets));
    }

    private Gate.Question question(Tier tier, List<Target> targets) {
        var now = sight.ctx().clock().instant();
        return new Gate.Question(tool.name(), cluster.name(), tier, targets, now, tainted);
    }

    private Guard guard(Tier tier) {
        return new Guard(gate, tool.name(), cluster.name(), tier, sight, tainted);
    }

    private Rehearsal rehearsal(Tier tier, List<Target> targets) {
        if (rehearsed.isEmpty()) {
            rehearsed = Optional.of(withPrecautions(rehearse(tier, targets), tier, targets));
        }
        return rehearsed.get();
    }

    private Rehearsal withPrecautions(Rehearsal plain, Tier tier, List<Target> targets) {
        var preview = plain.preview();
        var foreseen = precautions.foresee(preview.requests(), guests(targets), tier == Tier.EXECUTE);
        boolean refused = plain.isRefused();
        var missed = refused ? plain.missed() : Absent.of(preview.requests(), sight);
        var requests = new ArrayList<>(foreseen.first());
        requests.addAll(preview.requests());
        var warnings = new ArrayList<>(preview.warnings());
        warnings.addAll(missed.doubtful());
        warnings.addAll(foreseen.warnings());
        return new Rehearsal(
                Wording.of(new Preview(preview.summary(), requests, warnings)),
                refused ? plain.verdict() : foreseen.verdict().or(plain::verdict),
                missed,
                plain.answer());
    }

    private static List<Target> guests(List<Target> targets) {
        return targets.stream()
                .filter(target ->
                        target.isGuest() && !target.aside() && !target.node().isEmpty())
                .toList();
    }

    /// The line in the log comes first: what cannot be written down is not done.
    private ToolResult act(Tier tier, List<Target> targets, boolean agreed) throws IOException {
        if (tier == Tier.READ) {
            return done(asked.call().run(sight.ctx()));
        }
        if (!caller.isPerson()) {
            var brake = shared.brakes()
                    .take(
                            caller.principal(),
                            question(tier, targets),
                            gate.policy().limits());
            if (brake.isPresent()) {
                return refused(brake.get());
            }
        }
        var ctx = (Context) sight.ctx();
        Optional<ToolResult> result;
        try (var _ = shared.turns().take(cluster.name(), targets, gate.policy().limits(), ctx)) {
            result = inTurn(tier, targets, agreed);
        } catch (Turns.Busy busy) {
            return Explain.busy(busy);
        }
        return result.isPresent() ? result.get() : ask(tier, targets);
    }

    /// @return how it ended; empty where nothing was sent, as its first request wants a yes
    private Optional<ToolResult> inTurn(Tier tier, List<Target> targets, boolean agreed) throws IOException {
        var looking = (Context) sight.ctx();
        var watched = shared.taint().watching(trip.beginsToWrite(cluster, looking), caller.principal());
        var aside = shared.redactor().watching(cluster.wire());
        var lastLook = new LastLook(tier == Tier.DESTROY ? agreedOn : List.of(), sight);
        var careful = new Careful(precautions, looking, aside, trip, agreed, lastLook);
        var wire = Wires.writing(watched, cluster.schema(), guard(tier), shared.freeze(), careful, agreed, trip);
        boolean failed = false;
        try {
            var ctx = looking.by(wire, command -> entering(command, targets, careful));
            return Optional.of(done(asked.call().run(ctx)));
        } catch (PveException e) {
            // Wrong arguments and our own refusals are no failures: nothing was tried.
            failed = true;
            throw e;
        } catch (Wires.Stopped stopped) {
            // What the tool said of itself was allowed; what it is about to send is not, or not without a yes.
            boolean canStillAsk = stopped.verdict() instanceof Verdict.Hold && !trip.hasWritten();
            if (canStillAsk && stopped.verdict().rule().equals(Gate.TAINT) && !reachesPerson()) {
                return Optional.of(Explain.needsPerson());
            }
            return canStillAsk ? Optional.empty() : Optional.of(Explain.stopped(stopped.verdict(), trip));
        } finally {
            shared.brakes()
                    .ended(
                            caller.principal(),
                            question(tier, targets),
                            failed,
                            gate.policy().limits());
        }
    }

    private void entering(String command, List<Target> targets, Careful careful) {
        Explain.frozenNow(shared.freeze()).ifPresent(deny -> {
            throw new Wires.Stopped(deny);
        });
        guests(targets).forEach(careful::entering);
        trip.entering(command);
        shared.taint().mark(caller.principal());
    }

    private ToolResult ask(Tier tier, List<Target> targets) throws IOException {
        if (question(tier, targets).needsPerson() && !reachesPerson()) {
            return Explain.needsPerson();
        }
        var held = new Held(
                caller.principal(),
                tool.name(),
                cluster.name(),
                tier,
                tool.inputs().unbind(asked.call()),
                Targets.identified(targets, sight));
        // Where the user can be asked, only the user's answer counts: a model could hand back a ticket by itself.
        if (caller.canAsk()) {
            return byTicket(held, targets, caller.approval(), "user");
        }
        return switch (gate.policy().unasked()) {
            case TICKET -> byTicket(held, targets, caller.approval().or(asked::ticket), "ticket");
            case CONFIRM -> byArgument(held, targets);
            case APPROVE -> byPerson(held, targets);
            case DENY -> Explain.nobodyToAsk();
        };
    }

    /// Whether a yes can only be a person's.
    private boolean reachesPerson() {
        return caller.canAsk() || gate.policy().unasked() == Policy.Unasked.APPROVE;
    }

    private ToolResult byTicket(Held held, List<Target> targets, Optional<String> yes, String whose)
            throws IOException {
        if (yes.isEmpty()) {
            return hold(held, targets, () -> tickets().seal(held));
        }
        var words = yes.get().split(" ", 2);
        var typed = words.length == 2 ? words[1].strip() : "";
        if (!typed.equals(held.typed())) {
            return Explain.mistyped(held.typed());
        }
        return redeemed(tickets().redeem(words[0], held), held, targets, whose, words[0]);
    }

    /// As other servers have it, where the owner wants it so.
    private ToolResult byArgument(Held held, List<Target> targets) throws IOException {
        boolean enough = asked.confirmsItself() && (held.tier() != Tier.DESTROY || asked.destructive());
        if (!enough) {
            return hold(held, targets, () -> tickets().seal(held));
        }
        trip.agreedBy("confirm=true", "");
        agreedOn = held.targets();
        return act(held.tier(), targets, true);
    }

    private ToolResult byPerson(Held held, List<Target> targets) throws IOException {
        var id = asked.ticket();
        if (id.isPresent()) {
            return redeemed(shared.heldCalls().redeem(id.get(), held), held, targets, "person", id.get());
        }
        return hold(
                held,
                targets,
                () -> shared.heldCalls()
                        .put(
                                held,
                                caller.client(),
                                rehearsal(held.tier(), targets).preview()));
    }

    private ToolResult redeemed(Redeemed redeemed, Held held, List<Target> targets, String whose, String ticket)
            throws IOException {
        if (!(redeemed instanceof Redeemed.Good)) {
            return Explain.ticket(redeemed);
        }
        trip.agreedBy(whose, ticket);
        agreedOn = held.targets();
        return act(held.tier(), targets, true);
    }

    /// Makes a ticket, which may have to be written to disk.
    private interface Sealing {
        Ticket ticket() throws IOException;
    }

    private ToolResult hold(Held held, List<Target> targets, Sealing sealing) throws IOException {
        var preview = new Preview(tool.name(), List.of(), List.of());
        if (held.tier() != Tier.READ) {
            var rehearsal = rehearsal(held.tier(), targets);
            var settled = settled(rehearsal).or(() -> rehearsal.answer().map(this::done));
            if (settled.isPresent()) {
                return settled.get();
            }
            preview = rehearsal.preview();
        }
        var ticket = sealing.ticket();
        var again = Explain.again(gate.policy().unasked(), held, ticket);
        return new ToolResult.Held(preview, held.tier(), ticket, held.typed(), again);
    }

    private Tickets tickets() {
        return shared.tickets();
    }

    /// @param verdict what policy says of the first request; empty where there is none, or the call told its own
    /// @param missed what the requests name and is not there
    /// @param answer of a call that came to its end, as there was nothing to do; empty otherwise
    private record Rehearsal(
            Preview preview, Optional<Verdict> verdict, Absent.Missed missed, Optional<SoAlready> answer) {
        static Rehearsal of(Preview preview, Optional<Verdict> verdict) {
            return new Rehearsal(preview, verdict, Absent.Missed.NOTHING, Optional.empty());
        }

        boolean isRefused() {
            return verdict.filter(Verdict.Deny.class::isInstance).isPresent();
        }
    }

    /// What the call would do: in its own words where it has some, and by being run up to its first write.
    private Rehearsal rehearse(Tier tier, List<Target> targets) {
        var names = String.join(", ", targets.stream().map(Target::toString).toList());
        var said = asked.call() instanceof Planned planned
                ? planned.preview(sight.ctx())
                : new Preview(tool.name() + " on " + names, List.of(), List.of());
        if (!said.requests().isEmpty()) {
            return Rehearsal.of(said, Optional.empty());
        }
        try {
            var wire = Wires.rehearsing(cluster.wire(), cluster.schema(), guard(tier));
            var rehearsing = ((Context) sight.ctx()).by(wire, command -> {
                throw new Wires.Rehearsed(command);
            });
            var answer = asked.call().run(rehearsing);
            var warnings = new ArrayList<>(said.warnings());
            warnings.add("as things stand, it would change nothing");
            return new Rehearsal(
                    new Preview(said.summary(), List.of(), warnings),
                    Optional.empty(),
                    Absent.Missed.NOTHING,
                    answer instanceof SoAlready same && same.isSoAlready() ? Optional.of(same) : Optional.empty());
        } catch (Wires.Rehearsed stopped) {
            return Rehearsal.of(new Preview(said.summary(), stopped.lines(), said.warnings()), stopped.verdict());
        }
    }

    /// How it ends before anybody is asked: by what policy says of its first request, or as it names what is not
    /// there; empty where it may go on.
    private Optional<ToolResult> settled(Rehearsal rehearsal) {
        if (rehearsal.verdict().isPresent() && rehearsal.verdict().get() instanceof Verdict.Deny deny) {
            return Optional.of(refused(deny));
        }
        return rehearsal
                .missed()
                .fault()
                .map(fault -> Explain.fault(fault, sight.ctx().identity()));
    }

    private ToolResult shown(Rehearsal rehearsal) {
        return settled(rehearsal).orElseGet(() -> done(rehearsal.preview()));
    }

    private static ToolResult refused(Verdict.Deny deny) {
        return new ToolResult.Refused(deny.rule(), deny.why(), deny.remedy());
    }

    private ToolResult done(Object answer) {
        var going = answer instanceof Unfinished work && work.isGoing()
                ? Upid.tryParse(work.task())
                : Optional.<Upid>empty();
        var name = going.flatMap(task -> shared.handles().name(new Handle(caller.principal(), cluster.name(), task)));
        return new ToolResult.Done(Layout.view(answer), Layout.data(answer), name);
    }
}
