package pvemcp.dispatch;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import pvemcp.json.Json;
import pvemcp.text.Nearest;
import pvemcp.text.YesNo;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Call;
import pvemcp.tool.Reserved;
import pvemcp.tool.Tool;

/// The arguments of a call, understood: the call itself and what is the road's own business.
///
/// @param named the cluster that the caller names
/// @param confirm the ticket of a held call, or whatever came in its place
/// @param destructive whether the caller says that it knows what is destroyed, as other servers want it
/// @param snapshotFirst whether a snapshot is to be taken first of each guest that is changed
/// @param withoutBackup whether the caller says that a guest may go though there is no backup of it
record Asked<C extends Record & Call<?>>(
        C call,
        Optional<Cluster> named,
        boolean dryRun,
        Optional<String> confirm,
        boolean destructive,
        boolean snapshotFirst,
        boolean withoutBackup) {
    private static final String DESTRUCTIVE = "destructive";
    private static final String SNAPSHOT_FIRST = "snapshot_first";
    private static final String WITHOUT_BACKUP = "without_backup";

    private static final Set<String> YES = Set.of("true", "yes", "1");

    /// @throws BadArguments with all that is wrong
    static <C extends Record & Call<?>> Asked<C> bind(Tool<C> tool, Json.Obj arguments, Map<String, Cluster> clusters) {
        var problems = new ArrayList<String>();
        var own = arguments;
        for (var reserved : Reserved.of(tool.tier())) {
            own = own.without(reserved.name());
        }
        for (var unlisted : Reserved.unlisted(tool.tier())) {
            boolean takesIt = tool.inputs().params().stream()
                    .anyMatch(param -> param.name().equals(unlisted.name()));
            if (!takesIt) {
                own = own.without(unlisted.name());
            }
        }
        if (clusters.size() > 1) {
            own = own.without(Reserved.CLUSTER.name());
        }
        Optional<C> call = Optional.empty();
        try {
            call = Optional.of(tool.inputs().bind(own));
        } catch (BadArguments e) {
            problems.addAll(e.problems());
        }
        boolean dryRun = flag(arguments, Reserved.DRY_RUN.name(), problems);
        boolean snapshotFirst = flag(arguments, SNAPSHOT_FIRST, problems);
        var named = named(arguments.text(Reserved.CLUSTER.name()), clusters, problems);
        if (!problems.isEmpty()) {
            throw new BadArguments(problems);
        }
        return new Asked<>(
                call.orElseThrow(),
                named,
                dryRun,
                arguments.text("confirm"),
                says(arguments, DESTRUCTIVE),
                snapshotFirst,
                says(arguments, WITHOUT_BACKUP));
    }

    /// What makes a call more careful; one that cannot be understood must not be taken for no.
    private static boolean flag(Json.Obj arguments, String name, List<String> problems) {
        if (!arguments.has(name)) {
            return false;
        }
        return arguments.text(name).flatMap(YesNo::parse).orElseGet(() -> {
            problems.add("argument '%s': neither true nor false".formatted(name));
            return true;
        });
    }

    private static boolean says(Json.Obj arguments, String name) {
        return arguments.text(name).filter(YES::contains).isPresent();
    }

    /// Whether the call says of itself that it is confirmed, by a word in place of a ticket.
    boolean confirmsItself() {
        return confirm.filter(YES::contains).isPresent();
    }

    /// The ticket of a held call; empty where there is none, or a word in its place.
    Optional<String> ticket() {
        return confirm.filter(text -> !YES.contains(text) && !text.equals("false"));
    }

    private static Optional<Cluster> named(
            Optional<String> name, Map<String, Cluster> clusters, List<String> problems) {
        if (clusters.size() == 1) {
            return Optional.of(clusters.values().iterator().next());
        }
        if (name.isPresent() && !clusters.containsKey(name.get())) {
            problems.add("argument 'cluster': '%s' is none of %s%s"
                    .formatted(
                            name.get(),
                            String.join(", ", clusters.keySet()),
                            Nearest.hint(name.get(), clusters.keySet())));
        }
        return name.map(clusters::get);
    }
}
