package pvemcp.dispatch;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.CancellationException;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import pvemcp.audit.Hash;
import pvemcp.audit.Journal;
import pvemcp.gate.Commons;
import pvemcp.gate.Gate;
import pvemcp.gate.Policy;
import pvemcp.gate.Reach;
import pvemcp.gate.Verdict;
import pvemcp.json.Json;
import pvemcp.pve.PveException;
import pvemcp.pve.PveFault;
import pvemcp.pve.ReadOnly;
import pvemcp.pve.Transport;
import pvemcp.tool.App;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Call;
import pvemcp.tool.Everywhere;
import pvemcp.tool.LooksBeside;
import pvemcp.tool.NotAllowed;
import pvemcp.tool.Param;
import pvemcp.tool.Preview;
import pvemcp.tool.Prompt;
import pvemcp.tool.Reserved;
import pvemcp.tool.Resource;
import pvemcp.tool.Tier;
import pvemcp.tool.Tool;
import pvemcp.tool.ToolResult;
import pvemcp.tool.Undoes;
import pvemcp.view.Layout;
import pvemcp.view.Markdown;
import pvemcp.view.View;

/// The road itself. Safety is the order of its steps: what is bound is judged, what is judged is written down, what
/// is written down is done.
public final class Road implements Dispatcher {
    private final Offer offer;
    private final SequencedMap<String, Cluster> clusters = new LinkedHashMap<>();
    private final Gate gate;
    private final Journal audit;
    private final Clock clock;
    private final Shared shared;
    private final Grants grants;
    private final List<Tool<?>> tools;
    private final Following following;
    private final Shelf shelf;

    /// @param clusters at least one; the first is meant where neither a call nor what it is about tells which
    /// @param state the owner's state directory; nothing is there before it is needed
    public Road(Offer offer, List<Cluster> clusters, Policy policy, Journal audit, Clock clock, Path state) {
        this(offer, clusters, policy, Stores.of(audit, Commons.ofProcess(clock), state, clock), clock, new Redactor());
    }

    /// @param stores what is kept beyond a call, and perhaps beyond this server
    /// @param redactor what of secrets is known beforehand
    public Road(Offer offer, List<Cluster> clusters, Policy policy, Stores stores, Clock clock, Redactor redactor) {
        this(
                offer,
                clusters,
                new Gate(policy),
                clock,
                new Shared(stores, clock, redactor),
                new Grants(clusters, offer.tools(), clock));
    }

    private Road(Offer offer, Collection<Cluster> clusters, Gate gate, Clock clock, Shared shared, Grants grants) {
        this.offer = offer;
        clusters.forEach(cluster -> this.clusters.put(cluster.name(), cluster));
        this.gate = gate;
        this.audit = shared.stores().journal();
        this.clock = clock;
        this.shared = shared;
        this.grants = grants;
        this.tools = offer.tools().stream().filter(this::isEverAllowed).toList();
        BiFunction<Cluster, Caller, Context> look = this::looking;
        this.following = new Following(this, this.clusters, shared.handles(), look);
        this.shelf = new Shelf(offer, this.clusters, shared.redactor(), gate, look);
    }

    /// The same road for callers who may go only so far: same clusters, same log.
    public Road within(Reach reach) {
        return new Road(offer, clusters.values(), new Gate(gate.policy(), reach), clock, shared, grants);
    }

    /// The same for callers who enter the clusters with credentials of their own, which may do other things.
    public Road within(Reach reach, Collection<Cluster> entered) {
        var theirs = new Grants(entered, offer.tools(), clock);
        return new Road(offer, entered, new Gate(gate.policy(), reach), clock, shared, theirs);
    }

    @Override
    public void expectCalls() {
        for (var cluster : clusters.values()) {
            cluster.wire().prewarm();
        }
        grants.wanted();
    }

    @Override
    public void whenToolsChange(Runnable told) {
        grants.whenHiddenChanges(told);
    }

    @Override
    public List<Withheld> withheld(String cluster) {
        return grants.withheld(clusters.get(cluster));
    }

    @Override
    public ToolResult call(Tool<?> tool, Json.Obj arguments, Caller caller) {
        if (caller.isPerson()) {
            return travel(tool, arguments, caller);
        }
        var key = tool.name() + " " + arguments.without("confirm").write();
        var repeated =
                shared.brakes().repeated(caller.principal(), key, gate.policy().limits());
        if (repeated.isPresent()) {
            var deny = repeated.get();
            return new Trip(audit, clock, shared.redactor().forCall(), tool, arguments, caller)
                    .ended(new ToolResult.Refused(deny.rule(), deny.why(), deny.remedy()));
        }
        var result = travel(tool, arguments, caller);
        closeOnce(caller);
        shared.brakes().answered(caller.principal(), key, answer(result));
        return result;
    }

    /// Beside the first call, which does not wait for it: who calls has a log to keep, and perhaps one to put in
    /// order.
    private void closeOnce(Caller caller) {
        if (shared.mayClose(identities())) {
            Thread.ofVirtual().name("pve-mcp-closing").start(() -> {
                try {
                    closing(caller).lately();
                } catch (IOException | RuntimeException _) {
                    // It stays open, which the log shows; 'pve-mcp audit reconcile' says why.
                }
            });
        }
    }

    private String identities() {
        var all = new StringBuilder();
        for (var cluster : clusters.values()) {
            all.append(cluster.identity()).append(' ');
        }
        return all.toString();
    }

    @Override
    public List<Closed> closeUnended(Caller caller) throws IOException {
        return closing(caller).all();
    }

    private Closing closing(Caller caller) {
        return new Closing(shared.stores(), clusters, clock, cluster -> looking(cluster, caller));
    }

    /// What two answers are the same by.
    private static String answer(ToolResult result) {
        return switch (result) {
            case ToolResult.Done done -> {
                boolean structured = done.data() instanceof Json.Obj object && !object.isEmpty();
                yield Hash.of(structured ? done.data().write() : Markdown.render(done.view(), () -> ""));
            }
            case ToolResult.Held held -> "held " + held.preview().summary();
            case ToolResult.Refused refused -> "refused " + refused.rule();
            case ToolResult.Failed failed -> "failed " + failed.code() + " " + failed.what();
        };
    }

    private <C extends Record & Call<?>> ToolResult travel(Tool<C> tool, Json.Obj arguments, Caller caller) {
        var hiding = shared.redactor().forCall();
        var trip = new Trip(audit, clock, hiding, tool, arguments, caller);
        try {
            var asked = Asked.bind(tool, arguments, clusters);
            grants.used();
            if (asked.call() instanceof Undoes undoes) {
                return undo(undoes, arguments, caller, trip);
            }
            if (asked.named().isEmpty() && asked.call() instanceof Everywhere) {
                return trip.ended(everywhere(tool, asked, caller, hiding, trip));
            }
            var found = find(tool, asked, arguments, caller, hiding);
            trip.goesTo(found.cluster());
            var looking = looking(found.cluster(), caller, hiding)
                    .besides(beside(tool, asked, found.cluster(), caller, hiding));
            var result = new Passage<>(tool, asked, hiding.watching(caller), sight(looking), gate, shared, trip).go();
            return trip.ended(
                    clusters.size() == 1
                            ? result
                            : placed(result, found, asked.named().isEmpty()));
        } catch (BadArguments e) {
            return trip.ended(Explain.badArguments(tool, e));
        } catch (NotAllowed e) {
            return trip.ended(e.refusal());
        } catch (PveException e) {
            if (e.fault() instanceof PveFault.Forbidden) {
                grants.refused();
            }
            return trip.ended(Explain.fault(e.fault(), trip.identity(), trip));
        } catch (Fan.Silence e) {
            return trip.ended(Explain.silence(e));
        } catch (CancellationException e) {
            return trip.ended(Explain.cancelled(e, trip));
        } catch (SharedUnavailable e) {
            return trip.ended(Explain.unshared(e));
        } catch (StateUnavailable e) {
            return trip.ended(Explain.stateless(e));
        } catch (IOException e) {
            return trip.ended(Explain.unrecorded(audit, e));
        } catch (RuntimeException e) {
            trip.broke(e); // A bug: it is for the log with its stack, not for polite words.
            throw hiding.scrub(e);
        }
    }

    /// The one cluster that a call is about.
    private Whereabouts.Found find(Tool<?> tool, Asked<?> asked, Json.Obj arguments, Caller caller, Redactor hiding) {
        if (asked.named().isPresent()) {
            return new Whereabouts.Found(asked.named().get(), List.of());
        }
        var contexts = clusters.values().stream()
                .map(cluster -> looking(cluster, caller, hiding))
                .toList();
        return new Whereabouts(contexts).of(tool, asked.call(), arguments);
    }

    /// Whoever has not said which cluster is told.
    private static ToolResult placed(ToolResult result, Whereabouts.Found found, boolean unnamed) {
        return switch (result) {
            case ToolResult.Done(var view, var data, var going)
            when unnamed -> new ToolResult.Done(View.Stack.of(new View.Text(found.note()), view), data, going);
            case ToolResult.Held(var preview, var tier, var ticket, var typed, var again) -> {
                var summary = "in the cluster %s: %s".formatted(found.cluster().name(), preview.summary());
                var placed = new Preview(summary, preview.requests(), preview.warnings());
                yield new ToolResult.Held(placed, tier, ticket, typed, again);
            }
            default -> result;
        };
    }

    /// A read of all clusters, as far as policy lets it.
    private <C extends Record & Call<?>> ToolResult everywhere(
            Tool<C> tool, Asked<C> asked, Caller caller, Redactor hiding, Trip trip) throws IOException {
        var entered = enter(tool, asked, caller, hiding, trip);
        trip.aimed(Tier.READ, List.of());
        if (entered.contexts().isEmpty()) {
            var deny = entered.refusal();
            return new ToolResult.Refused(deny.rule(), deny.why(), deny.remedy());
        }
        var beside = beside(tool, asked, entered.contexts().getFirst().cluster(), caller, hiding);
        var answer = asked.call().run(new Fan(entered.contexts(), beside, entered.left()));
        return new ToolResult.Done(Layout.view(answer), Layout.data(answer));
    }

    /// The clusters that a read of all of them may enter.
    ///
    /// @param left the others, each with the reason
    private record Entered(List<Context> contexts, List<String> left) {
        /// Where it is none.
        Verdict.Deny refusal() {
            return new Verdict.Deny("policy", String.join("; ", left), "the owner can change the policy");
        }
    }

    private <C extends Record & Call<?>> Entered enter(
            Tool<C> tool, Asked<C> asked, Caller caller, Redactor hiding, Trip trip) throws IOException {
        var contexts = new ArrayList<Context>();
        var left = new ArrayList<String>();
        for (var cluster : clusters.values()) {
            var looking = looking(cluster, caller, hiding);
            var passage = new Passage<>(tool, asked, hiding.watching(caller), sight(looking), gate, shared, trip);
            switch (passage.verdict()) {
                case Verdict.Allow _ -> contexts.add(looking);
                case Verdict.Hold hold ->
                    left.add("%s: it wants a yes (%s), so name it: cluster=%s"
                            .formatted(cluster.name(), hold.why(), cluster.name()));
                case Verdict.Deny deny -> left.add("%s: %s".formatted(cluster.name(), deny.why()));
            }
        }
        return new Entered(contexts, left);
    }

    /// Taking back is a call of its own, which goes the same way from its beginning.
    private ToolResult undo(Undoes undoes, Json.Obj arguments, Caller caller, Trip trip) throws IOException {
        var end = new Recall(audit.ledger(), caller.principal()).end(undoes.line());
        if (end.isEmpty()) {
            return trip.ended(Explain.nothingToUndo(undoes.line()));
        }
        var name = end.get().call().text("cluster").orElse(clusters.firstEntry().getKey());
        var cluster = clusters.get(name);
        if (cluster == null) {
            return trip.ended(Explain.elsewhere(name));
        }
        return switch (Recall.inverse(end.get(), looking(cluster, caller))) {
            case Recall.Found.Nothing(var why) -> trip.ended(why);
            case Recall.Found.Inverse(var request) -> {
                var all = clusters.size() == 1
                        ? request
                        : request.with(Reserved.CLUSTER.name(), Json.str(cluster.name()));
                var passed = new ArrayList<>(Reserved.of(Tier.DESTROY));
                passed.addAll(Reserved.unlisted(Tier.DESTROY));
                for (var reserved : passed) {
                    var given = arguments.get(reserved.name());
                    all = given.isPresent() ? all.with(reserved.name(), given.get()) : all;
                }
                yield travel(undoes.inverse(), all, caller);
            }
        };
    }

    @Override
    public void declined(String ticket) {
        try {
            shared.tickets().decline(ticket);
        } catch (IOException _) {
            // Nobody hands it back in the place of a user who can be asked; elsewhere it ends with its time.
        }
        audit.note(Json.obj("event", "declined", "ticket", Trip.id(ticket)));
    }

    private Sight sight(Context looking) {
        return new Sight(looking, gate::goesByPool);
    }

    private Context looking(Cluster cluster, Caller caller) {
        return looking(cluster, caller, shared.redactor());
    }

    private Context looking(Cluster cluster, Caller caller, Redactor hiding) {
        var wire = watched(caller, hiding).apply(cluster.wire());
        return new Context(cluster, clusters.size() > 1, wire, clock, hiding.watching(caller));
    }

    private UnaryOperator<Transport> watched(Caller caller, Redactor hiding) {
        return wire -> new ReadOnly(shared.taint().watching(hiding.watching(wire), caller.principal()));
    }

    private Beside beside(Tool<?> tool, Asked<?> asked, Cluster cluster, Caller caller, Redactor hiding) {
        if (!(asked.call() instanceof LooksBeside look && look.looksBeside())) {
            return Beside.NONE;
        }
        var call = new Gate.Question(tool.name(), cluster.name(), Tier.READ, List.of(), clock.instant());
        return Beside.of(clusters.values(), gate, call, watched(caller, hiding));
    }

    @Override
    public Judgement judge(Tool<?> tool, Json.Obj arguments, Caller caller) {
        try {
            return judged(tool, arguments, caller);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (PveException e) {
            var failed =
                    Explain.fault(e.fault(), clusters.firstEntry().getValue().identity());
            throw new Unreadable((ToolResult.Failed) shared.redactor().scrub(failed));
        }
    }

    private <C extends Record & Call<?>> Judgement judged(Tool<C> tool, Json.Obj arguments, Caller caller)
            throws IOException {
        var asked = Asked.bind(tool, arguments, clusters);
        if (asked.call() instanceof Undoes) {
            throw new BadArguments(List.of("what is to be taken back is a call of its own: see it with dry_run=true"));
        }
        var trip = new Trip(audit, clock, shared.redactor().forCall(), tool, arguments, caller);
        if (asked.named().isEmpty() && asked.call() instanceof Everywhere) {
            return judgedEverywhere(tool, asked, caller, trip);
        }
        var cluster = find(tool, asked, arguments, caller, shared.redactor()).cluster();
        var sight = sight(looking(cluster, caller));
        var judgement = new Passage<>(tool, asked, caller, sight, gate, shared, trip).judgement();
        return judgement.verdict() instanceof Verdict.Deny
                ? judgement
                : judgement.besides(beside(tool, asked, cluster, caller, shared.redactor()));
    }

    private <C extends Record & Call<?>> Judgement judgedEverywhere(
            Tool<C> tool, Asked<C> asked, Caller caller, Trip trip) throws IOException {
        var entered = enter(tool, asked, caller, shared.redactor(), trip);
        if (entered.contexts().isEmpty()) {
            return new Judgement(tool.name(), Tier.READ, List.of(), List.of(), entered.refusal(), List.of());
        }
        var first = entered.contexts().getFirst();
        var verdict = new Passage<>(tool, asked, caller, sight(first), gate, shared, trip).verdict();
        var targets = entered.contexts().stream()
                .map(context -> "cluster " + context.cluster().name())
                .toList();
        return new Judgement(tool.name(), Tier.READ, targets, entered.left(), verdict, List.of())
                .besides(beside(tool, asked, first.cluster(), caller, shared.redactor()));
    }

    private boolean isEverAllowed(Tool<?> tool) {
        if (!Tool.Tiered.class.isAssignableFrom(tool.shape())) {
            return gate.everAllows(tool.name(), tool.tier());
        }
        for (var tier : Tier.values()) {
            boolean possible = tier != Tier.READ && tier.compareTo(tool.tier()) <= 0;
            if (possible && gate.everAllows(tool.name(), tier)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public List<Tool<?>> tools() {
        var hidden = grants.hidden();
        return hidden.isEmpty()
                ? tools
                : tools.stream().filter(tool -> !hidden.contains(tool.name())).toList();
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
    public Optional<String> whyNot(String name) {
        if (offer.tools().stream().anyMatch(tool -> tool.name().equals(name))) {
            return Optional.of("the owner's policy, or the caller's token, denies all its calls");
        }
        var besides = tool("pve_api_search").isPresent() ? "; pve_api_search finds the operation" : "";
        return offer.definitions()
                .of(name)
                .map(_ -> "this server shows fewer tools; its owner sets surface = \"all\","
                        + " or names its toolset in toolsets" + besides);
    }

    @Override
    public List<Param> params(Tool<?> tool) {
        return Describe.params(tool, clusters.keySet());
    }

    @Override
    public Json.Obj describe(Tool<?> tool) {
        var shipped = shipped(tool);
        return shipped.isPresent() ? (Json.Obj) Json.parse(shipped.get()) : Describe.tool(tool, clusters.keySet());
    }

    @Override
    public String definition(Tool<?> tool) {
        var shipped = shipped(tool);
        return shipped.isPresent() ? shipped.get() : describe(tool).write();
    }

    private Optional<String> shipped(Tool<?> tool) {
        var line = offer.definitions().of(tool.name());
        return clusters.size() == 1 ? line : line.map(one -> Describe.withCluster(one, clusters.keySet()));
    }

    @Override
    public boolean followsWork() {
        return following.isPossible();
    }

    @Override
    public boolean knowsWork(String name, Caller caller) {
        return following.knows(name, caller);
    }

    @Override
    public Optional<Work> work(String name, Caller caller) {
        // How it ended comes by a call of its own, which has seen to that.
        return following
                .work(name, caller)
                .map(work -> new Work(
                        work.state(),
                        work.began(),
                        work.seen(),
                        shared.redactor().scrub(work.message()),
                        work.end()));
    }

    @Override
    public void stopWork(String name, Caller caller) {
        following.stop(name, caller);
    }

    // ---- besides the tools ----

    @Override
    public Optional<App> app() {
        return offer.app();
    }

    @Override
    public List<Resource> resources() {
        return shelf.resources();
    }

    @Override
    public Optional<Content> read(String uri, Caller caller) {
        return shelf.read(uri, caller);
    }

    @Override
    public List<Prompt> prompts() {
        return shelf.prompts();
    }

    @Override
    public List<String> complete(String kind, String typed, Caller caller) {
        return complete(kind, typed, Optional.empty(), caller);
    }

    @Override
    public List<String> complete(String kind, String typed, Optional<String> named, Caller caller) {
        return shelf.complete(kind, typed, named, caller);
    }

    @Override
    public String instructions() {
        return shelf.instructions();
    }
}
