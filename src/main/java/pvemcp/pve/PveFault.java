package pvemcp.pve;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Every way a call to PVE can go wrong. A fault is recognised by its emitter's exact words; what is not
/// recognised is [Unexpected], never a guess.
public sealed interface PveFault {
    /// Nothing was done: no endpoint could be reached (name lookup, connection, TLS handshake), the node behind
    /// it could not (PVE's own 595), or a read that changes nothing got no whole answer in its time.
    record Unreachable(String endpoint, String why) implements PveFault {}

    /// Nothing was done: no cluster is configured, or this one not in a way that could be used. `remedy` is what its
    /// owner does about that.
    record NotConfigured(String why, String remedy) implements PveFault {}

    /// The certificate is not trusted. `fingerprint` is its SHA-256 (`AA:BB:…`), `why` what was wrong with it.
    record Untrusted(String endpoint, String fingerprint, String why) implements PveFault {}

    /// The endpoints that were configured as one cluster are not of one; nothing was sent to the one that is named.
    record OtherCluster(String endpoint, String why) implements PveFault {}

    /// 401: the token or ticket was refused; `why` is PVE's reason phrase.
    record Unauthorized(String endpoint, String why) implements PveFault {}

    /// 403. `path` and `privilege` are empty where PVE does not name them.
    record Forbidden(String path, String privilege, String message) implements PveFault {}

    /// The thing named is not there (PVE says so with a 500, PVE::Cluster, PVE::AbstractConfig).
    record Missing(String what, String message) implements PveFault {}

    /// What was named fits several things; `choices` are the names that say which one, such as `pve1/101`.
    record Ambiguity(String what, List<String> choices) implements PveFault {
        public Ambiguity {
            choices = List.copyOf(choices);
        }
    }

    /// 400: PVE refused the parameters. Keys are its parameter names, values its words.
    record Invalid(String message, Map<String, String> problems) implements PveFault {
        public Invalid {
            problems = Collections.unmodifiableMap(new LinkedHashMap<>(problems));
        }
    }

    /// The guest is locked, `by` for example `backup` (PVE::AbstractConfig::check_lock), or a lock was not had
    /// in time.
    record Locked(String what, String by, String message) implements PveFault {}

    /// Somebody else changed the configuration since it was read (digest mismatch).
    record Conflict(String message) implements PveFault {}

    /// The cluster has no quorum, so nothing can be written.
    record NoQuorum(String message) implements PveFault {}

    /// 501: this PVE has no such operation.
    record NotImplemented(String message) implements PveFault {}

    /// The task ended badly. `exit` is its exit status in PVE's words, `tail` the last lines of its log.
    record TaskFailed(Upid upid, String exit, List<String> tail) implements PveFault {
        public TaskFailed {
            tail = List.copyOf(tail);
        }
    }

    /// It cannot be known whether the task succeeded: its worker was killed, its node rebooted, or its log is gone.
    record TaskVanished(Upid upid, String why) implements PveFault {}

    /// The request left, but no usable answer came back in time: a write may or may not have been carried out.
    record Ambiguous(Verb verb, String path, String why) implements PveFault {}

    /// A write whose answer was lost was not carried out; `why` is what that was seen by.
    record NotDone(Verb verb, String path, String why) implements PveFault {}

    /// Something answered that is not PVE, or an answer beyond the limits.
    record NotPve(String endpoint, String why) implements PveFault {}

    /// A guest could not be entered, `way` being how it was tried: no agent, no route, a host key that is not known.
    record NoWayIn(String way, String why) implements PveFault {}

    /// Something asked of the inside of a guest was refused there, in the guest's own words; `what` was being done.
    record InGuest(String what, String message) implements PveFault {}

    /// The step of a longer work that failed, and why; what was `done` before it stays, and `left` says what to do
    /// about that.
    record Partly(String step, PveFault why, List<String> done, String left) implements PveFault {
        public Partly {
            done = List.copyOf(done);
        }
    }

    /// Any other refusal, in PVE's words.
    record Unexpected(int status, String message) implements PveFault {}
}
