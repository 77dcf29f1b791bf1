package pvemcp.query;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import pvemcp.pve.BackupServer;
import pvemcp.pve.Transport;
import pvemcp.text.Nearest;

/// The cluster as SQL tables, for questions no list answers. Read only, and bounded in rows and time.
///
/// A query runs in an H2 database of its own, in memory, that holds only the tables it names, filled from the API as
/// they are now, and is thrown away with its answer. It runs as a user that may only SELECT from these tables: H2
/// keeps files, network, aliases and settings from such a user. Safe for use by several threads.
public final class Inventory {
    private static final Pattern WORD = Pattern.compile("[A-Za-z_]\\w*");
    private static final Pattern QUOTED = Pattern.compile("'(?:[^']|'')*'");
    private static final Pattern COMMENT = Pattern.compile("--[^\n]*|/\\*.*?\\*/", Pattern.DOTALL);
    private static final Pattern QUESTION =
            Pattern.compile("^\\(*\\s*(?:select|with|values)\\b", Pattern.CASE_INSENSITIVE);
    private static final Pattern ENDLESS = Pattern.compile(
            "\\b(repeat|space|[lr]pad|system_range|generate_series|randomblob|secure_rand|rand_uuid|file_read|file_write"
                    + "|csvread|csvwrite|link_schema)\"?\\s*\\(",
            Pattern.CASE_INSENSITIVE);
    /// The column that says which of several clusters a row is of.
    public static final String CLUSTER = "cluster";

    private static final AtomicLong DATABASES = new AtomicLong();

    private Inventory() {}

    /// @param rows at most the asked number of them, each value as text; a NULL is empty
    /// @param more whether there are further rows
    /// @param gaps what could not be read and is missing from the tables
    public record Answer(List<String> columns, List<List<Optional<String>>> rows, boolean more, List<String> gaps) {
        public Answer {
            columns = List.copyOf(columns);
            rows = List.copyOf(rows);
            gaps = List.copyOf(gaps);
        }
    }

    /// A table or column as who writes a query needs to know it.
    ///
    /// @param ofCluster whether it is about a cluster, and not about backup servers
    public record TableDoc(String name, String doc, boolean ofCluster, List<ColumnDoc> columns) {
        public TableDoc {
            columns = List.copyOf(columns);
        }
    }

    public record ColumnDoc(String name, String type, String doc) {}

    /// A query that could not be answered; the message says why and names what was probably meant.
    public static final class QueryException extends RuntimeException {
        QueryException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /// What can be asked about, for those who write a query.
    public static List<TableDoc> tables() {
        return Tables.ALL.values().stream()
                .map(table -> new TableDoc(
                        table.name(),
                        table.doc(),
                        table.ofCluster(),
                        table.columns().stream()
                                .map(column -> new ColumnDoc(column.name(), column.sqlType(), column.doc()))
                                .toList()))
                .toList();
    }

    /// The rows of one cluster, or of backup servers, for the tables that a query names.
    public static final class Extract {
        private final Map<Table<?>, List<? extends Record>> rows = new LinkedHashMap<>();
        private final List<String> gaps;

        private Extract(Source source, String sql, boolean ofCluster) {
            for (var table : named(sql)) {
                if (table.ofCluster() == ofCluster) {
                    rows.put(table, table.rows().apply(source));
                }
            }
            gaps = source.gaps();
        }
    }

    /// Answers one SELECT on one cluster.
    ///
    /// @param maxRows how many rows are wanted at most
    /// @param limit how long the database may work on it; reading the tables has the limits of the connection
    public static Answer query(Transport wire, String sql, int maxRows, Duration limit) {
        return query(Map.of("", extract(wire, sql)), extract(List.of(), sql), sql, maxRows, limit);
    }

    /// Reads what a query needs of one cluster.
    public static Extract extract(Transport wire, String sql) {
        refuse(sql);
        return new Extract(new Source(wire), sql, true);
    }

    /// Reads what a query needs of backup servers.
    public static Extract extract(List<BackupServer> servers, String sql) {
        refuse(sql);
        return new Extract(new Source(servers), sql, false);
    }

    /// Whether a query is about backup servers, at least in part.
    public static boolean isOfBackupServers(String sql) {
        return named(sql).stream().anyMatch(table -> !table.ofCluster());
    }

    /// Answers one SELECT on several clusters: each table of theirs then has a first column [#CLUSTER].
    ///
    /// @param clusters what was read for this query, by the name of the cluster; an empty name adds no column
    /// @param beside what was read for it of backup servers
    /// @param maxRows how many rows are wanted at most
    /// @param limit how long the database may work on it
    public static Answer query(Map<String, Extract> clusters, Extract beside, String sql, int maxRows, Duration limit) {
        refuse(sql);
        var gaps = new ArrayList<>(beside.gaps);
        clusters.forEach((cluster, extract) ->
                extract.gaps.forEach(gap -> gaps.add(cluster.isEmpty() ? gap : cluster + ": " + gap)));
        var url = "jdbc:h2:mem:inventory" + DATABASES.incrementAndGet();
        // The last connection closes the database; the owner's stays open around everything.
        try (var owner = DriverManager.getConnection(
                url + ";DATABASE_TO_LOWER=TRUE;CASE_INSENSITIVE_IDENTIFIERS=TRUE", "owner", "owner")) {
            try (var statement = owner.createStatement()) {
                statement.execute("CREATE USER reader PASSWORD 'reader'");
            }
            for (var table : named(sql)) {
                create(owner, table, table.ofCluster() && !clusters.containsKey(""));
                var parts = table.ofCluster() ? clusters : Map.of("", beside);
                for (var part : parts.entrySet()) {
                    fill(owner, table, part.getKey(), part.getValue().rows.get(table));
                }
            }
            try (var reader = DriverManager.getConnection(url, "reader", "reader")) {
                return select(reader, sql, maxRows, limit, gaps);
            }
        } catch (SQLException e) {
            throw explain(e);
        }
    }

    /// What the database's rights do not keep out: a second statement, anything but a question, and functions whose
    /// result can be made as long as one likes.
    private static void refuse(String sql) {
        var bare = QUOTED.matcher(COMMENT.matcher(sql).replaceAll(" "))
                .replaceAll("''")
                .strip();
        if (bare.replaceAll(";\\s*$", "").contains(";")) {
            throw new QueryException("one statement at a time; nothing was run", null);
        }
        if (!QUESTION.matcher(bare).find()) {
            throw new QueryException("only SELECT is answered here; nothing can be changed", null);
        }
        var endless = ENDLESS.matcher(bare);
        if (endless.find()) {
            throw new QueryException("%s() is not available here".formatted(endless.group(1)), null);
        }
    }

    /// The tables whose names stand anywhere in the query: rather one too many than one too few.
    private static List<Table<?>> named(String sql) {
        var words = new TreeSet<String>();
        WORD.matcher(sql).results().forEach(word -> words.add(word.group().toLowerCase(Locale.ROOT)));
        return Tables.ALL.values().stream()
                .filter(table -> words.contains(table.name()))
                .<Table<?>>map(table -> table)
                .toList();
    }

    private static void create(Connection owner, Table<?> table, boolean several) throws SQLException {
        var columns = new ArrayList<String>();
        if (several) {
            columns.add(CLUSTER + " VARCHAR");
        }
        table.columns().forEach(column -> columns.add(column.name() + " " + column.sqlType()));
        try (var statement = owner.createStatement()) {
            statement.execute("CREATE TABLE %s (%s)".formatted(table.name(), String.join(", ", columns)));
            statement.execute("GRANT SELECT ON %s TO reader".formatted(table.name()));
        }
    }

    /// @param cluster which the rows are of; empty where that is not asked
    private static void fill(Connection owner, Table<?> table, String cluster, List<? extends Record> rows)
            throws SQLException {
        var columns = table.columns();
        int shift = cluster.isEmpty() ? 0 : 1;
        var marks = String.join(", ", Collections.nCopies(columns.size() + shift, "?"));
        try (var insert = owner.prepareStatement("INSERT INTO %s VALUES (%s)".formatted(table.name(), marks))) {
            for (var row : rows) {
                if (shift > 0) {
                    insert.setObject(1, cluster);
                }
                for (int i = 0; i < columns.size(); i++) {
                    insert.setObject(i + 1 + shift, columns.get(i).of(row));
                }
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    private static Answer select(Connection reader, String sql, int maxRows, Duration limit, List<String> gaps)
            throws SQLException {
        reader.setReadOnly(true);
        try (var statement = prepare(reader, sql)) {
            statement.setMaxRows(maxRows + 1);
            statement.setQueryTimeout((int) Math.max(1, limit.toSeconds()));
            try (var results = statement.executeQuery()) {
                return answer(results, maxRows, gaps);
            }
        }
    }

    private static PreparedStatement prepare(Connection reader, String sql) throws SQLException {
        var statement = reader.prepareStatement(sql.strip().replaceAll(";\\s*$", ""));
        if (statement.getMetaData() == null) {
            statement.close();
            throw new QueryException("only SELECT is answered here; nothing can be changed", null);
        }
        return statement;
    }

    private static Answer answer(ResultSet results, int maxRows, List<String> gaps) throws SQLException {
        var meta = results.getMetaData();
        var columns = new ArrayList<String>();
        for (int i = 1; i <= meta.getColumnCount(); i++) {
            columns.add(meta.getColumnLabel(i));
        }
        var rows = new ArrayList<List<Optional<String>>>();
        while (results.next()) {
            if (rows.size() == maxRows) {
                return new Answer(columns, rows, true, gaps);
            }
            var row = new ArrayList<Optional<String>>();
            for (int i = 1; i <= columns.size(); i++) {
                row.add(Optional.ofNullable(
                        results.getObject(i) instanceof BigDecimal number
                                ? number.stripTrailingZeros().toPlainString()
                                : results.getString(i)));
            }
            rows.add(List.copyOf(row));
        }
        return new Answer(columns, rows, false, gaps);
    }

    /// The database's reason, with the nearest table or column where a name was not known.
    private static QueryException explain(SQLException e) {
        var message = e.getMessage() == null ? e.toString() : e.getMessage();
        // H2 appends the statement and its error number; the caller has the statement already.
        int statement = message.indexOf("; SQL statement:");
        var reason = statement < 0 ? message : message.substring(0, statement);
        var unknown = Pattern.compile("(Column|Table) \"([^\"]+)\"").matcher(reason);
        if (unknown.find()) {
            var names = unknown.group(1).equals("Table") ? Tables.ALL.keySet() : columns(message);
            // A table is filled when a query needs it, so H2 has none where it does not know the name.
            reason = reason.replace(" (this database is empty)", "");
            var wanted = unknown.group(2).toLowerCase(Locale.ROOT);
            wanted = wanted.substring(wanted.lastIndexOf('.') + 1);
            // A column that is there may be named too, as not grouped by.
            var near = names.contains(wanted) ? Optional.<String>empty() : Nearest.to(wanted, names);
            if (near.isPresent()) {
                reason += "; did you mean '%s'?".formatted(near.get());
            }
        }
        if (reason.contains("Timeout") || reason.contains("canceled")) {
            reason = "the query took too long; narrow it down with WHERE";
        }
        return new QueryException(reason, e);
    }

    /// Those of the tables that the statement names; of all where it names none.
    private static Set<String> columns(String statement) {
        var words = List.of(statement.toLowerCase(Locale.ROOT).split("\\W+", -1));
        var named = Tables.ALL.keySet().stream().filter(words::contains).toList();
        var names = new TreeSet<String>();
        names.add(CLUSTER);
        (named.isEmpty() ? Tables.ALL.keySet() : named)
                .forEach(table -> Tables.ALL.get(table).columns().forEach(column -> names.add(column.name())));
        return names;
    }
}
