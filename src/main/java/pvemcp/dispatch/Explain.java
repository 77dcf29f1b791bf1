package pvemcp.dispatch;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;
import pvemcp.audit.Journal;
import pvemcp.gate.Gate;
import pvemcp.gate.Held;
import pvemcp.gate.Policy;
import pvemcp.gate.Redeemed;
import pvemcp.gate.Verdict;
import pvemcp.json.Json;
import pvemcp.pve.PveFault;
import pvemcp.pve.Upid;
import pvemcp.pve.Verb;
import pvemcp.text.Reason;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Ticket;
import pvemcp.tool.Tier;
import pvemcp.tool.Tool;
import pvemcp.tool.ToolResult.Again;
import pvemcp.tool.ToolResult.Failed;
import pvemcp.tool.ToolResult.Refused;
import pvemcp.view.Clean;

/// Says a failure in words that help: what happened in PVE's own words, and what to do next.
final class Explain {
    /// Of what is wrong with a call's arguments, which may quote both the caller and the cluster.
    private static final int PROBLEMS = 2_048;

    private Explain() {}

    static Failed badArguments(Tool<?> tool, BadArguments e) {
        var inputs = tool.inputs().params().stream()
                .map(param -> param.required() ? param.name() : "[" + param.name() + "]")
                .collect(Collectors.joining(" "));
        return new Failed(
                "bad_arguments",
                Clean.cell(e.getMessage(), PROBLEMS),
                inputs.isEmpty() ? tool.name() + " takes no arguments" : "%s takes: %s".formatted(tool.name(), inputs));
    }

    static Failed ticket(Redeemed why) {
        return switch (why) {
            case Redeemed.Good _ -> throw new IllegalArgumentException("a good ticket needs no explanation");
            case Redeemed.Expired _ -> ticket("the ticket has expired");
            case Redeemed.Used _ -> ticket("the ticket was used already");
            case Redeemed.Declined _ ->
                new Failed(
                        "ticket_refused",
                        "the user did not agree to this call; nothing was changed",
                        "ask the user what to do instead");
            case Redeemed.Other _ -> ticket("the ticket is not for this call with these arguments, or not from here");
            case Redeemed.Open _ ->
                new Failed(
                        "not_approved",
                        "nobody has said yes to this call yet; nothing was changed",
                        "ask the user to run 'pve-mcp approve' at a terminal, then call again the same way");
            case Redeemed.Changed(var differences) ->
                new Failed(
                        "conflict",
                        "this is not as it was when it was agreed to: %s; nothing was changed"
                                .formatted(Clean.line(String.join("; ", differences))),
                        "look at it again, then make the call again without a ticket");
        };
    }

    private static Failed ticket(String what) {
        return new Failed("ticket_refused", what + "; nothing was changed", "make the call again without a ticket");
    }

    static Refused needsPerson() {
        return new Refused(
                Gate.TAINT,
                "what programs or files in guests say was read in the last %d minutes, and may have asked for this"
                        .formatted(Taint.LASTS.toMinutes()),
                "a person can agree in a client that asks, or make the call at a terminal: pve-mcp call");
    }

    /// How a held call is made after all, by a caller whose user cannot be asked.
    static Again again(Policy.Unasked unasked, Held held, Ticket ticket) {
        boolean destroys = held.tier() == Tier.DESTROY;
        var byTicket = Json.obj("confirm", ticket.text());
        var byWord = destroys ? Json.obj("confirm", true, "destructive", true) : Json.obj("confirm", true);
        var sentence = sentence(unasked, held, ticket, destroys);
        return switch (unasked) {
            case TICKET, DENY -> new Again(sentence, byTicket, false);
            case CONFIRM -> new Again(sentence, byWord, false);
            case APPROVE -> new Again(sentence, byTicket, true);
        };
    }

    private static String sentence(Policy.Unasked unasked, Held held, Ticket ticket, boolean destroys) {
        return switch (unasked) {
            case TICKET ->
                held.typed().isEmpty()
                        ? "If they agree, call %s again with the same arguments and confirm=%s"
                                .formatted(held.tool(), ticket.text())
                        : """
                          If they agree, have them type '%s', and call %s again with the same arguments and \
                          confirm="%s NAME", where NAME is what they typed.""".formatted(Clean.name(held.typed()), held.tool(), ticket.text());
            case CONFIRM ->
                "If they agree, call %s again with the same arguments and confirm=true%s"
                        .formatted(held.tool(), destroys ? " destructive=true" : "");
            case APPROVE -> """
                If they agree, they run 'pve-mcp approve %s' at a terminal. After that call %s again with the same \
                arguments and confirm=%s""".formatted(ticket.text(), held.tool(), ticket.text());
            case DENY -> "";
        };
    }

    /// Looks whether the owner has stopped everything that does more than read.
    static Optional<Verdict.Deny> frozen(Freeze freeze) throws IOException {
        return freeze.why().map(Explain::frozen);
    }

    /// The same for a request that is about to leave: while nobody can tell, it does not.
    static Optional<Verdict.Deny> frozenNow(Freeze freeze) {
        try {
            return frozen(freeze);
        } catch (IOException e) {
            return Optional.of(new Verdict.Deny(
                    "frozen",
                    "whether the owner has stopped everything cannot be told: " + Clean.line(e.getMessage()),
                    "look at what was done, and go on once the owner has put that right; reads go on"));
        }
    }

    /// A caller is not told where the mark of it lies: it is not theirs to take away.
    private static Verdict.Deny frozen(String why) {
        return new Verdict.Deny(
                "frozen",
                "the owner has stopped everything that does more than read, %s".formatted(Clean.line(why)),
                "only the owner lifts it, at a terminal: pve-mcp unfreeze");
    }

    static Failed busy(Turns.Busy busy) {
        return new Failed(
                "busy",
                "other calls are at work on %s; nothing was changed".formatted(busy.getMessage()),
                "wait for them to end, then call again; pve_task_list running=true shows what runs");
    }

    static Refused mistyped(String typed) {
        return new Refused(
                "user",
                typed.isEmpty()
                        ? "a yes was asked for, and a name came back; nothing was changed"
                        : "'%s' was to be typed along with the yes, and was not; nothing was changed".formatted(typed),
                "ask the user whether this guest is the one they mean");
    }

    static Refused nobodyToAsk() {
        return new Refused(
                "policy.without_elicitation",
                "this call needs a yes, and this client cannot ask its user",
                "use a client that supports elicitation, or the owner can set policy.without_elicitation to ticket");
    }

    /// A request was kept from leaving.
    static Refused stopped(Verdict verdict, Trip trip) {
        var before = trip.hasWritten() ? "; stopped there, what went before is done" + left(trip) : "";
        return switch (verdict) {
            case Verdict.Deny(var rule, var why, var remedy) -> new Refused(rule, why + before, remedy);
            case Verdict.Hold(var rule, var why) ->
                new Refused(
                        rule,
                        "its next request needs a yes of its own (%s)%s".formatted(why, before),
                        "make what is left in a call of its own");
            case Verdict.Allow _ -> throw new IllegalArgumentException("what is allowed is not stopped");
        };
    }

    /// The client called it off: by [pvemcp.tool.ToolContext#checkCancelled], or by the interrupt that ends a wait in
    /// `pve`.
    static Failed cancelled(CancellationException e, Trip trip) {
        return new Failed("cancelled", e.getMessage() + left(trip), trip.tasks().isEmpty() ? "" : follow(trip));
    }

    static Failed nothingToUndo(Optional<Integer> line) {
        return new Failed(
                "not_found",
                line.map("line %d of the audit log tells of no change of yours"::formatted)
                        .orElse("the audit log tells of no change of yours"),
                "pve-mcp audit tail --changes shows the lines");
    }

    static Failed elsewhere(String cluster) {
        return new Failed(
                "not_found",
                "that was done on the cluster '%s', which is none of yours now".formatted(cluster),
                "the owner can configure it again");
    }

    static Failed stateless(StateUnavailable e) {
        return new Failed(
                "state_unavailable",
                "the state directory cannot be used, so nothing was done: %s".formatted(e.getMessage()),
                "the owner puts the directory right, or sets state.directory to another; reads go on");
    }

    static Failed unrecorded(Journal log, IOException e) {
        return new Failed(
                "audit_unavailable",
                "%s cannot be written (%s), so nothing that changes something is done"
                        .formatted(log.place(), Reason.alone(e)),
                log.remedy());
    }

    static Failed unshared(SharedUnavailable e) {
        return new Failed(
                "database_unavailable",
                "%s, so nothing that changes something is done".formatted(Clean.line(e.getMessage())),
                "the owner sees to that database (shared.database); reads go on");
    }

    /// No cluster answered a question that was put to several.
    static Failed silence(Fan.Silence silence) {
        var why = new ArrayList<String>();
        var codes = new TreeSet<String>();
        silence.failures().forEach((cluster, failed) -> {
            codes.add(failed.code());
            why.add(cluster + ": " + failed.what());
        });
        return new Failed(
                codes.size() == 1 ? codes.first() : "unreachable",
                "no cluster answered: " + String.join("; ", why),
                "pve-mcp doctor goes the way to each and says where it ends");
    }

    static Failed fault(PveFault fault, String identity, Trip trip) {
        var failed = fault(fault, identity);
        if (fault instanceof PveFault.Partly) {
            return failed;
        }
        // A later step failed: what went before has happened.
        var left = fault instanceof PveFault.TaskFailed failure ? left(trip, Set.of(failure.upid())) : left(trip);
        return left.isEmpty()
                ? new Failed(failed.code(), failed.what(), claim(fault, trip.onlyReads()) + failed.hint())
                : new Failed(failed.code(), failed.what() + left, failed.hint());
    }

    /// What may be said where no step went before.
    private static String claim(PveFault fault, boolean reads) {
        return switch (fault) {
            case PveFault.Unreachable _, PveFault.NotConfigured _ -> "nothing was done; ";
            case PveFault.Invalid invalid when !invalid.problems().isEmpty() && !reads -> "nothing was changed; ";
            default -> "";
        };
    }

    private static String left(Trip trip) {
        return left(trip, Set.of());
    }

    private static String left(Trip trip, Set<Upid> but) {
        var started = trip.tasks().stream()
                .filter(task -> !but.contains(task))
                .map(Object::toString)
                .collect(Collectors.joining(", "));
        return (trip.done().isEmpty() ? "" : "; already done: " + String.join(", ", trip.done()))
                + (started.isEmpty() ? "" : "; already started: " + started);
    }

    private static String follow(Trip trip) {
        return "see how it ends with pve_task_get task=" + trip.tasks().getLast();
    }

    static Failed fault(PveFault fault, String identity) {
        return switch (fault) {
            case PveFault.Unreachable(var endpoint, var why) ->
                new Failed(
                        "unreachable",
                        "%s cannot be reached: %s".formatted(endpoint, Clean.line(why)),
                        "check that the node is up, or pve_node_list for the others");
            case PveFault.NotConfigured(var why, var remedy) -> new Failed("not_configured", Clean.line(why), remedy);
            case PveFault.Untrusted(var endpoint, var fingerprint, var why) ->
                new Failed(
                        "untrusted",
                        "the certificate of %s is not trusted (%s); its SHA-256 fingerprint is %s"
                                .formatted(endpoint, Clean.line(why), fingerprint),
                        "the owner compares it with the node's own (pvenode cert info) and pins it: fingerprint = \"...\" in"
                                + " pve-mcp.toml, or PVE_MCP_FINGERPRINT");
            case PveFault.OtherCluster(var endpoint, var why) ->
                new Failed(
                        "other_cluster",
                        "%s belongs to another cluster than the endpoints before it: %s"
                                .formatted(endpoint, Clean.line(why)),
                        "nothing was done; the owner gives each cluster a table of its own, [clusters.NAME]");
            case PveFault.Unauthorized(var endpoint, var why) ->
                new Failed(
                        "unauthorized",
                        identity.isEmpty()
                                ? "%s is not entered: %s".formatted(endpoint, Clean.line(why))
                                : "%s refused %s: %s".formatted(endpoint, identity, Clean.line(why)),
                        "the owner checks the token's id, secret and expiry; pve-mcp doctor says more");
            case PveFault.Forbidden(var path, var privilege, var message) ->
                forbidden(Clean.oneLine(path), Clean.oneLine(privilege), Clean.line(message), identity);
            case PveFault.Missing(var what, var message) ->
                new Failed(
                        "not_found",
                        Clean.line(message.isEmpty() ? what + " is not there" : message),
                        "see %s; what this token may not see is not there for it".formatted(lists(what)));
            case PveFault.Ambiguity(var what, var choices) ->
                new Failed(
                        "not_unique",
                        "'%s' is more than one".formatted(Clean.name(what)),
                        "say which: " + choices.stream().map(Clean::name).collect(Collectors.joining(", ")));
            case PveFault.Invalid invalid -> invalid(invalid);
            case PveFault.Locked(var what, var by, var message) ->
                new Failed(
                        "locked",
                        "%s: %s".formatted(Clean.name(what), Clean.line(message)),
                        // The one lock that no task holds, but whoever asked for it (PVE::Network::SDN).
                        what.equals("SDN configuration")
                                ? "give the token of your lock; pve_sdn_apply action=unlock force=true takes another's"
                                : "wait for the task that holds the lock%s; pve_task_list running=true shows it"
                                        .formatted(by.isEmpty() ? "" : " (" + Clean.name(by) + ")"));
            case PveFault.Conflict(var message) ->
                new Failed(
                        "conflict",
                        Clean.line(message),
                        "somebody changed it in between: read it again and decide anew");
            case PveFault.NoQuorum(var message) ->
                new Failed(
                        "no_quorum",
                        Clean.line(message),
                        "the cluster cannot be written until most nodes are back; see pve_cluster_status");
            case PveFault.NotImplemented(var message) ->
                new Failed(
                        "not_implemented",
                        Clean.line(message),
                        "this PVE version has no such operation; pve_api_search shows what it has");
            case PveFault.TaskFailed(var upid, var exit, var tail) ->
                new Failed(
                        "task_failed",
                        "task %s (%s) failed: %s%s".formatted(upid.type(), upid, Clean.line(exit), quoted(tail)),
                        afterFailure(upid, exit));
            case PveFault.TaskVanished(var upid, var why) ->
                new Failed(
                        "task_vanished",
                        "how task %s ended cannot be known: %s".formatted(upid, Clean.line(why)),
                        "look at the state of what it worked on before doing anything again");
            case PveFault.Ambiguous(var verb, var path, var why) ->
                new Failed(
                        "ambiguous",
                        "%s %s was sent, but no answer came back (%s)".formatted(verb, path, Clean.line(why)),
                        verb == Verb.GET
                                ? "try again"
                                : "it may or may not have been carried out: look at the state and pve_task_list first");
            case PveFault.NotDone(var verb, var path, var why) ->
                new Failed(
                        "not_done",
                        "%s %s was sent, its answer was lost, and it was not carried out: %s"
                                .formatted(verb, path, Clean.line(why)),
                        "nothing was changed by this request, so it can be made again");
            case PveFault.NoWayIn(var way, var why) ->
                new Failed(
                        "no_way_in",
                        "%s does not get into the guest: %s".formatted(Clean.line(way), Clean.line(why)),
                        "see that it runs and has an agent, or configure SSH for it; pve_guest_get shows what it has");
            case PveFault.Partly(var step, var why, var done, var left) -> {
                var failed = fault(why, identity);
                yield new Failed(
                        failed.code(),
                        "%s failed: %s; done before that: %s".formatted(step, failed.what(), String.join(", ", done)),
                        left);
            }
            case PveFault.InGuest(var what, var message) ->
                new Failed(
                        "in_guest",
                        "the guest refused (%s): %s".formatted(Clean.line(what), Clean.line(message)),
                        "its own words say why; check the path, the user and what is installed there");
            case PveFault.NotPve(var endpoint, var why) ->
                new Failed(
                        "not_pve",
                        "%s did not answer as PVE does: %s".formatted(endpoint, Clean.line(why)),
                        "the owner checks the address and what stands in front of it");
            case PveFault.Unexpected(var status, var message) ->
                new Failed(
                        "pve_error",
                        "PVE says %d: %s".formatted(status, Clean.line(message)),
                        // PVE::Ceph::Tools::check_ceph_installed
                        message.contains("binary not installed: /usr/bin/ceph")
                                ? "Ceph is not installed there: 'pveceph install' on the node, or name another node"
                                : message.contains("already exists on node")
                                        ? "somebody was faster with this id; pve_next_id names a free one"
                                        : otherwise(message));
        };
    }

    /// The tools that list things of this kind.
    private static String lists(String what) {
        if (what.equals("backup job")) {
            return "pve_job_list";
        }
        return switch (what.split(" ", 2)[0]) {
            case "user", "group", "role", "token", "domain" -> "pve_access_get";
            case "pool" -> "pve_pool_get";
            case "snapshot" -> "pve_snapshot_list";
            case "guest" -> "pve_guest_list";
            case "node" -> "pve_node_list";
            case "storage" -> "pve_storage_list";
            case "backup" -> "pve_backup_list";
            default -> "pve_guest_list, pve_node_list or pve_storage_list";
        };
    }

    private static String quoted(List<String> tail) {
        if (tail.isEmpty()) {
            return "";
        }
        return "\nend of its log (untrusted):\n> "
                + tail.stream().map(Clean::line).collect(Collectors.joining("\n> "));
    }

    /// What to do once a task has failed: some ends say themselves what stands in the way.
    private static String afterFailure(Upid upid, String exit) {
        // PVE::AbstractConfig::check_lock, PVE::Tools::lock_file_full
        if (exit.contains("is locked (") || exit.contains("can't lock file")) {
            return "somebody else is at work on it: pve_task_list guest=%s running=true shows who; try again after that"
                    .formatted(upid.id());
        }
        var room = room(exit);
        return room.isEmpty() ? "pve_task_get task=%s lines=100 shows more of the log".formatted(upid) : room;
    }

    private static String otherwise(String message) {
        var room = room(message);
        return room.isEmpty() ? "these are PVE's own words: look at the state before trying it otherwise" : room;
    }

    /// What to do where a storage is full; empty where that is not what was said. The words are those of the kernel
    /// (ENOSPC), lvcreate, PVE::Storage::ZFSPoolPlugin and PVE::API2::Storage::Status.
    private static String room(String message) {
        var words = message.toLowerCase(Locale.ROOT);
        boolean full = List.of(
                        "no space left on device", "insufficient free space", "out of space", "not enough free space")
                .stream()
                .anyMatch(words::contains);
        return full
                ? "a storage is full: pve_storage_list shows where there is room, pve_storage_pressure what takes it up"
                : "";
    }

    private static Failed invalid(PveFault.Invalid invalid) {
        if (invalid.problems().isEmpty()) {
            return new Failed("bad_arguments", Clean.line(invalid.message()), "pve_api_search describes the operation");
        }
        var problems = new ArrayList<String>();
        invalid.problems()
                .forEach((name, words) -> problems.add("%s: %s".formatted(Clean.name(name), Clean.line(words))));
        return new Failed(
                "bad_arguments", String.join("; ", problems), "pve_api_search describes the operation exactly");
    }

    private static Failed forbidden(String path, String privilege, String message, String identity) {
        if (path.isEmpty() || privilege.isEmpty()) {
            return new Failed(
                    "forbidden",
                    "%s may not do this: %s".formatted(identity, message),
                    "pve-mcp doctor shows what this token may do");
        }
        var first = privilege.split("[,|; ]+", 2)[0];
        return new Failed(
                "forbidden",
                "%s may not %s on %s".formatted(identity, privilege, path),
                "an administrator can allow it: " + granting(path, identity, first));
    }

    /// The command that gives somebody a privilege on a path, by the smallest role that has it.
    static String granting(String path, String identity, String privilege) {
        return "pveum acl modify %s %s '%s' --roles %s".formatted(path, kind(identity), identity, role(privilege));
    }

    /// The option of `pveum` that takes it.
    static String kind(String identity) {
        return identity.contains("!") ? "--tokens" : "--users";
    }

    /// The smallest of PVE's own roles that holds the privilege (PVE::AccessControl, create_roles).
    private static String role(String privilege) {
        if (privilege.endsWith(".Audit")) {
            return "PVEAuditor";
        }
        return switch (privilege) {
            case "VM.PowerMgmt", "VM.Console", "VM.Backup", "VM.Config.CDROM", "VM.Config.Cloudinit" -> "PVEVMUser";
            case "Datastore.AllocateSpace" -> "PVEDatastoreUser";
            case "Datastore.Allocate", "Datastore.AllocateTemplate" -> "PVEDatastoreAdmin";
            case "Pool.Allocate" -> "PVEPoolAdmin";
            case "Realm.AllocateUser" -> "PVEUserAdmin";
            case "SDN.Use" -> "PVESDNUser";
            case "Mapping.Use" -> "PVEMappingUser";
            default -> byArea(privilege);
        };
    }

    private static String byArea(String privilege) {
        int dot = privilege.indexOf('.');
        return switch (dot < 0 ? "" : privilege.substring(0, dot).toLowerCase(Locale.ROOT)) {
            case "vm" -> "PVEVMAdmin";
            case "user", "group" -> "PVEUserAdmin";
            case "sdn" -> "PVESDNAdmin";
            case "mapping" -> "PVEMappingAdmin";
            case "sys" -> privilege.matches("Sys\\.(Console|Syslog)") ? "PVESysAdmin" : "Administrator";
            default -> "Administrator";
        };
    }
}
