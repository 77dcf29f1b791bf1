package pvemcp.dispatch;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import pvemcp.json.Json;
import pvemcp.pve.Fields;
import pvemcp.pve.PveException;
import pvemcp.pve.PveFault;
import pvemcp.pve.Transport;
import pvemcp.pve.Verb;
import pvemcp.schema.ApiSchema;
import pvemcp.schema.Danger;
import pvemcp.tool.Operations;
import pvemcp.tool.Secrets;

/// Compares what a request asked for with how things are now. Only reads; for one thread.
final class StateTrace {
    enum State {
        AS_WANTED,
        /// Nothing has changed since the request was sent.
        AS_BEFORE,
        /// Something has changed, and it is not what was asked for.
        OTHERWISE,
        /// Nothing that can be read tells.
        UNKNOWN
    }

    private static final Set<String> HOW = Set.of("digest", "force", "lock-token");

    private final Transport wire;
    private final ApiSchema schema;

    StateTrace(Transport wire, ApiSchema schema) {
        this.wire = wire;
        this.schema = schema;
    }

    /// @param before how it was before the request was sent, where that was looked at
    State look(Wires.Sent request, Optional<Remembering.Seen> before) {
        if (before.isPresent()) {
            var part = before.get().part();
            var was = before.get().was();
            var now = part.look(wire, schema);
            if (part.shows(request.verb(), request.path(), request.params(), was, now)) {
                return State.AS_WANTED;
            }
            return was.equals(now) ? State.AS_BEFORE : State.OTHERWISE;
        }
        boolean secret = !Secrets.masked(request.path(), request.params()).equals(request.params());
        return switch (request.verb()) {
            case DELETE -> gone(request.path());
            case POST -> secret ? State.UNKNOWN : made(request);
            case PUT, GET -> State.UNKNOWN; // How it was before is not known.
        };
    }

    private State gone(String path) {
        var id = Operations.match(schema, Verb.DELETE, path)
                .map(match -> match.variables().lastEntry().getValue());
        var rows = rows(path.substring(0, path.lastIndexOf('/')));
        if (id.isEmpty() || rows.isEmpty()) {
            return State.UNKNOWN;
        }
        // A list may know it by another name: `vm:101` where 101 was asked for.
        return named(rows.get(), id.get()).isPresent() || answers(path) ? State.AS_BEFORE : State.AS_WANTED;
    }

    private boolean answers(String path) {
        return returns(path, "object")
                && read(path).filter(Json.Obj.class::isInstance).isPresent();
    }

    /// What is made in a list stands there afterwards, with what was said of it.
    private State made(Wires.Sent request) {
        var child = Operations.match(schema, Verb.GET, request.path() + "/x");
        var id = child.flatMap(
                match -> request.params().text(match.variables().lastEntry().getKey()));
        var rows = rows(request.path());
        if (id.isEmpty() || rows.isEmpty()) {
            return State.UNKNOWN;
        }
        var row = named(rows.get(), id.get());
        if (row.isEmpty()) {
            return State.AS_BEFORE;
        }
        for (var param : request.params().members().entrySet()) {
            var there = row.get().text(param.getKey());
            boolean other = there.isPresent() && !there.equals(param.getValue().scalarText());
            if (other && !HOW.contains(param.getKey())) {
                return State.OTHERWISE;
            }
        }
        return State.AS_WANTED;
    }

    /// Empty where this is no list that may be read.
    private Optional<List<Json.Obj>> rows(String path) {
        return returns(path, "array")
                ? read(path)
                        .map(list ->
                                Fields.list(list).stream().map(Fields::rest).toList())
                : Optional.empty();
    }

    private boolean returns(String path, String type) {
        var match = Operations.match(schema, Verb.GET, path);
        return match.isPresent()
                && schema.danger(match.get().operation(), Json.Obj.EMPTY) == Danger.READ
                && match.get()
                        .operation()
                        .facts()
                        .object("returns")
                        .flatMap(returns -> returns.text("type"))
                        .filter(type::equals)
                        .isPresent();
    }

    /// Empty where PVE does not give it to us.
    private Optional<Json> read(String path) {
        try {
            return Optional.of(wire.data(Verb.GET, path, Json.Obj.EMPTY));
        } catch (PveException e) {
            if (e.fault() instanceof PveFault.Unreachable) {
                throw e;
            }
            return Optional.empty();
        }
    }

    private static Optional<Json.Obj> named(List<Json.Obj> rows, String id) {
        return rows.stream()
                .filter(row -> row.members().values().stream()
                        .anyMatch(value -> value.scalarText().equals(Optional.of(id))))
                .findFirst();
    }
}
