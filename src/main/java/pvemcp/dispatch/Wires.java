package pvemcp.dispatch;

import java.io.OutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import pvemcp.json.Json;
import pvemcp.pve.PveException;
import pvemcp.pve.PveFault;
import pvemcp.pve.Received;
import pvemcp.pve.Transport;
import pvemcp.pve.Upid;
import pvemcp.pve.Upload;
import pvemcp.pve.Verb;
import pvemcp.schema.ApiSchema;
import pvemcp.schema.Danger;

/// The two ways a call that may write speaks to a cluster: rehearsing, and in earnest. A call that reads has
/// [pvemcp.pve.ReadOnly].
final class Wires {
    private Wires() {}

    /// Lets reads through and stops at the first write, which it throws as [Rehearsed] once its arguments are
    /// checked.
    static Transport rehearsing(Transport wire, Supplier<ApiSchema> schema) {
        return new Rehearsing(wire, schema);
    }

    /// Sends writes as well, each checked first and noted in `sent` before it leaves.
    static Transport writing(Transport wire, Supplier<ApiSchema> schema, Trip trip) {
        return new Writing(wire, schema, trip);
    }

    private record Rehearsing(Transport wire, Supplier<ApiSchema> schema) implements Transport {
        @Override
        public Json.Obj send(Verb verb, String path, Json.Obj params) {
            if (verb == Verb.GET && onlyReads(schema.get(), path, params)) {
                return wire.send(verb, path, params);
            }
            check(schema.get(), verb, path, params);
            throw new Rehearsed(new Sent(verb, path, params));
        }

        @Override
        public Json.Obj upload(String path, Json.Obj params, Upload file) {
            throw new Rehearsed(checked(schema.get(), path, params, file));
        }

        @Override
        public Received download(String path, Json.Obj params, OutputStream to, LongConsumer received) {
            check(schema.get(), Verb.GET, path, params);
            throw new Rehearsed(new Sent(Verb.GET, path, params));
        }
    }

    private record Writing(Transport wire, Supplier<ApiSchema> schema, Trip trip) implements Transport {
        @Override
        public Json.Obj send(Verb verb, String path, Json.Obj params) {
            if (verb == Verb.GET) {
                return wire.send(verb, path, params);
            }
            check(schema.get(), verb, path, params);
            trip.sending(new Sent(verb, path, params));
            return noted(wire.send(verb, path, params));
        }

        @Override
        public Json.Obj upload(String path, Json.Obj params, Upload file) {
            trip.sending(checked(schema.get(), path, params, file));
            return noted(wire.upload(path, params, file));
        }

        @Override
        public Received download(String path, Json.Obj params, OutputStream to, LongConsumer received) {
            check(schema.get(), Verb.GET, path, params);
            trip.sending(new Sent(Verb.GET, path, params));
            return wire.download(path, params, to, received);
        }

        private Json.Obj noted(Json.Obj answer) {
            answer.text("data").flatMap(Upid::tryParse).ifPresent(trip::started);
            return answer;
        }
    }

    /// The file's name is a parameter like the others, though it travels in the body.
    private static Sent checked(ApiSchema schema, String path, Json.Obj params, Upload file) {
        var all = params.with("filename", file.name());
        check(schema, Verb.POST, path, all);
        return new Sent(Verb.POST, path, all);
    }

    /// Some GETs act, dial out or hand out secrets: they are not for a rehearsal.
    private static boolean onlyReads(ApiSchema schema, String path, Json.Obj params) {
        return schema.match(pvemcp.schema.Verb.GET, path)
                .map(match -> schema.danger(match.operation(), params) == Danger.READ)
                .orElse(true);
    }

    /// PVE would refuse these arguments one or some at a time; its schema tells all of them before anything is sent.
    private static void check(ApiSchema schema, Verb verb, String path, Json.Obj params) {
        var match = schema.match(pvemcp.schema.Verb.valueOf(verb.name()), path);
        if (match.isEmpty()) {
            return; // A live cluster may know more than the built-in schema; it will say so itself.
        }
        var arguments = new LinkedHashMap<String, Json>();
        match.get().variables().forEach((name, value) -> arguments.put(name, Json.str(value)));
        params.members().forEach((name, value) -> {
            if (value != Json.Null.NULL) {
                // As it will be in the form that is sent.
                arguments.put(name, value instanceof Json.Bool(var flag) ? Json.str(flag ? "1" : "0") : value);
            }
        });
        var problems = schema.check(match.get().operation(), new Json.Obj(arguments));
        if (!problems.isEmpty()) {
            var words = new LinkedHashMap<String, String>();
            for (var problem : problems) {
                var nearest = problem.nearest()
                        .map(" (did you mean '%s'?)"::formatted)
                        .orElse("");
                words.merge(problem.parameter(), problem.message() + nearest, (a, b) -> a + "; " + b);
            }
            throw new PveException(new PveFault.Invalid("Parameter verification failed.", words));
        }
    }

    /// A request that changes something.
    record Sent(Verb verb, String path, Json.Obj params) {
        @Override
        public String toString() {
            return verb + " " + path;
        }
    }

    /// How a rehearsal ends: at its first write, or its first command in a guest.
    static final class Rehearsed extends RuntimeException {
        private final transient List<String> lines;

        Rehearsed(Sent request) {
            this(Wires.lines(List.of(request)));
        }

        Rehearsed(String command) {
            this(List.of(command));
        }

        private Rehearsed(List<String> lines) {
            super(String.join(", ", lines), null, false, false);
            this.lines = lines;
        }

        /// What would have been sent, without what is secret.
        List<String> lines() {
            return lines;
        }
    }

    /// `POST /nodes/pve1/qemu {vmid=120, memory=2048}`, without what is secret.
    static List<String> lines(List<Sent> requests) {
        var lines = new ArrayList<String>();
        for (var request : requests) {
            var params = Secrets.masked(request.params());
            lines.add(params.isEmpty() ? request.toString() : request + " " + params.write());
        }
        return lines;
    }
}
