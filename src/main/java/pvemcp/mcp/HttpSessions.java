package pvemcp.mcp;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/// The sessions of the older revisions that are open over HTTP. Safe for several threads.
final class HttpSessions {
    /// A session costs a few KB; a client that forgets its own opens another.
    private static final int MOST = 1_000;

    /// Nobody has come back after that.
    static final Duration IDLE = Duration.ofMinutes(30);

    private final SecureRandom random = new SecureRandom();
    private final InstantSource clock;
    private final Map<String, HttpSession> open = new LinkedHashMap<>(); // guarded by this
    private boolean closed; // guarded by this
    private final AtomicInteger underWay = new AtomicInteger();

    HttpSessions(InstantSource clock) {
        this.clock = clock;
    }

    /// A new session, in the place of the one that is idle for longest where there are too many; empty where none is
    /// idle.
    Optional<HttpSession> open(Entrance.Visitor visitor) {
        Optional<HttpSession> displaced = Optional.empty();
        HttpSession session;
        synchronized (this) {
            if (closed) {
                return Optional.empty();
            }
            if (open.size() >= MOST) {
                displaced = open.values().stream()
                        .filter(known -> known.idleSince().isPresent())
                        .min(Comparator.comparing(known -> known.idleSince().orElse(Instant.MAX)));
                if (displaced.isEmpty()) {
                    return Optional.empty();
                }
                open.remove(displaced.get().id());
            }
            session = new HttpSession(newId(), visitor, this::run, clock.instant());
            open.put(session.id(), session);
        }
        displaced.ifPresent(HttpSession::close);
        return Optional.of(session);
    }

    private String newId() {
        var bytes = new byte[24];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /// The session with this id, if it is this visitor's: to another it does not exist, and neither to the same one
    /// after what they may do has changed.
    synchronized Optional<HttpSession> find(String id, Entrance.Visitor visitor) {
        return Optional.ofNullable(open.get(id))
                .filter(session -> session.visitor().equals(visitor));
    }

    /// Ends one session.
    void end(HttpSession session) {
        synchronized (this) {
            open.remove(session.id());
        }
        session.close();
    }

    /// Ends those that nobody has used for long.
    void endIdle() {
        var limit = clock.instant().minus(IDLE);
        for (var session : all()) {
            if (session.idleSince().filter(since -> since.isBefore(limit)).isPresent()) {
                end(session);
            }
        }
    }

    /// How many requests are under way in all of them, whether or not anybody waits for the answer.
    int underWay() {
        return underWay.get();
    }

    private void run(Runnable request) {
        underWay.incrementAndGet();
        Thread.startVirtualThread(() -> {
            try {
                request.run();
            } finally {
                underWay.decrementAndGet();
            }
        });
    }

    synchronized List<HttpSession> all() {
        return new ArrayList<>(open.values());
    }

    /// Opens no more.
    synchronized void close() {
        closed = true;
    }
}
