package pvemcp.dispatch;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.BiFunction;
import pvemcp.gate.Gate;
import pvemcp.gate.Target;
import pvemcp.gate.Verdict;
import pvemcp.pve.PveException;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Prompt;
import pvemcp.tool.Reserved;
import pvemcp.tool.Resource;
import pvemcp.tool.Tier;
import pvemcp.tool.ToolResult;
import pvemcp.view.Clean;

/// What lies ready for callers besides the tools: resources, prompts, names that complete an input, instructions.
/// All of it is only read, and nobody is asked about it. Safe for use by several threads.
final class Shelf {
    /// A name that comes later than this completes nothing any more.
    private static final Duration WHILE_TYPING = Duration.ofSeconds(5);

    private final Offer offer;
    private final SequencedMap<String, Cluster> clusters;
    private final Optional<Namesakes> namesakes;
    private final Redactor redactor;
    private final Gate gate;
    private final BiFunction<Cluster, Caller, Context> look;

    /// @param clusters by their names, at least one
    /// @param look makes what only reads on a cluster
    Shelf(
            Offer offer,
            SequencedMap<String, Cluster> clusters,
            Redactor redactor,
            Gate gate,
            BiFunction<Cluster, Caller, Context> look) {
        this.offer = offer;
        this.clusters = clusters;
        // The things of a single cluster need no further name.
        this.namesakes =
                clusters.size() == 1 ? Optional.empty() : Optional.of(new Namesakes(clusters.sequencedKeySet()));
        this.redactor = redactor;
        this.gate = gate;
        this.look = look;
    }

    /// See [Dispatcher#resources].
    List<Resource> resources() {
        return namesakes.map(several -> several.of(offer.resources())).orElse(offer.resources());
    }

    /// See [Dispatcher#read].
    Optional<Dispatcher.Content> read(String uri, Caller caller) {
        for (var resource : offer.resources()) {
            var template = namesakes.isEmpty() ? resource.uri() : Namesakes.template(resource);
            var variables = UriTemplate.match(template, uri);
            if (variables.isPresent()) {
                return meant(variables.get()).map(cluster -> {
                    var text = text(resource, look.apply(cluster, caller), variables.get());
                    return new Dispatcher.Content(uri, resource.mimeType(), redactor.scrub(text));
                });
            }
        }
        return Optional.empty();
    }

    /// Empty where a cluster is named that there is not.
    private Optional<Cluster> meant(Map<String, String> variables) {
        return namesakes.isEmpty()
                ? Optional.of(clusters.firstEntry().getValue())
                : Optional.ofNullable(clusters.get(variables.get(Reserved.CLUSTER.name())));
    }

    private String text(Resource resource, Context ctx, Map<String, String> variables) {
        try {
            resource.reads().of(variables).forEach(read -> requireAllowed(read, ctx));
            return resource.reader().read(ctx, variables);
        } catch (PveException e) {
            var failed = Explain.fault(e.fault(), ctx.cluster().identity());
            throw new Unreadable((ToolResult.Failed) redactor.scrub(failed));
        } catch (BadArguments | IllegalArgumentException e) {
            throw new Unreadable(new ToolResult.Failed("bad_arguments", Clean.note(e.getMessage()), ""));
        }
    }

    /// Nobody is asked about a resource, so one that a call would be asked about is not shown either.
    private void requireAllowed(Resource.Read read, Context ctx) {
        var sight = new Sight(ctx, gate::goesByPool);
        var targets = gate.policy().looksAtTargets(Tier.READ)
                ? Targets.closer(Targets.of(read.call(), sight), _ -> false, sight)
                : List.<Target>of();
        switch (gate.judge(question(read.tool(), ctx.cluster(), ctx.clock().instant(), targets))) {
            case Verdict.Allow _ -> {}
            case Verdict.Hold hold ->
                throw new Unreadable(new ToolResult.Failed(
                        "forbidden",
                        "policy has this asked about (%s), and nobody is asked about a resource".formatted(hold.rule()),
                        "call %s, which asks".formatted(read.tool())));
            case Verdict.Deny deny ->
                throw new Unreadable(new ToolResult.Failed("forbidden", deny.why(), deny.remedy()));
        }
    }

    private static Gate.Question question(String tool, Cluster cluster, Instant at, List<Target> targets) {
        return new Gate.Question(tool, cluster.name(), Tier.READ, targets, at);
    }

    /// See [Dispatcher#prompts].
    List<Prompt> prompts() {
        return namesakes.map(several -> several.ofPrompts(offer.prompts())).orElse(offer.prompts());
    }

    /// See [Dispatcher#complete]. Nobody waits for an error while typing; the call itself will say it.
    List<String> complete(String kind, String typed, Optional<String> named, Caller caller) {
        if (kind.equals(Reserved.CLUSTER.name())) {
            return Completion.best(clusters.keySet(), typed);
        }
        var asked = named.filter(clusters::containsKey)
                .map(name -> List.of(clusters.get(name)))
                .orElse(List.copyOf(clusters.values()));
        var contexts = asked.stream()
                .map(cluster -> look.apply(cluster.among(cluster.names(), WHILE_TYPING), caller))
                .filter(this::lists)
                .toList();
        var names = new LinkedHashSet<String>();
        Fan.ask(contexts, ctx -> Completion.names(kind, ctx)).answers().values().forEach(names::addAll);
        return Completion.best(names, typed);
    }

    /// Whether policy lets this caller read what is there, by whatever tool.
    private boolean lists(Context ctx) {
        var question = question("", ctx.cluster(), ctx.clock().instant(), List.of());
        return gate.judge(question) instanceof Verdict.Allow;
    }

    /// See [Dispatcher#instructions].
    String instructions() {
        return namesakes
                .map(several -> several.instructions(offer.instructions()))
                .orElse(offer.instructions());
    }
}
