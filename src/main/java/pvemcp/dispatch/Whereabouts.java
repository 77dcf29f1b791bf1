package pvemcp.dispatch;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.stream.Collectors;
import pvemcp.json.Json;
import pvemcp.pve.PveException;
import pvemcp.pve.PveFault;
import pvemcp.pve.Resource;
import pvemcp.pve.Upid;
import pvemcp.text.Wildcards;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Kind;
import pvemcp.tool.Tier;
import pvemcp.tool.Tool;

/// Finds out which of several clusters a call is about whose caller names none: the one whose names the owner says
/// these are, or else the one that has what the call names.
///
/// A read that names nothing is about the first cluster. Whatever does more than read is about exactly one: where
/// that is not certain, nothing is done and the choices are told.
final class Whereabouts {
    // What a call makes is there under none of its kinds yet; its name may tell all the same.
    private static final List<String> NEW_NAMES = List.of("name", "hostname");

    private final List<Context> contexts;

    /// @param contexts of all clusters, the one that is meant by default first
    Whereabouts(List<Context> contexts) {
        this.contexts = List.copyOf(contexts);
    }

    /// The cluster that a call is about.
    ///
    /// @param unasked the clusters that could not be asked whether they have it too, each with the reason
    record Found(Cluster cluster, List<String> unasked) {
        /// To stand before an answer.
        String note() {
            var note = "cluster: " + cluster.name();
            return unasked.isEmpty() ? note : note + " (not asked: " + String.join("; ", unasked) + ")";
        }
    }

    /// @throws BadArguments where the caller has to say it
    /// @throws PveException where what is named is nowhere, or in several clusters
    Found of(Tool<?> tool, Object call, Json.Obj arguments) {
        boolean reads = tool.tier() == Tier.READ;
        var things = Thing.in(tool, call, arguments);
        var owners = owners(things, arguments);
        if (owners.size() == 1) {
            return new Found(owners.getFirst(), List.of());
        }
        if (owners.size() > 1) {
            throw say("these names are kept for several clusters", owners);
        }
        if (things.isEmpty()) {
            if (reads) {
                return new Found(contexts.getFirst().cluster(), List.of());
            }
            throw say("what changes something is about one cluster", all());
        }
        return search(things, reads);
    }

    /// Those for which the owner keeps a name that stands in the call.
    private SequencedSet<Cluster> owners(List<Thing> things, Json.Obj arguments) {
        var names = new ArrayList<String>();
        things.forEach(thing -> names.add(thing.name()));
        NEW_NAMES.forEach(name -> arguments.text(name).ifPresent(names::add));
        var owners = new LinkedHashSet<Cluster>();
        for (var cluster : all()) {
            for (var pattern : cluster.names()) {
                if (names.stream().anyMatch(name -> Wildcards.matches(pattern, name))) {
                    owners.add(cluster);
                }
            }
        }
        return owners;
    }

    private Found search(List<Thing> things, boolean reads) {
        var round = Fan.ask(contexts, ctx -> places(things, ctx.pve().resources()));
        if (round.answers().isEmpty()) {
            throw new Fan.Silence(Fan.explained(contexts, round.faults()));
        }
        var unasked = new ArrayList<String>();
        Fan.explained(contexts, round.faults())
                .forEach((name, failed) -> unasked.add("%s: %s".formatted(name, failed.what())));
        SequencedSet<Cluster> left = new LinkedHashSet<>(all());
        left.removeIf(cluster -> !round.answers().containsKey(cluster.name()));
        boolean somewhere = false;
        for (var thing : things) {
            var holders = left.stream()
                    .filter(cluster -> round.answers().get(cluster.name()).containsKey(thing))
                    .collect(Collectors.toCollection(LinkedHashSet::new));
            boolean known = round.answers().values().stream().anyMatch(places -> places.containsKey(thing));
            if (known) {
                left = holders;
                somewhere = true;
            }
        }
        if (!somewhere) {
            throw nowhere(things, reads, unasked);
        }
        if (left.isEmpty()) {
            throw new BadArguments(List.of("%s are not of one cluster"
                    .formatted(things.stream().map(Thing::toString).collect(Collectors.joining(" and ")))));
        }
        left = withTask(things, left);
        if (left.size() > 1) {
            throw severalHave(things, left, round.answers());
        }
        if (!reads && !unasked.isEmpty()) {
            throw new BadArguments(List.of("argument 'cluster': %s is on %s, but another cluster cannot be asked (%s);"
                            .formatted(things.getFirst(), left.getFirst().name(), String.join("; ", unasked))
                    + " say cluster=%s if that is meant"
                            .formatted(left.getFirst().name())));
        }
        return new Found(left.getFirst(), unasked);
    }

    private static SequencedMap<Thing, String> places(List<Thing> things, List<Resource> resources) {
        var places = new LinkedHashMap<Thing, String>();
        for (var thing : things) {
            thing.among(resources).ifPresent(place -> places.put(thing, place));
        }
        return places;
    }

    /// Nodes of two clusters may have one name; a task of that name is on one of them only.
    private SequencedSet<Cluster> withTask(List<Thing> things, SequencedSet<Cluster> left) {
        var task = things.stream()
                .filter(thing -> thing.kind() == Kind.TASK)
                .findFirst()
                .flatMap(thing -> Upid.tryParse(thing.text()));
        if (task.isEmpty() || left.size() == 1) {
            return left;
        }
        var asked =
                contexts.stream().filter(ctx -> left.contains(ctx.cluster())).toList();
        var knowing = Fan.ask(asked, ctx -> ctx.pve().task(task.get()).status()).answers();
        var having = new LinkedHashSet<>(left);
        having.removeIf(cluster -> !knowing.containsKey(cluster.name()));
        return having.isEmpty() ? left : having;
    }

    private RuntimeException nowhere(List<Thing> things, boolean reads, List<String> unasked) {
        var first = things.getFirst();
        boolean exists = reads || things.stream().anyMatch(thing -> thing.kind() == Kind.GUEST);
        if (!exists) {
            return say("what changes something is about one cluster", all());
        }
        var asked = all().stream().map(Cluster::name).collect(Collectors.joining(", "));
        var gaps = unasked.isEmpty() ? "" : " (not asked: %s)".formatted(String.join("; ", unasked));
        return new PveException(new PveFault.Missing(
                first.toString(),
                "no %s '%s' in the clusters %s%s".formatted(first.kind().candidates(), first.text(), asked, gaps)));
    }

    private static PveException severalHave(
            List<Thing> things, SequencedSet<Cluster> left, SequencedMap<String, SequencedMap<Thing, String>> places) {
        var thing = things.stream()
                .filter(each -> places.get(left.getFirst().name()).containsKey(each))
                .findFirst()
                .orElseThrow();
        var choices = left.stream()
                .map(cluster -> "cluster=%s (%s)"
                        .formatted(cluster.name(), places.get(cluster.name()).get(thing)))
                .toList();
        return new PveException(new PveFault.Ambiguity(thing.text(), choices));
    }

    private static BadArguments say(String why, SequencedSet<Cluster> choices) {
        var names = choices.stream().map(Cluster::name).collect(Collectors.joining(", "));
        return new BadArguments(List.of("argument 'cluster': %s, so say which: %s".formatted(why, names)));
    }

    private SequencedSet<Cluster> all() {
        return contexts.stream().map(Context::cluster).collect(Collectors.toCollection(LinkedHashSet::new));
    }
}
