package pvemcp.mcp;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;

/// A session of the older revisions over HTTP: the client's [Session], and the streams it may come back to after a
/// connection has broken. Safe for several threads.
final class HttpSession {
    /// The stream that belongs to no request.
    static final String COMMON = "0";

    /// So many streams of requests can be taken up again; the oldest goes first.
    private static final int MOST_STREAMS = 8;

    private final String id;
    private final Entrance.Visitor visitor;
    private final Mailbox common = new Mailbox(false);
    private final Session session;

    // Guarded by this.
    private final Map<String, Mailbox> streams = new LinkedHashMap<>();
    private int named;
    private int connections;
    private Instant used;

    /// @param executor runs the requests that take time
    HttpSession(String id, Entrance.Visitor visitor, Executor executor, Instant now) {
        this.id = id;
        this.visitor = visitor;
        this.session = visitor.server().open(visitor.principal(), common, executor);
        this.used = now;
    }

    String id() {
        return id;
    }

    Entrance.Visitor visitor() {
        return visitor;
    }

    Session session() {
        return session;
    }

    /// Makes the answer to a request a stream that can be taken up again.
    ///
    /// @return its name
    synchronized String keep(Mailbox stream) {
        var name = Integer.toString(++named);
        streams.put(name, stream);
        if (streams.size() > MOST_STREAMS) {
            streams.remove(streams.keySet().iterator().next());
        }
        return name;
    }

    /// The stream of that name; empty where there is none, or not any more.
    synchronized Optional<Mailbox> stream(String name) {
        return name.equals(COMMON) ? Optional.of(common) : Optional.ofNullable(streams.get(name));
    }

    synchronized void connected() {
        connections++;
    }

    synchronized void disconnected(Instant now) {
        connections--;
        used = now;
    }

    /// Since when nobody is connected and nothing is under way; empty where that is not so.
    synchronized Optional<Instant> idleSince() {
        return connections > 0 || session.busy() ? Optional.empty() : Optional.of(used);
    }

    void close() {
        session.close();
        common.over();
    }
}
