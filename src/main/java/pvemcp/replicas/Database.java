package pvemcp.replicas;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.postgresql.Driver;
import pvemcp.dispatch.SharedUnavailable;
import pvemcp.pve.Secret;

/// A few connections to PostgreSQL, made when they are needed, and transactions on them. The tables are made with
/// the first.
///
/// Everything ends within some seconds, whatever the server or the network does. Safe for use by several threads.
final class Database implements AutoCloseable {
    private static final int MOST_CONNECTIONS = 8;
    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final Duration SLOW = Duration.ofSeconds(1);
    private static final Duration PAUSE = Duration.ofSeconds(3);

    /// A transaction that holds others up longer than this is ended by the server: its process hangs.
    private static final String MANNERS = """
            SET synchronous_commit = on; SET statement_timeout = '5s'; SET lock_timeout = '5s';
            SET idle_in_transaction_session_timeout = '10s'; SET TIME ZONE 'UTC';
            SET default_transaction_isolation = 'read committed'""";

    private final Address address;
    private final Properties properties = new Properties();
    private final Semaphore places = new Semaphore(MOST_CONNECTIONS);
    private final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();

    /// A thread that waits for the server must not be interrupted: its socket would be closed.
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("pve-mcp-database-", 0).factory());

    /// While the server lets others wait rather than say no, one transaction in a while finds out whether it still
    /// does; the rest fail at once, so that reads, which only want to be noted, are not held up.
    private final AtomicBoolean slow = new AtomicBoolean();

    private final AtomicLong nextTry = new AtomicLong();

    private volatile boolean prepared;
    private volatile Optional<String> trouble = Optional.empty();
    private volatile boolean closed;

    /// What is done in one transaction; it may be done again from its beginning where nothing of it has come to
    /// be.
    interface Work<R> {
        R on(Connection connection) throws SQLException, IOException;
    }

    /// Connects to nothing yet.
    Database(Address address, String user, Optional<Secret> password) {
        this.address = address;
        properties.setProperty("user", user);
        password.ifPresent(secret -> properties.setProperty("password", secret.reveal()));
        properties.setProperty("ApplicationName", "pve-mcp");
        properties.setProperty("connectTimeout", "3");
        properties.setProperty("loginTimeout", "3");
        properties.setProperty("socketTimeout", "8");
        properties.setProperty("tcpKeepAlive", "true");
        // It is told to whoever asked; the driver's own words would stand on standard error besides.
        QUIET.setLevel(Level.OFF);
    }

    /// The JDK forgets a logger, and what was set, that nobody holds.
    private static final Logger QUIET = Logger.getLogger("org.postgresql");

    /// Where it is, for a sentence.
    String place() {
        return address.place();
    }

    /// What kept the last transaction from being made; empty where nothing did.
    Optional<String> trouble() {
        return trouble;
    }

    /// Does it in a transaction of its own. Also on a thread that was interrupted, as that of a cancelled call is.
    ///
    /// @throws SharedUnavailable where it may not have come to be
    <R> R transact(Work<R> work) throws IOException {
        if (closed) {
            throw new SharedUnavailable(words("this server is shutting down"), new IOException("closed"));
        }
        if (!mayTry()) {
            throw new SharedUnavailable(words("it does not answer"), new IOException("not asked again yet"));
        }
        long began = System.nanoTime();
        try {
            var result = waitFor(threads.submit(() -> committed(work)));
            trouble = Optional.empty();
            slow.set(false);
            return result;
        } catch (SQLException e) {
            // The rest is where in a statement, or a hint for who wrote it.
            var words = words(String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
            trouble = Optional.of(words);
            nextTry.set(System.nanoTime() + PAUSE.toNanos());
            slow.set(System.nanoTime() - began > SLOW.toNanos());
            throw new SharedUnavailable(words, e);
        }
    }

    private boolean mayTry() {
        long next = nextTry.get();
        long now = System.nanoTime();
        return !slow.get() || (now - next >= 0 && nextTry.compareAndSet(next, now + PAUSE.toNanos()));
    }

    private String words(String why) {
        return "%s cannot be used (%s)".formatted(place(), why);
    }

    private static <R> R waitFor(Future<R> result) throws SQLException, IOException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return result.get();
                } catch (InterruptedException _) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case SQLException sql -> throw sql;
                case IOException io -> throw io;
                case RuntimeException bug -> throw bug;
                default -> throw new IllegalStateException(e.getCause());
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private <R> R committed(Work<R> work) throws SQLException, IOException, InterruptedException {
        if (!places.tryAcquire(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new SQLException("all %d connections are busy".formatted(MOST_CONNECTIONS));
        }
        try {
            for (var connection = idle.poll(); connection != null; connection = idle.poll()) {
                try {
                    return committed(work, connection);
                } catch (Stale _) {
                    // The server was started anew, or cut it off: there is another, or one is made.
                }
            }
            return committed(work, connect());
        } finally {
            places.release();
        }
    }

    /// A connection was gone before anything came to be over it.
    private static final class Stale extends SQLException {
        private static final long serialVersionUID = 1;

        Stale(SQLException why) {
            super(why.getMessage(), why.getSQLState(), why);
        }
    }

    private <R> R committed(Work<R> work, Connection connection) throws SQLException, IOException {
        boolean committing = false;
        boolean whole = false;
        try {
            var result = work.on(connection);
            committing = true;
            connection.commit();
            whole = true;
            return result;
        } catch (SQLException e) {
            throw isGone(e) && !committing ? new Stale(e) : e;
        } finally {
            if (whole || rolledBack(connection)) {
                keep(connection);
            } else {
                discard(connection);
            }
        }
    }

    // SQLSTATE class 08: the connection; 57P01 to 57P05: ended by the server's owner, a crash, or as idle for too
    // long.
    private static boolean isGone(SQLException e) {
        var state = Optional.ofNullable(e.getSQLState()).orElse("");
        return state.startsWith("08") || state.startsWith("57P");
    }

    private static boolean rolledBack(Connection connection) {
        try {
            connection.rollback();
            return connection.isValid(1);
        } catch (SQLException _) {
            return false;
        }
    }

    private void keep(Connection connection) {
        if (closed) {
            discard(connection);
        } else {
            idle.push(connection);
        }
    }

    private static void discard(Connection connection) {
        try {
            connection.close();
        } catch (SQLException _) {
            // It is gone either way.
        }
    }

    private Connection connect() throws SQLException, IOException {
        var connection = new Driver().connect(address.jdbc(), properties);
        if (connection == null) {
            throw new SQLException("the driver does not know this kind of address");
        }
        try (var statement = connection.createStatement()) {
            statement.execute(MANNERS);
            connection.setAutoCommit(false);
            if (!prepared) {
                Tables.prepare(connection);
                prepared = true;
            }
            return connection;
        } catch (SQLException | IOException e) {
            discard(connection);
            throw e;
        }
    }

    @Override
    public void close() {
        closed = true;
        for (var connection = idle.poll(); connection != null; connection = idle.poll()) {
            discard(connection);
        }
        threads.close();
    }
}
