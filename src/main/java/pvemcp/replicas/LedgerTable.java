package pvemcp.replicas;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import pvemcp.audit.Chain;

/// The ledger's lines in a table, and how far it has come in a row, which whoever adds to them locks.
final class LedgerTable implements Chain {
    private static final String LINE = "SELECT seq, event, begin, text FROM pve_mcp.line ";

    private final Database database;
    private final Pulse pulse;

    LedgerTable(Database database, Pulse pulse) {
        this.database = database;
        this.pulse = pulse;
    }

    @Override
    public void extend(boolean durable, Extension extension) throws IOException {
        database.transact(connection -> {
            if (!durable) {
                // It outlives this process, which is all that was asked for.
                try (var soon = connection.createStatement()) {
                    soon.execute("SET LOCAL synchronous_commit = off");
                }
            }
            var end = end(connection, "FOR UPDATE");
            var growth = extension.after(end, () -> last(connection));
            put(connection, growth.lines());
            put(connection, growth.end());
            return growth;
        });
    }

    private static void put(Connection connection, List<Line> lines) throws SQLException {
        try (var put =
                connection.prepareStatement("INSERT INTO pve_mcp.line (seq, event, begin, text) VALUES (?, ?, ?, ?)")) {
            for (var line : lines) {
                put.setLong(1, line.seq());
                put.setString(2, line.event());
                put.setLong(3, line.begin());
                put.setString(4, line.text());
                put.addBatch();
            }
            put.executeBatch();
        }
    }

    private static void put(Connection connection, End end) throws SQLException {
        try (var put = connection.prepareStatement(
                "UPDATE pve_mcp.head SET seq = ?, hash = ?, seal = ?, unsigned = ?, since = ?")) {
            put.setLong(1, end.seq());
            put.setString(2, end.hash());
            put.setString(3, end.seal());
            put.setInt(4, end.unsigned());
            put.setObject(5, OffsetDateTime.ofInstant(end.since(), ZoneOffset.UTC));
            put.executeUpdate();
        }
    }

    @Override
    public End end() throws IOException {
        return database.transact(connection -> end(connection, ""));
    }

    private static End end(Connection connection, String locking) throws SQLException, IOException {
        try (var head = connection.prepareStatement(
                        "SELECT seq, hash, seal, unsigned, since FROM pve_mcp.head " + locking);
                var row = head.executeQuery()) {
            if (!row.next()) {
                throw new IOException("the row that tells how far the ledger has come is gone");
            }
            return new End(
                    row.getLong(1),
                    row.getString(2),
                    row.getString(3),
                    row.getInt(4),
                    row.getObject(5, OffsetDateTime.class).toInstant());
        }
    }

    private static Optional<Line> last(Connection connection) throws IOException {
        try (var last = connection.prepareStatement(LINE + "ORDER BY seq DESC LIMIT 1")) {
            return lines(last).stream().findFirst();
        } catch (SQLException e) {
            throw new IOException(e);
        }
    }

    @Override
    public List<Line> after(long seq, int most) throws IOException {
        return page(LINE + "WHERE seq > ? ORDER BY seq LIMIT ?", seq, most);
    }

    @Override
    public List<Line> before(long seq, int most) throws IOException {
        return page(LINE + "WHERE seq < ? ORDER BY seq DESC LIMIT ?", seq, most);
    }

    private List<Line> page(String query, long seq, int most) throws IOException {
        return database.transact(connection -> {
            try (var page = connection.prepareStatement(query)) {
                page.setLong(1, seq);
                page.setInt(2, most);
                return lines(page);
            }
        });
    }

    private static List<Line> lines(PreparedStatement query) throws SQLException {
        try (ResultSet rows = query.executeQuery()) {
            var lines = new ArrayList<Line>();
            while (rows.next()) {
                lines.add(new Line(rows.getLong(1), rows.getString(2), rows.getLong(3), rows.getString(4)));
            }
            return lines;
        }
    }

    @Override
    public long lately(int fewest, int most) throws IOException {
        return database.transact(connection -> {
            long end = end(connection, "").seq();
            try (var oldest = connection.prepareStatement("""
                    SELECT min(seq) FROM pve_mcp.line AS begun WHERE event = 'begin' AND seq > ?
                    AND NOT EXISTS (SELECT FROM pve_mcp.line AS ended
                        WHERE ended.event = 'end' AND ended.begin > 0 AND ended.begin = begun.seq)""")) {
                oldest.setLong(1, end - most);
                try (var row = oldest.executeQuery()) {
                    row.next();
                    long open = row.getLong(1);
                    return Math.max(0, row.wasNull() ? end - fewest : Math.min(open - 1, end - fewest));
                }
            }
        });
    }

    @Override
    public String writer() throws IOException {
        return pulse.begun();
    }

    @Override
    public boolean lives(String writer) throws IOException {
        return pulse.isFelt(writer);
    }

    @Override
    public String place() {
        return database.place();
    }
}
