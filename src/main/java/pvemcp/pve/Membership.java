package pvemcp.pve;

import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import pvemcp.json.Json;

/// Which cluster each of several endpoints is of: told apart by their authority, which all nodes of a cluster share
/// (`/etc/pve/pve-root-ca.pem`) and anybody who may log in may read, and where that is not told, by their nodes. Safe
/// for use by several threads.
final class Membership {
    /// Asked in this order, until one tells: `localhost` is the node that is asked (PVE::RESTEnvironment).
    static final List<String> QUESTIONS = List.of("/nodes/localhost/certificates/info", "/nodes");

    private final Map<Endpoints.Endpoint, Mark> marks = new LinkedHashMap<>(); // guarded by this

    /// What a cluster is known by; where both are empty it has not told.
    record Mark(String authority, Set<String> nodes) {
        static final Mark NONE = new Mark("", Set.of());

        /// @param data of the answer to one of [#QUESTIONS]
        static Mark of(Json data) {
            var nodes = new HashSet<String>();
            for (var row : data instanceof Json.Arr ? Fields.list(data) : List.<Fields>of()) {
                if (row.text("filename").equals("pve-root-ca.pem")) {
                    return new Mark(row.text("fingerprint"), Set.of());
                }
                row.maybe("node").ifPresent(nodes::add);
            }
            return new Mark("", nodes);
        }

        boolean isTold() {
            return !authority.isEmpty() || !nodes.isEmpty();
        }

        private boolean isOther(Mark other) {
            if (!authority.isEmpty() && !other.authority.isEmpty()) {
                return !authority.equals(other.authority);
            }
            return !nodes.isEmpty() && !other.nodes.isEmpty() && Collections.disjoint(nodes, other.nodes);
        }

        @Override
        public String toString() {
            return authority.isEmpty()
                    ? "has the nodes "
                            + String.join(", ", nodes.stream().sorted().toList())
                    : "has the authority " + authority.substring(0, Math.min(23, authority.length())) + "…";
        }
    }

    synchronized boolean knows(Endpoints.Endpoint endpoint) {
        return marks.containsKey(endpoint);
    }

    /// Takes an endpoint in.
    ///
    /// @return why it is not taken in: it is of another cluster than one before it
    synchronized Optional<PveFault> join(Endpoints.Endpoint endpoint, Mark mark) {
        for (var before : marks.entrySet()) {
            if (mark.isOther(before.getValue())) {
                var why = "%s %s, %s %s".formatted(before.getKey(), before.getValue(), endpoint, mark);
                return Optional.of(new PveFault.OtherCluster(endpoint.toString(), why));
            }
        }
        marks.put(endpoint, mark);
        return Optional.empty();
    }
}
