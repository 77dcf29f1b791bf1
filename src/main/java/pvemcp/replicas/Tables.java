package pvemcp.replicas;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/// What the database is made of. Each version adds a step, and a database is brought from wherever it stands to
/// the newest by whichever server comes first.
final class Tables {
    /// The steps, the first leading to version 1.
    private static final List<String> STEPS = List.of("""
            CREATE TABLE pve_mcp.line (
                seq bigint PRIMARY KEY,
                event text NOT NULL,
                begin bigint NOT NULL,
                text text NOT NULL);
            CREATE INDEX line_begun ON pve_mcp.line (seq) WHERE event = 'begin';
            CREATE INDEX line_ended ON pve_mcp.line (begin) WHERE event = 'end' AND begin > 0;
            CREATE TABLE pve_mcp.head (
                one boolean PRIMARY KEY DEFAULT true CHECK (one),
                seq bigint NOT NULL,
                hash text NOT NULL,
                seal text NOT NULL,
                unsigned integer NOT NULL,
                since timestamptz NOT NULL);
            INSERT INTO pve_mcp.head (seq, hash, seal, unsigned, since) VALUES (0, repeat('0', 64), '', 0, now());
            CREATE TABLE pve_mcp.mark (
                what text PRIMARY KEY,
                mark text NOT NULL,
                until timestamptz NOT NULL);
            CREATE INDEX mark_until ON pve_mcp.mark (until);
            CREATE TABLE pve_mcp.heeded (
                what text PRIMARY KEY,
                until timestamptz NOT NULL);
            CREATE TABLE pve_mcp.done (
                id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                principal text NOT NULL,
                at timestamptz NOT NULL,
                tier text NOT NULL,
                guests text[] NOT NULL);
            CREATE INDEX done_of ON pve_mcp.done (principal, at);
            CREATE TABLE pve_mcp.note (
                board text NOT NULL,
                name text NOT NULL,
                text text NOT NULL,
                at timestamptz NOT NULL,
                PRIMARY KEY (board, name));
            CREATE TABLE pve_mcp.replica (
                name text PRIMARY KEY,
                seen timestamptz NOT NULL);
            """);

    /// Of the advisory lock under which the tables are made; any number that nobody else takes.
    private static final long LOCK = 0x7076_652d_6d63_7000L;

    private Tables() {}

    /// Makes or completes the tables, once, whoever else is about to.
    static void prepare(Connection connection) throws SQLException, IOException {
        try (var statement = connection.createStatement()) {
            requireUtf8(connection);
            statement.execute("SELECT pg_advisory_xact_lock(%d)".formatted(LOCK));
            int version = version(connection);
            if (version > STEPS.size()) {
                throw new IOException("its tables are of a newer pve-mcp (version %d; this one knows %d)"
                        .formatted(version, STEPS.size()));
            }
            if (version == 0) {
                statement.execute("CREATE SCHEMA IF NOT EXISTS pve_mcp");
                statement.execute("CREATE TABLE pve_mcp.version (version integer NOT NULL)");
                statement.execute("INSERT INTO pve_mcp.version VALUES (0)");
            }
            for (int next = version; next < STEPS.size(); next++) {
                statement.execute(STEPS.get(next));
                statement.execute("UPDATE pve_mcp.version SET version = " + (next + 1));
            }
            connection.commit();
        }
    }

    private static void requireUtf8(Connection connection) throws SQLException, IOException {
        try (var statement = connection.createStatement();
                var row = statement.executeQuery("SHOW server_encoding")) {
            row.next();
            if (!row.getString(1).equals("UTF8")) {
                throw new IOException("its encoding is %s, which does not hold all that is written down: make it UTF8"
                        .formatted(row.getString(1)));
            }
        }
    }

    private static int version(Connection connection) throws SQLException {
        try (var statement = connection.createStatement()) {
            try (var there = statement.executeQuery("SELECT to_regclass('pve_mcp.version') IS NOT NULL")) {
                there.next();
                if (!there.getBoolean(1)) {
                    return 0;
                }
            }
            try (var row = statement.executeQuery("SELECT version FROM pve_mcp.version")) {
                row.next();
                return row.getInt(1);
            }
        }
    }
}
