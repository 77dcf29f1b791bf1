package pvemcp;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Clock;
import java.util.List;
import pvemcp.cli.Commands;
import pvemcp.cli.Console;
import pvemcp.cli.Door;
import pvemcp.cli.Exit;
import pvemcp.cli.Outlet;
import pvemcp.config.Config;
import pvemcp.config.ConfigException;
import pvemcp.config.Surroundings;
import pvemcp.log.Log;
import pvemcp.mcp.Emits;
import pvemcp.mcp.McpServer;
import pvemcp.mcp.Stdio;
import pvemcp.tool.Definitions;

/// Where the big pieces meet. A server over stdio is told apart from the commands here, before anything of the
/// terminal's is loaded: a client waits for it.
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        var arguments = List.of(args);
        var surroundings = Surroundings.ofProcess();
        int status;
        if (servesAtOnce(arguments) || (mayServe(arguments) && !Console.atTerminal())) {
            status = serve(arguments, Stdio.ofProcess(), System.err, surroundings);
        } else {
            status = command(arguments, surroundings);
        }
        System.exit(status);
    }

    /// An answer that did not get where it was to go is no success.
    private static int command(List<String> args, Surroundings surroundings) {
        var out = new Outlet(new FileOutputStream(FileDescriptor.out));
        int status = command(args, Console.ofProcess(surroundings.env(), out), surroundings);
        if (status != Exit.OK || out.lost().isEmpty()) {
            return status;
        }
        System.err.println(
                "pve-mcp: the answer could not be written: " + out.lost().get());
        return Exit.FAILED;
    }

    /// The same with other streams and another environment.
    ///
    /// @return the exit status, see [Exit]
    static int run(List<String> args, Console console, Surroundings surroundings) {
        if (servesAtOnce(args) || (mayServe(args) && !console.terminal())) {
            return serve(args, Stdio.over(console.in(), console.out()), console.err(), surroundings);
        }
        return command(args, console, surroundings);
    }

    private static boolean servesAtOnce(List<String> args) {
        return args.equals(List.of("serve")) || args.equals(List.of("serve", "--read-only"));
    }

    /// What is a server on a pipe and something else on a terminal.
    private static boolean mayServe(List<String> args) {
        return args.isEmpty() || demoClusters(args) > 0;
    }

    /// How many clusters a demo has that is started this way; 0 where a command has to say what is wrong.
    private static int demoClusters(List<String> args) {
        if (args.isEmpty() || !args.getFirst().equals("demo")) {
            return 0;
        }
        return switch (String.join("=", args.subList(1, args.size()))) {
            case "", "--clusters=1" -> 1;
            case "--clusters=2" -> 2;
            default -> 0;
        };
    }

    private static int serve(List<String> args, Stdio stdio, PrintStream err, Surroundings surroundings) {
        readAhead();
        int demo = demoClusters(args);
        var assembly = Assembly.forClient(surroundings, Clock.systemUTC(), err);
        Config config;
        try {
            config = demo > 0 ? Config.defaults(surroundings) : assembly.config();
        } catch (ConfigException e) {
            Console.problems(err, e.problems());
            return Exit.USAGE;
        }
        var log = assembly.log(config);
        config.notices().forEach(notice -> log.tell(Log.Level.WARN, "notice", notice));
        // On SIGTERM or SIGINT running requests are told to stop; the JVM then ends with 143 or 130, as is the
        // custom.
        Runtime.getRuntime().addShutdownHook(new Thread(stdio::close, "pve-mcp-end"));
        try (var door = demo > 0 ? assembly.demo(demo) : assembly.connected(config, args.contains("--read-only"))) {
            if (log.tells(Log.Level.INFO)) {
                log.tell(Log.Level.INFO, "serving", served(config, door));
            }
            stdio.serve(new McpServer(door.dispatcher(), assembly.about(), Emits.TOOLS, log));
            return Exit.OK;
        } catch (IOException e) {
            log.tell(Log.Level.ERROR, "client", e.getMessage());
            return Exit.FAILED;
        }
    }

    /// The tools' definitions, some 60 KB, are read beside the rest.
    private static void readAhead() {
        var thread = new Thread(() -> Definitions.shipped().of(""), "pve-mcp-definitions");
        thread.setDaemon(true);
        thread.start();
    }

    private static String served(Config config, Door door) {
        var clusters = config.clusters().stream()
                .map(cluster -> cluster.name() + " at " + cluster.endpoints())
                .toList();
        return "serving %d tools for %s"
                .formatted(
                        door.dispatcher().tools().size(),
                        clusters.isEmpty() ? "no configured cluster" : String.join(", ", clusters));
    }

    private static int command(List<String> args, Console console, Surroundings surroundings) {
        boolean serves = !args.isEmpty() && args.getFirst().equals("serve");
        var assembly = serves
                ? Assembly.forClient(surroundings, Clock.systemUTC(), console.err())
                : Assembly.forTerminal(surroundings, Clock.systemUTC(), console.err(), console::readSecret);
        return new Commands(assembly, console.coloured(args)).run(args);
    }
}
