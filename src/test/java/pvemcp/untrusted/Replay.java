package pvemcp.untrusted;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import pvemcp.json.Json;
import pvemcp.pve.ForwardingTransport;
import pvemcp.pve.PveException;
import pvemcp.pve.PveFault;
import pvemcp.pve.Transport;
import pvemcp.pve.Verb;
import pvemcp.schema.ApiSchema;

/// A cluster and the backup server beside it that are watched while a call is made, and then answer the same call
/// again in the same way, but for the text at one place. What is played again is not carried out.
final class Replay {
    private static final ApiSchema SCHEMA = ApiSchema.builtIn("9.2");

    /// What a registry and a web server say, which no simulated node asks.
    private static final Map<String, Json> ELSEWHERE = Map.of(
            "query-oci-repo-tags", Json.strings(List.of("latest", "3.22")),
            "query-url-metadata", Json.obj("filename", "x.iso", "mimetype", "application/x-iso", "size", 1));

    /// What the places of a backup server's answers begin with.
    static final String BACKUP_SERVER = "backup server: ";

    // Guarded by this: a call may ask several nodes at once.
    private final Map<String, List<Object>> answers = new HashMap<>();
    private final Map<String, Integer> given = new HashMap<>();
    private final Set<Place> places = new LinkedHashSet<>();
    private Optional<Place> place = Optional.empty();
    private Json other = Json.Null.NULL;
    private boolean plays;
    private int written;

    /// The way to the cluster.
    Transport ofCluster(Transport wire) {
        return new Way("", wire);
    }

    /// The way to the backup server.
    Transport ofBackupServer(Transport wire) {
        return new Way(BACKUP_SERVER, wire);
    }

    /// Passes everything on, and remembers it as the call that is played from now on.
    synchronized void watch() {
        plays = false;
        answers.clear();
        places.clear();
        written = 0;
    }

    /// Answers again, with this text at that place.
    synchronized void play(Place where, Json text) {
        plays = true;
        place = Optional.of(where);
        other = text;
        given.clear();
        written = 0;
    }

    /// Where texts stood in the answers that were watched.
    synchronized List<Place> places() {
        return List.copyOf(places);
    }

    /// How many requests did more than read.
    synchronized int written() {
        return written;
    }

    /// Tells its places from those of others by the words it is made with.
    private final class Way extends ForwardingTransport {
        private final String to;

        Way(String to, Transport wire) {
            super(wire);
            this.to = to;
        }

        @Override
        public Json.Obj send(Verb verb, String path, Json.Obj params) {
            var key = to + verb + " " + path + " " + params.write();
            var operation = to.isEmpty() ? Place.operation(SCHEMA, verb, path) : to + verb + " " + path;
            if (isPlayed(verb)) {
                return played(operation, key);
            }
            Object answer;
            try {
                var elsewhere = ELSEWHERE.get(path.substring(path.lastIndexOf('/') + 1));
                answer = elsewhere == null ? wire.send(verb, path, params) : Json.obj("data", elsewhere);
            } catch (PveException e) {
                answer = e;
            }
            keep(operation, key, answer);
            return given(answer);
        }
    }

    private synchronized boolean isPlayed(Verb verb) {
        written += verb == Verb.GET ? 0 : 1;
        return plays;
    }

    private synchronized void keep(String operation, String key, Object answer) {
        answers.computeIfAbsent(key, _ -> new ArrayList<>()).add(answer);
        Place.of(
                operation,
                answer instanceof Json.Obj body ? body.get("data").orElse(Json.Null.NULL) : Json.Null.NULL,
                places);
    }

    private synchronized Json.Obj played(String operation, String key) {
        var known = answers.get(key);
        boolean meant = place.isPresent() && place.get().operation().equals(operation);
        if (known == null || (meant && place.get().member().equals(Place.REFUSAL))) {
            throw new PveException(
                    new PveFault.Unexpected(500, meant ? other.scalarText().orElse("") : "nothing is known of it"));
        }
        int times = given.merge(key, 1, Integer::sum);
        var answer = given(known.get(Math.min(times, known.size()) - 1));
        return meant ? answer.with("data", place.get().in(answer.get("data").orElse(Json.Null.NULL), other)) : answer;
    }

    private static Json.Obj given(Object answer) {
        if (answer instanceof PveException refusal) {
            throw refusal;
        }
        return (Json.Obj) answer;
    }
}
