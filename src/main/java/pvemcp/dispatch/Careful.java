package pvemcp.dispatch;

import java.util.List;
import pvemcp.gate.Target;
import pvemcp.gate.Verdict;
import pvemcp.json.Json;
import pvemcp.pve.PveException;
import pvemcp.pve.TaskReport;
import pvemcp.pve.Transport;
import pvemcp.pve.Verb;

/// Takes the owner's precautions before a request of one call leaves: a backup is there, a snapshot is taken. Where
/// one fails, the request does not leave. For one thread.
final class Careful {
    private final Precautions precautions;
    private final Context ctx;
    private final Transport wire;
    private final Trip trip;
    private final boolean agreed;
    private final LastLook lastLook;

    /// @param ctx what may only read
    /// @param wire where snapshots are asked for: they are not what the call changes
    /// @param agreed whether somebody has said yes to the call
    Careful(Precautions precautions, Context ctx, Transport wire, Trip trip, boolean agreed, LastLook lastLook) {
        this.precautions = precautions;
        this.ctx = ctx;
        this.wire = wire;
        this.trip = trip;
        this.agreed = agreed;
        this.lastLook = lastLook;
    }

    /// @return the request as it is to be sent
    /// @throws Wires.Stopped where it is not
    Wires.Sent before(Wires.Sent request) {
        var prepared = prepared(request);
        lastLook.before(prepared);
        return prepared;
    }

    private Wires.Sent prepared(Wires.Sent request) {
        var verdict = precautions.judge(request);
        if (verdict.isPresent() && (verdict.get() instanceof Verdict.Deny || !agreed)) {
            throw new Wires.Stopped(verdict.get());
        }
        precautions.told(request).forEach(trip::precaution);
        var snapshot = precautions.first(request);
        if (snapshot.isEmpty()) {
            return request;
        }
        boolean bound = request.path().endsWith("/config") && request.params().has("digest");
        var was = bound ? config(request.path()) : Json.Obj.EMPTY;
        take(snapshot.get());
        return bound ? new Wires.Sent(request.verb(), request.path(), rebound(request, was)) : request;
    }

    /// Before a command goes into a guest by another way than PVE.
    void entering(Target guest) {
        precautions.entering(guest).ifPresent(this::take);
    }

    /// A snapshot becomes the parent of what follows, which changes the digest. Where nothing else has changed, the
    /// request may still be made.
    private Json.Obj rebound(Wires.Sent request, Json.Obj was) {
        var now = config(request.path());
        var others = Changes.between(was, now);
        others.removeAll(List.of("digest", "parent"));
        boolean wasMeant = request.params().get("digest").equals(was.get("digest"));
        return others.isEmpty() && wasMeant
                ? request.params().with("digest", now.get("digest").orElseThrow())
                : request.params();
    }

    private Json.Obj config(String path) {
        return ctx.pve().data(Verb.GET, path, Json.Obj.EMPTY) instanceof Json.Obj config ? config : Json.Obj.EMPTY;
    }

    /// Takes a snapshot, and waits for it.
    ///
    /// @throws Wires.Stopped where it was not taken
    private void take(Wires.Sent snapshot) {
        trip.sending(snapshot);
        var name = snapshot.params().text("snapname").orElse("");
        try {
            var started = ctx.pve().startedBy(wire.data(snapshot.verb(), snapshot.path(), snapshot.params()));
            started.ifPresent(task -> trip.started(task.id()));
            var report = started.map(task -> task.await(precautions.patience(), ctx));
            if (report.isPresent() && report.get() instanceof TaskReport.Going) {
                throw refused(
                        name, "it is not done after " + precautions.patience().toMinutes() + " minutes");
            }
        } catch (PveException e) {
            throw refused(name, Explain.fault(e.fault(), ctx.identity()).what());
        }
        precautions.took(snapshot);
        trip.precaution("the snapshot %s was taken first".formatted(name));
    }

    private static Wires.Stopped refused(String name, String why) {
        return new Wires.Stopped(
                new Verdict.Deny(
                        "policy.snapshot_first",
                        "the snapshot %s that is to be taken first was not taken: %s".formatted(name, why),
                        "make it possible (pve_guest_get shows where the disks are), or the owner exempts the guest by a rule"));
    }
}
