package pvemcp.dispatch;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import pvemcp.audit.Hash;
import pvemcp.audit.Journal;
import pvemcp.gate.Target;
import pvemcp.json.Json;
import pvemcp.pve.Transport;
import pvemcp.pve.Upid;
import pvemcp.tool.Secrets;
import pvemcp.tool.Tier;
import pvemcp.tool.Tool;
import pvemcp.tool.ToolResult;
import pvemcp.view.View;

/// One call on its way, and what the audit log is told of it: a line before the act where it may change something,
/// and a line at the end of every call.
///
/// Only one thread travels at a time; the lists are for that one.
final class Trip {
    private final Journal log;
    private final Clock clock;
    private final Redactor redactor;
    private final Instant started;
    private final List<Wires.Sent> sent = new ArrayList<>();
    private final List<String> commands = new ArrayList<>();
    private final List<Upid> tasks = new ArrayList<>();
    private final List<String> done = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private Json.Obj facts;
    private String identity = "";
    private long intent;
    private boolean unended;
    private boolean reads;
    private List<String> guests = List.of();
    private Optional<Remembering> memory = Optional.empty();

    Trip(Journal log, Clock clock, Redactor redactor, Tool<?> tool, Json.Obj arguments, Caller caller) {
        this.log = log;
        this.redactor = redactor;
        this.clock = clock;
        this.started = clock.instant();
        redactor.learn(arguments);
        this.facts = Json.obj(
                "tool", tool.name(),
                "principal", caller.principal(),
                "client", caller.client(),
                "arguments", Blot.out(Secrets.masked(arguments.without("confirm"))));
    }

    /// It is known which cluster it is about.
    void goesTo(Cluster cluster) {
        identity = cluster.identity();
        facts = facts.with("cluster", cluster.name());
        if (!identity.isEmpty()) {
            facts = facts.with("as", identity);
        }
    }

    /// Who we are where it goes; empty before that is known.
    String identity() {
        return identity;
    }

    void aimed(Tier tier, List<Target> targets) {
        reads = tier == Tier.READ;
        facts = facts.with("tier", tier.name())
                .with(
                        "targets",
                        Json.strings(targets.stream().map(Target::toString).toList()));
        guests = targets.stream()
                .filter(target -> target.isGuest() && !target.node().isEmpty())
                .map(target -> target.node() + "/" + target.id())
                .toList();
    }

    /// Whether it is known that nothing was to be changed.
    boolean onlyReads() {
        return reads;
    }

    /// On disk when this comes back: only then may the first write leave.
    ///
    /// @param ctx what may only read there
    /// @return the way there, which remembers what each write replaces, and finds out what became of a write whose
    ///     answer is lost
    Transport beginsToWrite(Cluster cluster, Context ctx) throws IOException {
        // By process and guests, somebody else can find out what became of it, should this one die on the way.
        var begin = Json.obj("event", "begin", "process", log.writer(), "guests", guests)
                .with("call", facts);
        intent = log.record(redactor.scrub(begin));
        var remembering = new Remembering(cluster.wire(), cluster.schema(), log, redactor, intent);
        memory = Optional.of(remembering);
        return new Reconciling(remembering, ctx, log, this::reconciled);
    }

    /// An answer was lost, and this was found out instead.
    private void reconciled(Wires.Sent request, Aftermath found) {
        var words = "the answer to %s was lost: %s".formatted(request, found.evidence());
        log.note(redactor.scrub(Json.obj(
                "event", "reconciled",
                "begin", intent,
                "request", request.toString(),
                "found", found.word(),
                "evidence", found.evidence())));
        if (found instanceof Aftermath.Done) {
            notes.add(words);
        }
    }

    /// What was seen to before the act.
    void precaution(String words) {
        log.note(redactor.scrub(Json.obj("event", "precaution", "begin", intent, "what", words)));
        notes.add(words);
    }

    /// Who said yes to a held call: the user, or whoever handed the ticket back.
    void agreedBy(String whom, String ticket) {
        facts = facts.with("agreed_by", whom);
        if (!ticket.isEmpty()) {
            facts = facts.with("ticket", id(ticket));
        }
    }

    /// Names a ticket without being one.
    static String id(String ticket) {
        return Hash.of(ticket).substring(0, 12);
    }

    void sending(Wires.Sent request) {
        sent.add(request);
    }

    void entering(String command) {
        commands.add(command);
    }

    /// Written down at once: a process that dies now leaves behind what PVE goes on with.
    void started(Upid task) {
        tasks.add(task);
        log.note(Json.obj("event", "task", "begin", intent, "task", task.toString()));
    }

    /// PVE has carried it out at once.
    void carriedOut(Wires.Sent request) {
        done.add(request.toString());
    }

    /// The requests that were, without those that started tasks.
    List<String> done() {
        return done;
    }

    List<Upid> tasks() {
        return tasks;
    }

    boolean hasWritten() {
        return !sent.isEmpty() || !commands.isEmpty();
    }

    /// Writes how it ended, and passes it on.
    ToolResult ended(ToolResult result) {
        if (result instanceof ToolResult.Held held) {
            // The line of the call that is made once somebody has agreed names the same ticket.
            facts = facts.with("ticket", id(held.ticket().text()));
        }
        ended(words(result));
        return redactor.scrub(result instanceof ToolResult.Done done ? warned(done) : Wording.of(result));
    }

    private ToolResult warned(ToolResult.Done done) {
        var warnings = new ArrayList<View>();
        notes.forEach(words -> warnings.add(new View.Text("note: " + words)));
        if (unended) {
            warnings.add(new View.Text("warning: this was done, but the audit log could not take down how it ended"));
        }
        if (warnings.isEmpty()) {
            return done;
        }
        warnings.addFirst(done.view());
        return new ToolResult.Done(new View.Stack(warnings), done.data(), done.going());
    }

    /// A bug ended it.
    void broke(RuntimeException bug) {
        ended("broke " + bug.getClass().getSimpleName());
    }

    private void ended(String how) {
        var event = Json.obj("event", "end");
        if (intent > 0) {
            event = event.with("begin", Json.num(intent));
        }
        event = event.with("call", facts)
                .with("result", how)
                .with("millis", Duration.between(started, clock.instant()).toMillis());
        if (!sent.isEmpty()) {
            event = event.with("sent", Json.strings(Blot.out(Wires.lines(Blot.outOf(sent)))));
        }
        if (!commands.isEmpty()) {
            event = event.with("commands", Json.strings(Blot.out(commands)));
        }
        if (!tasks.isEmpty()) {
            event = event.with(
                    "tasks", Json.strings(tasks.stream().map(Upid::toString).toList()));
        }
        if (hasWritten() && memory.isPresent()) {
            event = event.with("undo", commands.isEmpty() ? memory.get().kept() : Remembering.none("it ran commands"));
        }
        if (intent > 0) {
            recordEnd(event);
        } else {
            log.note(redactor.scrub(event));
        }
    }

    /// What is done is done, whether its end can be written down or not: the intent without an end says so.
    private void recordEnd(Json.Obj event) {
        try {
            log.record(redactor.scrub(event));
        } catch (IOException _) {
            unended = true;
        }
    }

    private static String words(ToolResult result) {
        return switch (result) {
            case ToolResult.Done _ -> "done";
            case ToolResult.Held _ -> "held";
            case ToolResult.Refused refused -> "refused " + refused.rule();
            // Nobody gets this answer, so what goes on is only told here.
            case ToolResult.Failed failed
            when failed.code().equals("cancelled") -> "failed cancelled: " + failed.what();
            case ToolResult.Failed failed -> "failed " + failed.code();
        };
    }
}
