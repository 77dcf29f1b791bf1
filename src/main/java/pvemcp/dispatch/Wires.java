package pvemcp.dispatch;

import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import pvemcp.gate.Verdict;
import pvemcp.json.Json;
import pvemcp.json.JsonException;
import pvemcp.pve.Received;
import pvemcp.pve.Transport;
import pvemcp.pve.Tunnel;
import pvemcp.pve.Upid;
import pvemcp.pve.Upload;
import pvemcp.pve.Verb;
import pvemcp.schema.ApiSchema;
import pvemcp.schema.Danger;
import pvemcp.tool.Arguments;
import pvemcp.tool.Operations;
import pvemcp.tool.Secrets;

/// The two ways a call that may write speaks to a cluster: rehearsing, and in earnest. A call that reads has
/// [pvemcp.pve.ReadOnly].
final class Wires {
    private Wires() {}

    /// Lets reads through and stops at the first write, which it throws as [Rehearsed] once it is judged and its
    /// arguments are checked.
    static Transport rehearsing(Transport wire, Supplier<ApiSchema> schema, Guard guard) {
        return new Rehearsing(wire, schema, guard);
    }

    /// Sends writes as well, each judged, checked and noted in `trip` before it leaves; one that may not leave is
    /// thrown as [Stopped].
    ///
    /// @param careful what is seen to before a request leaves
    /// @param agreed whether somebody has said yes to the call
    static Transport writing(
            Transport wire,
            Supplier<ApiSchema> schema,
            Guard guard,
            Freeze freeze,
            Careful careful,
            boolean agreed,
            Trip trip) {
        return new Writing(wire, schema, guard, freeze, careful, agreed, trip);
    }

    private record Rehearsing(Transport wire, Supplier<ApiSchema> schema, Guard guard) implements Transport {
        @Override
        public Json.Obj send(Verb verb, String path, Json.Obj params) {
            if (verb == Verb.GET && onlyReads(schema.get(), path, params)) {
                return wire.send(verb, path, params);
            }
            throw rehearsed(verb, path, params);
        }

        @Override
        public Json.Obj upload(String path, Json.Obj params, Upload file) {
            throw rehearsed(Verb.POST, path, withName(params, file));
        }

        @Override
        public Received download(String path, Json.Obj params, OutputStream to, LongConsumer received) {
            throw rehearsed(Verb.GET, path, params);
        }

        @Override
        public Tunnel tunnel(String path, Json.Obj params) {
            throw rehearsed(Verb.GET, path, params);
        }

        private Rehearsed rehearsed(Verb verb, String path, Json.Obj params) {
            var judged = guard.judge(verb, path, params);
            if (!(judged.verdict() instanceof Verdict.Deny)) {
                Arguments.check(schema.get(), verb, path, judged.params());
            }
            return new Rehearsed(new Sent(verb, path, judged.params()), judged.verdict());
        }
    }

    private record Writing(
            Transport wire,
            Supplier<ApiSchema> schema,
            Guard guard,
            Freeze freeze,
            Careful careful,
            boolean agreed,
            Trip trip)
            implements Transport {
        @Override
        public Json.Obj send(Verb verb, String path, Json.Obj params) {
            if (verb == Verb.GET && onlyReads(schema.get(), path, params)) {
                return wire.send(verb, path, params);
            }
            var let = let(verb, path, params);
            if (verb == Verb.GET) {
                return noted(wire.send(verb, path, let.params()), Optional.empty());
            }
            trip.sending(let);
            return noted(wire.send(verb, path, let.params()), Optional.of(let));
        }

        @Override
        public Json.Obj upload(String path, Json.Obj params, Upload file) {
            var let = let(Verb.POST, path, withName(params, file));
            trip.sending(let);
            return noted(wire.upload(path, params, file), Optional.of(let));
        }

        @Override
        public Received download(String path, Json.Obj params, OutputStream to, LongConsumer received) {
            trip.sending(let(Verb.GET, path, params));
            return wire.download(path, params, to, received);
        }

        @Override
        public Tunnel tunnel(String path, Json.Obj params) {
            trip.sending(let(Verb.GET, path, params));
            return wire.tunnel(path, params);
        }

        /// The request as it may leave.
        private Sent let(Verb verb, String path, Json.Obj params) {
            Explain.frozenNow(freeze).ifPresent(deny -> {
                throw new Stopped(deny);
            });
            var judged = guard.judge(verb, path, params);
            boolean may = switch (judged.verdict()) {
                case Verdict.Allow _ -> true;
                case Verdict.Hold _ -> agreed;
                case Verdict.Deny _ -> false;
            };
            if (!may) {
                throw new Stopped(judged.verdict());
            }
            Arguments.check(schema.get(), verb, path, judged.params());
            return careful.before(new Sent(verb, path, judged.params()));
        }

        private Json.Obj noted(Json.Obj answer, Optional<Sent> write) {
            answer.text("data")
                    .flatMap(Upid::tryParse)
                    .ifPresentOrElse(trip::started, () -> write.ifPresent(trip::carriedOut));
            return answer;
        }
    }

    /// A request did not leave, because of this verdict.
    static final class Stopped extends RuntimeException {
        private final transient Verdict verdict;

        Stopped(Verdict verdict) {
            super(verdict.rule(), null, false, false);
            this.verdict = verdict;
        }

        Verdict verdict() {
            return verdict;
        }
    }

    /// The file's name is a parameter like the others, though it travels in the body.
    private static Json.Obj withName(Json.Obj params, Upload file) {
        return params.with("filename", file.name());
    }

    /// Some GETs act, dial out or hand out secrets: they are not for a rehearsal.
    private static boolean onlyReads(ApiSchema schema, String path, Json.Obj params) {
        return Operations.match(schema, Verb.GET, path)
                .map(match -> schema.danger(match.operation(), params) == Danger.READ)
                .orElse(true);
    }

    /// A request that changes something.
    record Sent(Verb verb, String path, Json.Obj params) {
        /// The request of a line as [Wires#lines] writes them; empty for what is none. Without its parameters where
        /// words stand in their place.
        static Optional<Sent> shownAs(String line) {
            var words = line.split(" ", 3);
            for (var verb : Verb.values()) {
                if (words.length > 1 && verb.name().equals(words[0])) {
                    return Optional.of(new Sent(verb, words[1], words.length > 2 ? params(words[2]) : Json.Obj.EMPTY));
                }
            }
            return Optional.empty();
        }

        private static Json.Obj params(String text) {
            try {
                return Json.parse(text) instanceof Json.Obj params ? params : Json.Obj.EMPTY;
            } catch (JsonException _) {
                return Json.Obj.EMPTY;
            }
        }

        @Override
        public String toString() {
            return verb + " " + path;
        }
    }

    /// How a rehearsal ends: at its first write, or its first command in a guest.
    static final class Rehearsed extends RuntimeException {
        private final transient List<String> lines;
        private final transient Optional<Verdict> verdict;

        Rehearsed(Sent request, Verdict verdict) {
            this(Wires.lines(List.of(request)), Optional.of(verdict));
        }

        Rehearsed(String command) {
            this(List.of(command), Optional.empty());
        }

        private Rehearsed(List<String> lines, Optional<Verdict> verdict) {
            super(String.join(", ", lines), null, false, false);
            this.lines = lines;
            this.verdict = verdict;
        }

        /// What policy says of the request; empty for a command in a guest, which is judged with its call.
        Optional<Verdict> verdict() {
            return verdict;
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
            var params = Secrets.masked(request.path(), request.params());
            lines.add(params.isEmpty() ? request.toString() : request + " " + params.write());
        }
        return lines;
    }
}
