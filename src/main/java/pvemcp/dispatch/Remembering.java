package pvemcp.dispatch;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Supplier;
import pvemcp.audit.Journal;
import pvemcp.json.Json;
import pvemcp.pve.ForwardingTransport;
import pvemcp.pve.PveException;
import pvemcp.pve.Transport;
import pvemcp.pve.Upload;
import pvemcp.pve.Verb;
import pvemcp.schema.ApiSchema;
import pvemcp.tool.Secrets;

/// The wire of a call that writes, which looks at what each request is about to replace, and once more when the call
/// is over. The audit log keeps what is different, so that it can be taken back.
///
/// Looking is a courtesy: where it does not work out, the call goes on without.
final class Remembering extends ForwardingTransport {
    /// What is larger is not kept: rule sets of thousands of lines.
    private static final int LARGEST = 64 << 10;

    private final Supplier<ApiSchema> schema;
    private final Journal log;
    private final Redactor redactor;
    private final long intent;
    private final List<Seen> seen = new ArrayList<>();
    private int requests;
    private boolean secret;

    /// A part, as it was before a request that changes it left.
    record Seen(Part part, Json.Obj was) {}

    private Optional<Seen> last = Optional.empty();

    Remembering(Transport wire, Supplier<ApiSchema> schema, Journal log, Redactor redactor, long intent) {
        super(redactor.watching(wire));
        this.redactor = redactor;
        this.schema = schema;
        this.log = log;
        this.intent = intent;
    }

    @Override
    public Json.Obj send(Verb verb, String path, Json.Obj params) {
        if (verb != Verb.GET) {
            requests++;
            secret |= !Secrets.masked(path, params).equals(params);
            look(verb, path);
        }
        return wire.send(verb, path, params);
    }

    private void look(Verb verb, String path) {
        last = Optional.empty();
        var part = Part.of(verb, path, schema.get());
        if (part.isEmpty()) {
            return;
        }
        var was = state(part.get());
        if (was.isPresent()) {
            last = Optional.of(new Seen(part.get(), was.get()));
            seen.add(last.get());
            // Before the request leaves: a process that dies with it leaves behind what there was.
            log.note(redactor.scrub(Json.obj(
                    "event", "prior",
                    "begin", intent,
                    "kind", part.get().kind(),
                    "path", part.get().path(),
                    "was", was.get())));
        }
    }

    /// What the last request that was sent was about to replace; empty where that is not known.
    Optional<Seen> replaced() {
        return last;
    }

    private Optional<Json.Obj> state(Part part) {
        try {
            var state = part.look(wire, schema.get());
            return state.write().length() > LARGEST ? Optional.empty() : Optional.of(state);
        } catch (PveException _) {
            return Optional.empty();
        }
    }

    /// What is there now; unknown to a call whose caller has taken it back, and which reads nothing more.
    private Optional<Json.Obj> left(Part part) {
        try {
            return state(part);
        } catch (CancellationException _) {
            return Optional.empty();
        }
    }

    /// What the audit log keeps of it, or why nothing can be taken back.
    Json.Obj kept() {
        if (secret) {
            return none("it set something secret, which is kept nowhere");
        }
        if (seen.size() < requests) {
            return none("PVE has no request that takes it back");
        }
        if (seen.stream().map(Seen::part).distinct().count() != 1) {
            return none("its %d requests changed several things".formatted(requests));
        }
        var part = seen.getFirst().part();
        var was = seen.getFirst().was();
        var now = left(part);
        if (now.isEmpty()) {
            return none("what it led to could not be read");
        }
        var changed = Changes.between(was, now.get());
        return Json.obj(
                "kind", part.kind(),
                "path", part.path(),
                "was", Changes.only(was, changed),
                "now", Changes.only(now.get(), changed));
    }

    static Json.Obj none(String why) {
        return Json.obj("none", why);
    }

    @Override
    public Json.Obj upload(String path, Json.Obj params, Upload file) {
        requests++;
        return wire.upload(path, params, file);
    }
}
