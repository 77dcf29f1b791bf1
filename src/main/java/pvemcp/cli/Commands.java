package pvemcp.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Ansi.Style;
import picocli.CommandLine.Help.ColorScheme;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;
import pvemcp.cli.Candidates.Candidate;
import pvemcp.config.ConfigException;
import pvemcp.view.Clean;

/// The command line: which commands there are, and what becomes of a line.
public final class Commands {
    /// As other programs spell it. What it means is [Console#coloured], which comes before everything else.
    private enum Colour {
        auto,
        always,
        never
    }

    private final Console console;
    private final List<Command> commands;
    private final CommandLine line;

    private final Host host;
    private final boolean prompt;

    /// For one command line.
    public Commands(Host host, Console console) {
        this(host, console, Optional.empty());
    }

    /// @param more at a prompt, takes the words that would show the next page of a list; empty elsewhere
    Commands(Host host, Console console, Optional<Consumer<List<String>>> more) {
        this.host = host;
        this.console = console;
        this.prompt = more.isPresent();
        this.commands = List.of(
                new ServeCommand(host, console),
                new DemoCommand(host, console),
                new SimCommand(host, console),
                new AliveCommand(host, console),
                new TokenCommand(host, console),
                new ToolsCommand(host, console),
                new CallCommand(host, console, more),
                new PromptCommand(host, console),
                new ResourceCommand(host, console),
                new PolicyCommand(host, console),
                new ApproveCommand(host, console),
                new FreezeCommand(host, console),
                new UnfreezeCommand(host, console),
                new SetupCommand(host, console),
                new DoctorCommand(host, console),
                new SmokeCommand(host, console),
                new ConfigCommand(host, console),
                new AuditCommand(host, console),
                new CompletionCommand(this, console),
                new CandidatesCommand(host, this, console),
                new DocsCommand(host, console));
        var root = CommandSpec.create()
                .name("pve-mcp")
                .version("pve-mcp " + host.about().version());
        root.usageMessage()
                .description("The MCP server for Proxmox VE, and its tools on the command line.")
                .synopsisSubcommandLabel("COMMAND")
                .footer(
                        "",
                        "A tool's name stands for 'call' with that name: pve-mcp guest list running",
                        "'help' before a command or a tool describes it: pve-mcp help guest list",
                        "Without a command it takes such lines from a prompt, and where its input is a pipe, it serves MCP.",
                        "",
                        "Exit status: 0 done, 1 failed, 2 wrong command line or configuration, 3 refused or not agreed to,",
                        "4 cluster not reachable, not trusted or not letting us in; 130 and 143 after a signal.");
        root.mixinStandardHelpOptions(true);
        root.addOption(OptionSpec.builder("--debug")
                .description("Show where in the program an unexpected error arose.")
                .scopeType(CommandLine.ScopeType.INHERIT)
                .build());
        root.addOption(OptionSpec.builder("--color")
                .type(Colour.class)
                .paramLabel("WHEN")
                .description(
                        "When to use colours: ${COMPLETION-CANDIDATES}; auto is on terminals, unless NO_COLOR is set.")
                .scopeType(CommandLine.ScopeType.INHERIT)
                .build());
        for (var command : commands) {
            var spec = command.spec();
            spec.mixinStandardHelpOptions(true);
            // A version belongs to the program.
            spec.remove(spec.findOption("--version"));
            root.addSubcommand(spec.name(), spec);
        }
        this.line = new CommandLine(root)
                .setOut(new PrintWriter(console.out(), true, UTF_8))
                .setErr(new PrintWriter(console.err(), true, UTF_8))
                .setUsageHelpWidth(helpWidth())
                .setColorScheme(new ColorScheme.Builder(console.colour() ? Ansi.ON : Ansi.OFF)
                        .commands(Style.bold)
                        .options(Style.bold)
                        .build())
                .registerConverter(int.class, whole(Integer::valueOf))
                .registerConverter(Integer.class, whole(Integer::valueOf))
                .registerConverter(long.class, whole(Long::valueOf))
                .registerConverter(Long.class, whole(Long::valueOf));
        // A tool's arguments may be anything, such as -1 or --timeout=2m: these sort them out themselves.
        for (var name : List.of("call", "policy", "__complete")) {
            line.getSubcommands().get(name).setUnmatchedOptionsArePositionalParams(true);
        }
    }

    /// As wide as the screen, between what is pleasant to read and what picocli can lay out.
    private int helpWidth() {
        int width = console.screen().width();
        return width == 0 ? 100 : Math.clamp(width, 55, 100);
    }

    private static <N> ITypeConverter<N> whole(Function<String, N> reading) {
        return text -> {
            try {
                return reading.apply(text);
            } catch (NumberFormatException _) {
                throw new TypeConversionException("'%s' is no whole number that fits".formatted(text));
            }
        };
    }

    /// Carries out one line.
    ///
    /// @return the exit status, see [Exit]
    public int run(List<String> args) {
        boolean debug = args.contains("--debug");
        try {
            return carryOut(parsed(args));
        } catch (ParameterException e) {
            problems(Misread.problems(e));
            var command = e.getCommandLine().getCommandSpec().qualifiedName();
            console.err().println("see: " + (prompt ? command.replaceFirst("^\\S+ ", "") : command) + " --help");
            return Exit.USAGE;
        } catch (UsageException e) {
            problems(e.problems());
            return Exit.USAGE;
        } catch (ConfigException e) {
            problems(e.problems());
            return Exit.USAGE;
        } catch (RuntimeException e) {
            console.err()
                    .println("pve-mcp: unexpected: %s%s"
                            .formatted(Clean.oneLine(e.toString()), debug ? "" : " (--debug shows where)"));
            if (debug) {
                console.err().print(Clean.trace(e));
            }
            return Exit.FAILED;
        }
    }

    /// At a prompt everybody knows who speaks.
    private void problems(List<String> problems) {
        if (prompt) {
            problems.forEach(console::tell);
        } else {
            Console.problems(
                    console.err(), problems.stream().map(Clean::oneLine).toList());
        }
    }

    /// A line taken apart; a [ParameterException] or a [UsageException] says what is wrong with it.
    ParseResult parsed(List<String> args) {
        return line.parseArgs(expanded(args).toArray(String[]::new));
    }

    private int carryOut(ParseResult parsed) {
        if (CommandLine.printHelpIfRequested(parsed)) {
            return Exit.OK;
        }
        ParseResult chosen = parsed.subcommand();
        if (chosen == null) {
            return converse();
        }
        for (var command : commands) {
            if (command.name().equals(chosen.commandSpec().name())) {
                return command.run(chosen);
            }
        }
        throw new IllegalStateException(chosen.commandSpec().name());
    }

    private int converse() {
        if (!console.terminal()) {
            line.usage(console.err());
            return Exit.USAGE;
        }
        var config = host.config();
        if (config.clusters().isEmpty()) {
            console.err()
                    .println(
                            "no cluster is configured: 'pve-mcp setup' connects one, 'pve-mcp demo' has a simulated one to try");
            return Exit.USAGE;
        }
        var clusters = config.clusters().stream()
                .map(cluster -> cluster.endpoints().getFirst().toString())
                .toList();
        console.out()
                .println("%s at %s: 'help' says what can be typed, 'exit' leaves"
                        .formatted(line.getCommandSpec().version()[0], String.join(", ", clusters)));
        try (var door = host.connected(config, false)) {
            Conversation.with(host, config, door, console).run();
            return Exit.OK;
        }
    }

    /// Those that are shown in the help, in its order.
    List<String> names() {
        return line.getSubcommands().entrySet().stream()
                .filter(entry ->
                        !entry.getValue().getCommandSpec().usageMessage().hidden())
                .map(Map.Entry::getKey)
                .toList();
    }

    /// Those that are shown, as what a line can begin with.
    List<Candidate> candidates() {
        return names().stream().map(name -> new Candidate(name, about(name))).toList();
    }

    /// What the last word of a line could become that begins with a command.
    List<Candidate> candidates(List<String> words) {
        return new OwnCandidates(line.getCommandSpec()).of(words);
    }

    /// What a command does.
    String about(String name) {
        return String.join(
                " ",
                line.getSubcommands().get(name).getCommandSpec().usageMessage().description());
    }

    /// A tool's name in the place of a command is a call of it. Where both have a name, the command has it. Options
    /// of the program itself may stand before either.
    private List<String> expanded(List<String> args) {
        int first = 0;
        while (first < args.size() && args.get(first).startsWith("-")) {
            first += args.get(first).equals("--color") ? 2 : 1;
        }
        if (first >= args.size()) {
            return args;
        }
        var own = args.subList(0, first);
        var words = args.subList(first, args.size());
        if (words.getFirst().equals("help")) {
            return joined(own, helped(words.subList(1, words.size())));
        }
        if (line.getSubcommands().containsKey(words.getFirst())) {
            return args;
        }
        if (ToolNames.find(words).isEmpty()) {
            throw new UsageException(
                    ToolNames.unknown(words, line.getSubcommands().keySet()));
        }
        return joined(own, joined(List.of("call"), words));
    }

    /// What shows the same as `help` with these words.
    private List<String> helped(List<String> words) {
        boolean command = words.isEmpty() || line.getSubcommands().containsKey(words.getFirst());
        return command ? joined(words, List.of("--help")) : joined(List.of("tools"), words);
    }

    private static List<String> joined(List<String> some, List<String> more) {
        return Stream.concat(some.stream(), more.stream()).toList();
    }
}
