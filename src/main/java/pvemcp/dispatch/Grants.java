package pvemcp.dispatch;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import pvemcp.json.Json;
import pvemcp.pve.Fields;
import pvemcp.pve.Permissions;
import pvemcp.pve.PveException;
import pvemcp.pve.Verb;
import pvemcp.schema.ApiSchema;
import pvemcp.tool.Tool;

/// What the credentials of this server may do, and so which of its tools are worth being listed. It is asked for in
/// the background once somebody has seen the list, and again when it is old; until it is known, and wherever it
/// cannot be read, all tools are listed.
///
/// Safe for use by several threads.
final class Grants {
    /// PVE applies a change of rights within seconds; a list of tools need not follow as fast.
    private static final Duration OLD = Duration.ofMinutes(10);

    /// After a refusal it is asked again, but not by each of many.
    private static final Duration RECENT = Duration.ofMinutes(1);

    private final List<Cluster> clusters;
    private final List<Tool<?>> tools;
    private final Clock clock;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile Set<String> hidden = Set.of();
    private volatile boolean wanted;

    // Guarded by this.
    private Optional<Instant> asked = Optional.empty();
    private boolean asking;

    Grants(Collection<Cluster> clusters, List<Tool<?>> tools, Clock clock) {
        this.clusters = List.copyOf(clusters);
        this.tools = tools;
        this.clock = clock;
    }

    /// The names of the tools that are of no use on any of the clusters.
    Set<String> hidden() {
        return hidden;
    }

    void whenHiddenChanges(Runnable told) {
        listeners.add(told);
    }

    /// A client has seen the list: asks unless it is known, at once or, where clusters are not to be connected to
    /// before that, with its first call. Comes back at once.
    void wanted() {
        wanted = true;
        if (clusters.stream().allMatch(cluster -> cluster.wire().opensEarly())) {
            used();
        }
    }

    /// A call is made: asks again where what is known is old. Whoever only calls needs no list, and is spared it.
    void used() {
        askIf(asked(OLD) || (wanted && isUnknown()));
    }

    /// PVE has refused something: what is known may be wrong by now.
    void refused() {
        askIf(asked(RECENT));
    }

    private synchronized boolean isUnknown() {
        return asked.isEmpty();
    }

    private synchronized boolean asked(Duration before) {
        return asked.isPresent() && clock.instant().isAfter(asked.get().plus(before));
    }

    private void askIf(boolean needed) {
        if (!needed) {
            return;
        }
        synchronized (this) {
            if (asking) {
                return;
            }
            asking = true;
            asked = Optional.of(clock.instant());
        }
        Thread.ofVirtual().name("pve-grants").start(this::ask);
    }

    private void ask() {
        var before = hidden;
        try {
            hidden = hiddenOnAll();
        } finally {
            synchronized (this) {
                asking = false;
            }
        }
        if (!hidden.equals(before)) {
            listeners.forEach(Runnable::run);
        }
    }

    private Set<String> hiddenOnAll() {
        Optional<Set<String>> all = Optional.empty();
        for (var cluster : clusters) {
            var here = new TreeSet<String>();
            try {
                withheld(cluster).forEach(each -> here.add(each.tool()));
            } catch (RuntimeException _) {
                // It cannot be reached, or does not tell: there, anything may work. Calls will say what is wrong.
                return Set.of();
            }
            all.ifPresent(here::retainAll);
            all = Optional.of(here);
        }
        return all.map(Set::copyOf).orElse(Set.of());
    }

    /// The tools that are of no use on this cluster, asked for now. The built-in schema will do: the cluster's own is
    /// a large page, which nobody should have to fetch for a list.
    ///
    /// @throws PveException where it cannot be asked
    List<Withheld> withheld(Cluster cluster) {
        var told = cluster.wire().data(Verb.GET, "/access/permissions", Json.Obj.EMPTY);
        var version = Fields.of(cluster.wire().data(Verb.GET, "/version", Json.Obj.EMPTY))
                .text("version");
        return told instanceof Json.Obj
                ? Withheld.of(tools, ApiSchema.builtIn(version), Permissions.from(Fields.of(told)))
                : List.of();
    }
}
