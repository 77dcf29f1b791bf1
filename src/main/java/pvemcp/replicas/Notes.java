package pvemcp.replicas;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import pvemcp.dispatch.Board;

/// One of several boards of small texts, in a table.
final class Notes implements Board {
    private final Database database;
    private final String board;
    private final byte[] key;
    private final Clock clock;

    /// @param board its name
    /// @param key 32 secret bytes
    Notes(Database database, String board, byte[] key, Clock clock) {
        this.database = database;
        this.board = board;
        this.key = key.clone();
        this.clock = clock;
    }

    @Override
    public byte[] key() {
        return key.clone();
    }

    @Override
    public void put(String name, String text) throws IOException {
        database.transact(connection -> {
            try (var put = connection.prepareStatement("""
                    INSERT INTO pve_mcp.note (board, name, text, at) VALUES (?, ?, ?, now())
                    ON CONFLICT (board, name) DO UPDATE SET text = excluded.text, at = excluded.at""")) {
                put.setString(1, board);
                put.setString(2, name);
                put.setString(3, text);
                return put.executeUpdate();
            }
        });
    }

    @Override
    public Optional<String> get(String name) throws IOException {
        return database.transact(connection -> {
            try (var get = connection.prepareStatement("SELECT text FROM pve_mcp.note WHERE board = ? AND name = ?")) {
                get.setString(1, board);
                get.setString(2, name);
                try (var row = get.executeQuery()) {
                    return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
                }
            }
        });
    }

    @Override
    public boolean rename(String name, String other) throws IOException {
        return database.transact(connection -> {
            try (var rename =
                    connection.prepareStatement("UPDATE pve_mcp.note SET name = ? WHERE board = ? AND name = ?")) {
                rename.setString(1, other);
                rename.setString(2, board);
                rename.setString(3, name);
                return rename.executeUpdate() == 1;
            }
        });
    }

    /// @return whether there was any
    boolean remove(String name) throws IOException {
        return database.transact(connection -> {
            try (var remove = connection.prepareStatement("DELETE FROM pve_mcp.note WHERE board = ? AND name = ?")) {
                remove.setString(1, board);
                remove.setString(2, name);
                return remove.executeUpdate() == 1;
            }
        });
    }

    @Override
    public List<String> names() throws IOException {
        return database.transact(connection -> {
            try (var all = connection.prepareStatement("SELECT name FROM pve_mcp.note WHERE board = ? ORDER BY name")) {
                all.setString(1, board);
                var names = new ArrayList<String>();
                try (var rows = all.executeQuery()) {
                    while (rows.next()) {
                        names.add(rows.getString(1));
                    }
                }
                return names;
            }
        });
    }

    @Override
    public void forget(Instant before) throws IOException {
        var age = Duration.between(before, clock.instant());
        database.transact(connection -> {
            try (var old = connection.prepareStatement(
                    "DELETE FROM pve_mcp.note WHERE board = ? AND at < now() - ? * interval '1 second'")) {
                old.setString(1, board);
                old.setDouble(2, age.toMillis() / 1000.0);
                return old.executeUpdate();
            }
        });
    }

    @Override
    public String place() {
        return database.place();
    }
}
