package pvemcp.replicas;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import pvemcp.gate.Commons;
import pvemcp.tool.Tier;

/// Budgets, used tickets and what is to be heeded, in tables. What was done is timed by the database's clock, so
/// that those of the servers need not agree about an hour; ends are told as so long from now.
final class Budgets implements Commons {
    /// Longer than any ticket is good for, also where clocks differ.
    private static final Duration SHORTEST_MARK = Duration.ofHours(1);

    private final Database database;
    private final byte[] key;
    private final Clock clock;

    /// @param key 32 secret bytes
    Budgets(Database database, byte[] key, Clock clock) {
        this.database = database;
        this.key = key.clone();
        this.clock = clock;
    }

    @Override
    public byte[] key() {
        return key.clone();
    }

    @Override
    public <R> Optional<R> count(String principal, Instant since, Done call, Function<List<Done>, Optional<R>> judge)
            throws IOException {
        var span = Duration.between(since, call.at());
        return database.transact(connection -> {
            lock(connection, principal);
            forget(connection, principal, span);
            var against = judge.apply(done(connection, principal));
            if (against.isEmpty()) {
                put(connection, principal, call);
            }
            return against;
        });
    }

    /// Of two that come at once, the second sees the first.
    private static void lock(Connection connection, String principal) throws SQLException {
        try (var lock = connection.prepareStatement("SELECT pg_advisory_xact_lock(hashtextextended(?, 1))")) {
            lock.setString(1, "pve-mcp budget of " + principal);
            lock.execute();
        }
    }

    private static void forget(Connection connection, String principal, Duration span) throws SQLException {
        try (var old = connection.prepareStatement(
                "DELETE FROM pve_mcp.done WHERE principal = ? AND at <= clock_timestamp() - ? * interval '1 second'")) {
            old.setString(1, principal);
            old.setDouble(2, seconds(span));
            old.executeUpdate();
        }
    }

    private static List<Done> done(Connection connection, String principal) throws SQLException {
        try (var counted = connection.prepareStatement(
                "SELECT at, tier, guests FROM pve_mcp.done WHERE principal = ? ORDER BY at")) {
            counted.setString(1, principal);
            var before = new ArrayList<Done>();
            try (var rows = counted.executeQuery()) {
                while (rows.next()) {
                    var guests = (String[]) rows.getArray(3).getArray();
                    before.add(new Done(
                            rows.getObject(1, OffsetDateTime.class).toInstant(),
                            Tier.valueOf(rows.getString(2)),
                            Set.of(guests)));
                }
            }
            return before;
        }
    }

    private static void put(Connection connection, String principal, Done call) throws SQLException {
        try (var more = connection.prepareStatement(
                "INSERT INTO pve_mcp.done (principal, at, tier, guests) VALUES (?, clock_timestamp(), ?, ?)")) {
            more.setString(1, principal);
            more.setString(2, call.tier().name());
            more.setArray(3, connection.createArrayOf("text", call.guests().toArray()));
            more.executeUpdate();
        }
    }

    @Override
    public Optional<String> mark(String what, String mark, Instant until) throws IOException {
        var asked = Duration.between(clock.instant(), until);
        var span = asked.compareTo(SHORTEST_MARK) < 0 ? SHORTEST_MARK : asked;
        return database.transact(connection -> {
            try (var old = connection.prepareStatement("DELETE FROM pve_mcp.mark WHERE until < now()")) {
                old.executeUpdate();
            }
            try (var mine = connection.prepareStatement("""
                    INSERT INTO pve_mcp.mark (what, mark, until) VALUES (?, ?, now() + ? * interval '1 second')
                    ON CONFLICT DO NOTHING""")) {
                mine.setString(1, what);
                mine.setString(2, mark);
                mine.setDouble(3, seconds(span));
                if (mine.executeUpdate() == 1) {
                    return Optional.empty();
                }
            }
            // A snapshot of its own (READ COMMITTED), so it sees what the insert has met.
            try (var first = connection.prepareStatement("SELECT mark FROM pve_mcp.mark WHERE what = ?")) {
                first.setString(1, what);
                try (var row = first.executeQuery()) {
                    return Optional.of(row.next() ? row.getString(1) : mark);
                }
            }
        });
    }

    @Override
    public void hold(String what, Instant until) throws IOException {
        var span = Duration.between(clock.instant(), until);
        database.transact(connection -> {
            try (var old = connection.prepareStatement("DELETE FROM pve_mcp.heeded WHERE until < now()")) {
                old.executeUpdate();
            }
            try (var put = connection.prepareStatement("""
                    INSERT INTO pve_mcp.heeded (what, until) VALUES (?, now() + ? * interval '1 second')
                    ON CONFLICT (what) DO UPDATE SET until = greatest(heeded.until, excluded.until)""")) {
                put.setString(1, what);
                put.setDouble(2, seconds(span));
                return put.executeUpdate();
            }
        });
    }

    @Override
    public boolean holds(String what) throws IOException {
        return database.transact(connection -> {
            try (var there =
                    connection.prepareStatement("SELECT 1 FROM pve_mcp.heeded WHERE what = ? AND until > now()")) {
                there.setString(1, what);
                try (var row = there.executeQuery()) {
                    return row.next();
                }
            }
        });
    }

    private static double seconds(Duration span) {
        return span.toMillis() / 1000.0;
    }
}
