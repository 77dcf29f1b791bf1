package pvemcp.tools.network;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import pvemcp.json.Json;
import pvemcp.pve.TaskList.TaskRow;
import pvemcp.pve.Upid;
import pvemcp.pve.Verb;
import pvemcp.text.Word;
import pvemcp.tool.Aim.OnPath;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.Planned;
import pvemcp.tool.Preview;
import pvemcp.tool.ToolContext;
import pvemcp.tools.common.OnlineNodes;
import pvemcp.tools.common.Outcome;
import pvemcp.tools.common.Probe;
import pvemcp.view.Clean;

/// What becomes of all SDN changes that wait. PVE's task of applying them only has every node reload its network: it
/// neither waits for that nor fails with it (PVE::API2::Network::SDN), so each node is looked at afterwards.
record SdnApply(
        @Doc(value = "What to do", obvious = true) Action action,
        @Doc(value = "Token of your lock", obvious = true) Optional<String> lock,

        @Doc(value = "unlock: another's; lock: though changes wait", obvious = true)
        boolean force)
        implements Call<SdnApply.Applied>, OnPath, Planned {
    // Until a reload of the network has ended, with what a call may take in all in mind.
    private static final Duration SETTLING = Duration.ofSeconds(30);
    private static final int MOST_SAID = 20;

    enum Action {
        APPLY,
        ROLLBACK,
        LOCK,
        UNLOCK
    }

    /// How one node took it.
    ///
    /// @param reload how its task `srvreload:networking` ended
    record NodeLine(String node, String reload, String zones) {}

    /// @param next what to do now
    record Applied(String outcome, String task, List<NodeLine> nodes, List<String> notAsked, String next) {
        static Applied now(String outcome, String next) {
            return new Applied(outcome, "", List.of(), List.of(), next);
        }
    }

    @Override
    public Verb verb() {
        return switch (action) {
            case APPLY -> Verb.PUT;
            case ROLLBACK, LOCK -> Verb.POST;
            case UNLOCK -> Verb.DELETE;
        };
    }

    @Override
    public String path() {
        return switch (action) {
            case APPLY -> "/cluster/sdn";
            case ROLLBACK -> "/cluster/sdn/rollback";
            case LOCK, UNLOCK -> "/cluster/sdn/lock";
        };
    }

    @Override
    public Json.Obj params() {
        var params = lock.map(token -> Json.obj("lock-token", token)).orElse(Json.Obj.EMPTY);
        return switch (action) {
            case APPLY, ROLLBACK -> params;
            case LOCK -> force ? Json.obj("allow-pending", 1) : Json.Obj.EMPTY;
            case UNLOCK -> {
                if (!force && lock.isEmpty()) {
                    throw new BadArguments(
                            List.of("argument 'lock': needed to release it; force=true takes it from its owner"));
                }
                yield force ? Json.obj("force", 1) : params;
            }
        };
    }

    @Override
    public Preview preview(ToolContext ctx) {
        if (action == Action.LOCK || action == Action.UNLOCK) {
            return new Preview(Word.of(action) + " the SDN configuration", List.of(), List.of());
        }
        var waiting = SdnReads.waiting(ctx);
        var said = new ArrayList<String>();
        waiting.stream()
                .limit(MOST_SAID)
                .forEach(row -> said.add("%s %s %s: %s".formatted(row.state(), row.part(), row.name(), row.waits())));
        if (waiting.size() > MOST_SAID) {
            said.add("and %d more; pve_sdn_get shows all".formatted(waiting.size() - MOST_SAID));
        }
        if (action == Action.APPLY) {
            var probe = new Probe(ctx);
            for (var node : OnlineNodes.of(ctx, Optional.empty())) {
                probe.look("files of " + node, () -> SdnReads.effect(ctx, node))
                        .ifPresent(effect -> said.add("files of %s: %s".formatted(node, effect)));
            }
            said.addAll(probe.unseen());
        }
        var summary = "%s %d pending SDN changes%s"
                .formatted(
                        action == Action.APPLY ? "apply" : "throw away",
                        waiting.size(),
                        action == Action.APPLY ? ": every node reloads its network" : "");
        return new Preview(summary, List.of(), said.stream().map(Clean::line).toList());
    }

    @Override
    public Applied run(ToolContext ctx) {
        return switch (action) {
            case APPLY -> apply(ctx);
            case ROLLBACK -> {
                ctx.pve().data(verb(), path(), params());
                yield Applied.now("thrown away: the definitions are as last applied", "");
            }
            case LOCK -> {
                var token =
                        ctx.pve().data(verb(), path(), params()).scalarText().orElse("");
                yield Applied.now(
                        "locked: only calls with this lock change the SDN now",
                        "lock=%s in pve_sdn_apply, lock-token in options of pve_sdn_set; applying or rolling back releases it"
                                .formatted(Clean.name(token)));
            }
            case UNLOCK -> {
                ctx.pve().data(verb(), path(), params());
                yield Applied.now("unlocked", "");
            }
        };
    }

    private Applied apply(ToolContext ctx) {
        var task = ctx.pve().requireTask(ctx.pve().data(verb(), path(), params()));
        var started = Outcome.of(ctx, task, Duration.ofSeconds(20));
        if (started.isGoing()) {
            return new Applied("the nodes are still being told", started.task(), List.of(), List.of(), started.next());
        }
        var upid = task.id();
        ctx.pve()
                .await(
                        SETTLING,
                        ctx,
                        () -> look(ctx, new Probe(ctx), upid).stream().noneMatch(Seen::isUnderWay));

        var probe = new Probe(ctx);
        var seen = look(ctx, probe, upid);
        var lines = new ArrayList<>(seen.stream().map(Seen::line).toList());
        ctx.pve().nodes().stream()
                .filter(node -> !node.online())
                .forEach(node -> lines.add(new NodeLine(node.name(), "offline", "not told")));
        long well = seen.stream().filter(Seen::isWell).count();
        boolean all = well == lines.size() && probe.unseen().isEmpty();
        return new Applied(
                all
                        ? "in effect on all %d nodes".formatted(well)
                        : "in effect on %d of %d nodes".formatted(well, lines.size()),
                started.task(),
                lines,
                probe.unseen(),
                all ? "" : "pve_sdn_get what=status shows zones by node, pve_node_log a node's own words");
    }

    /// What is known of one node.
    ///
    /// @param reload how its reload ended, `running`, or empty where that may not be seen
    private record Seen(String node, String reload, List<SdnReads.ZoneLine> zones) {
        /// Where the reload cannot be seen, its zones have to tell.
        boolean isWell() {
            boolean reloaded =
                    reload.isEmpty() ? !zones.isEmpty() : reload.equals("OK") || reload.startsWith("WARNINGS");
            return reloaded && zones.stream().allMatch(zone -> zone.status().equals("available"));
        }

        boolean isUnderWay() {
            return reload.isEmpty()
                    ? zones.stream().anyMatch(zone -> zone.status().equals("pending"))
                    : reload.equals("running");
        }

        NodeLine line() {
            var byStatus = zones.stream()
                    .collect(Collectors.groupingBy(
                            zone -> zone.status() + (zone.problems().isEmpty() ? "" : ": " + zone.problems()),
                            TreeMap::new,
                            Collectors.mapping(SdnReads.ZoneLine::zone, Collectors.joining(", "))));
            var words = new ArrayList<String>();
            byStatus.forEach((status, names) -> words.add("%s (%s)".formatted(status, names)));
            return new NodeLine(
                    node,
                    reload.isEmpty() ? "not visible" : reload,
                    words.isEmpty() ? "none here" : String.join("; ", words));
        }
    }

    private static List<Seen> look(ToolContext ctx, Probe probe, Upid since) {
        var seen = new ArrayList<Seen>();
        for (var node : OnlineNodes.of(ctx, Optional.empty())) {
            var reload = probe.look("reload of " + node, () -> reload(ctx, node, since));
            var zones = SdnReads.zones(ctx, probe, Optional.of(node));
            seen.add(new Seen(node, reload.orElse(""), zones));
        }
        return seen;
    }

    /// How the node's reload ended that this apply began. It is root's own, so not everybody may see it.
    private static String reload(ToolContext ctx, String node, Upid since) {
        var filter =
                Json.obj("typefilter", "srvreload", "since", since.started().getEpochSecond());
        return ctx.pve().node(node).tasks(filter, 5).tasks().stream()
                .filter(row -> row.upid().id().equals("networking"))
                .findFirst()
                .map(SdnApply::ending)
                .orElse("");
    }

    private static String ending(TaskRow row) {
        return row.running() ? "running" : Clean.line(row.exit());
    }
}
