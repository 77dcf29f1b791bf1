package pvemcp.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.postgresql.Driver;

/// A real PostgreSQL of the machine's own installation, in a temporary folder and on a loopback port, for all
/// tests of a run. Where none is installed, tests that want one are skipped.
public final class Postgres implements AutoCloseable {
    private static final String USER = "pve-mcp";

    private final Path bin;
    private final Path folder;
    private final int port;
    private final AtomicInteger databases = new AtomicInteger();
    private Process server;

    private Postgres(Path bin) throws IOException {
        this.bin = bin;
        this.folder = Files.createTempDirectory("pve-mcp-postgres");
        this.port = Ports.free();
        if (asOther()) {
            Files.setOwner(
                    folder,
                    folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(other()));
        }
        var made = run("initdb", "-D", data(), "-A", "trust", "-U", USER, "-E", "UTF8", "--locale=C", "--no-sync");
        if (await(made, 120) != 0) {
            throw new IOException("initdb: " + Files.readString(folder.resolve("initdb.log")));
        }
        start();
    }

    /// Gives the one of this run to tests that have it as a parameter.
    public static final class Here implements ExecutionCondition, ParameterResolver {
        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            return installed().isPresent()
                    ? ConditionEvaluationResult.enabled("PostgreSQL is installed")
                    : ConditionEvaluationResult.disabled(
                            "no PostgreSQL (initdb and postgres) is installed on this machine");
        }

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == Postgres.class;
        }

        @Override
        public Postgres resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return context.getRoot()
                    .getStore(Namespace.create(Postgres.class))
                    .computeIfAbsent(Postgres.class, _ -> started(installed().orElseThrow()), Postgres.class);
        }

        private static Postgres started(Path bin) {
            try {
                return new Postgres(bin);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /// The newest of the usual places, and what is on the path.
    private static Optional<Path> installed() {
        var places = new ArrayList<Path>();
        for (var parent : List.of("/usr/lib/postgresql", "/usr/local/pgsql", "/opt/homebrew/opt", "/usr/pgsql")) {
            try (Stream<Path> versions = Files.list(Path.of(parent))) {
                versions.sorted(Comparator.reverseOrder())
                        .map(version -> version.resolve("bin"))
                        .forEach(places::add);
            } catch (IOException _) {
                // Not a place here.
            }
        }
        for (var place : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
            places.add(Path.of(place));
        }
        return places.stream()
                .filter(place ->
                        Files.isExecutable(place.resolve("initdb")) && Files.isExecutable(place.resolve("postgres")))
                .findFirst();
    }

    // PostgreSQL refuses to run as root.
    private static boolean asOther() {
        return System.getProperty("user.name").equals("root");
    }

    private String other() {
        try {
            folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("postgres");
            return "postgres";
        } catch (IOException _) {
            return "nobody";
        }
    }

    private String data() {
        return folder.resolve("data").toString();
    }

    private Process run(String program, String... arguments) throws IOException {
        var line = new ArrayList<String>();
        if (asOther()) {
            line.addAll(List.of("setpriv", "--reuid=" + other(), "--clear-groups", "--inh-caps=-all"));
        }
        line.add(bin.resolve(program).toString());
        line.addAll(List.of(arguments));
        return new ProcessBuilder(line)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve(program + ".log").toFile()))
                .start();
    }

    private static int await(Process process, int seconds) throws IOException {
        try {
            if (process.waitFor(seconds, TimeUnit.SECONDS)) {
                return process.exitValue();
            }
            throw new IOException("it takes longer than %d s".formatted(seconds));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    /// Starts the server, after [#stop] again, and comes back once it answers.
    public void start() throws IOException {
        server = run(
                "postgres",
                "-D",
                data(),
                "-p",
                Integer.toString(port),
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "unix_socket_directories=",
                "-c",
                "fsync=off",
                "-c",
                "max_connections=60");
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (true) {
            try (var connection = connect("postgres")) {
                if (connection.isValid(20)) {
                    return;
                }
            } catch (SQLException e) {
                if (System.nanoTime() > end || !server.isAlive()) {
                    throw new IOException(Files.readString(folder.resolve("postgres.log")), e);
                }
            }
            pause();
        }
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(10);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    /// Takes the server away at once, and with it all connections.
    public void stop() throws IOException {
        // SIGQUIT: without waiting for anybody (PostgreSQL, "Shutting Down the Server").
        var signal = new ProcessBuilder("kill", "-QUIT", Long.toString(server.pid())).start();
        await(signal, 60);
        await(server, 60);
    }

    /// A new, empty database.
    ///
    /// @return its address, `postgresql://…`
    public String database() {
        var name = "shared" + databases.incrementAndGet();
        try (var connection = connect("postgres");
                var statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
            return "postgresql://127.0.0.1:%d/%s".formatted(port, name);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    /// Who may do anything in it, without a password.
    public String user() {
        return USER;
    }

    /// Changes something in a database behind everybody's back, and tells how many rows.
    public int tamper(String database, String sql) {
        try (var connection = connect(database.substring(database.lastIndexOf('/') + 1));
                var statement = connection.createStatement()) {
            return statement.executeUpdate(sql);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private Connection connect(String name) throws SQLException {
        var properties = new Properties();
        properties.setProperty("user", USER);
        properties.setProperty("connectTimeout", "20");
        return new Driver().connect("jdbc:postgresql://127.0.0.1:%d/%s".formatted(port, name), properties);
    }

    @Override
    public void close() throws IOException {
        if (server.isAlive()) {
            stop();
        }
        Folders.delete(folder);
    }
}
