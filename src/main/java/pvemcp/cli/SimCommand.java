package pvemcp.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;
import pvemcp.text.Nearest;

/// `pve-mcp sim`: the simulated cluster for others to use.
final class SimCommand implements Command {
    private static final List<String> SCENARIOS = List.of("homelab", "fleet", "troubled");

    private final Host host;
    private final Console console;

    SimCommand(Host host, Console console) {
        this.host = host;
        this.console = console;
    }

    @Override
    public String name() {
        return "sim";
    }

    @Override
    public CommandSpec spec() {
        var spec = Command.spec(
                name(), "Run a simulated Proxmox VE on a port of this machine, for any client of its API.");
        spec.addOption(Command.option(
                "--port", int.class, "PORT", "8006", "Where it listens, without it 8006; 0 for any free port."));
        spec.addOption(OptionSpec.builder("--backup-port")
                .type(Integer.class)
                .paramLabel("PORT")
                .description("Run a Proxmox Backup Server beside it that listens there; 0 for any free port.")
                .build());
        spec.addOption(
                Command.choice(
                        "--scenario",
                        "NAME",
                        SCENARIOS,
                        "homelab",
                        "What is on it: homelab (one node; so it is without this), fleet (many) or troubled (all that goes wrong)."));
        spec.addOption(Command.option(
                "--nodes", int.class, "N", "8", "How many nodes a fleet has, at most 32; without it 8."));
        spec.addOption(Command.option(
                "--guests", int.class, "N", "500", "How many guests a fleet has, at most 10000; without it 500."));
        spec.addOption(
                Command.option("--seed", long.class, "N", "1", "The same seed makes the same cluster; without it 1."));
        spec.addOption(Command.option(
                "--speed", double.class, "X", "1", "How much faster than ours its time runs; without it 1."));
        spec.addOption(Command.option(
                "--state",
                String.class,
                "FILE",
                "",
                "Go on from what is in this file, and leave it there at the end."));
        spec.addOption(Command.flag("--strict", "Fail where a reply is not as Proxmox VE's schema declares it."));
        return spec;
    }

    @Override
    public int run(ParseResult parsed) {
        var file = Optional.of(parsed.matchedOptionValue("--state", ""))
                .filter(path -> !path.isEmpty())
                .map(path -> new StateFile(host.surroundings().resolve(path)));
        var request = new SimRequest(
                parsed.matchedOptionValue("--port", 8006),
                Optional.ofNullable(parsed.matchedOptionValue("--backup-port", (Integer) null)),
                parsed.matchedOptionValue("--scenario", "homelab"),
                parsed.matchedOptionValue("--nodes", 8),
                parsed.matchedOptionValue("--guests", 500),
                parsed.matchedOptionValue("--seed", 1L),
                parsed.matchedOptionValue("--speed", 1.0),
                file.map(StateFile::read),
                Command.has(parsed, "--strict") ? Optional.of(this::say) : Optional.empty());
        check(request);
        var sim = start(request, file);
        var ending = new Ending(sim, file);
        // On SIGTERM or SIGINT; the JVM then ends with 143 or 130, as is the custom.
        Runtime.getRuntime().addShutdownHook(new Thread(ending::end, "pve-mcp-end"));
        tell(sim);
        untilASignal();
        return ending.end() ? Exit.OK : Exit.FAILED;
    }

    private Simulation start(SimRequest request, Optional<StateFile> file) {
        try {
            var sim = host.simulate(request);
            request.state()
                    .filter(state -> !state.isEmpty())
                    .ifPresent(_ -> say("it goes on from %s: what a new cluster would be like is of no account"
                            .formatted(file.orElseThrow().path())));
            return sim;
        } catch (UncheckedIOException e) {
            var ports = request.backupPort()
                    .map(port -> "%d or %d".formatted(request.port(), port))
                    .orElse(Integer.toString(request.port()));
            throw new UsageException("the simulator cannot listen on port %s (%s): 0 takes a free one"
                    .formatted(ports, e.getCause().getMessage()));
        } catch (IllegalArgumentException e) {
            throw new UsageException("%s is not to be gone on from: %s"
                    .formatted(file.map(StateFile::path).orElseThrow(() -> e), e.getMessage()));
        }
    }

    private void say(String what) {
        console.err().println("pve-mcp: " + what);
    }

    /// Ends the simulator and keeps its state, once.
    private final class Ending {
        private final Simulation sim;
        private final Optional<StateFile> file;
        private Optional<Boolean> ended = Optional.empty();

        Ending(Simulation sim, Optional<StateFile> file) {
            this.sim = sim;
            this.file = file;
        }

        /// @return whether the state is kept, where that was wanted
        synchronized boolean end() {
            if (ended.isEmpty()) {
                sim.close();
                ended = Optional.of(file.map(this::keep).orElse(true));
            }
            return ended.get();
        }

        private boolean keep(StateFile kept) {
            try {
                kept.write(sim.state().get());
                say("its state is in " + kept.path());
                return true;
            } catch (IOException e) {
                say("its state is lost: %s cannot be written: %s".formatted(kept.path(), e));
                return false;
            }
        }
    }

    private static void check(SimRequest request) {
        var problems = new ArrayList<String>();
        if (!SCENARIOS.contains(request.scenario())) {
            problems.add("there is no scenario '%s'%s: there are homelab, fleet and troubled"
                    .formatted(request.scenario(), Nearest.hint(request.scenario(), SCENARIOS)));
        }
        within("--nodes", request.nodes(), 1, 32, problems);
        within("--guests", request.guests(), 0, 10_000, problems);
        within("--port", request.port(), 0, 65_535, problems);
        request.backupPort().ifPresent(port -> within("--backup-port", port, 0, 65_535, problems));
        if (!(request.speed() > 0)) {
            problems.add("--speed is above 0, not %s".formatted(request.speed()));
        }
        if (!problems.isEmpty()) {
            throw new UsageException(problems);
        }
    }

    private static void within(String option, int number, int least, int most, List<String> problems) {
        if (number < least || number > most) {
            problems.add("%s is %d to %d, not %d".formatted(option, least, most, number));
        }
    }

    private void tell(Simulation sim) {
        var out = console.out();
        var cluster = sim.cluster();
        out.println("A simulated Proxmox VE listens at " + cluster.url());
        sim.beside().ifPresent(server -> out.println("A simulated Proxmox Backup Server listens at " + server.url()));
        out.println();
        configure("PVE_MCP_", cluster);
        sim.beside().ifPresent(server -> configure("PVE_MCP_BACKUP_", server));
        out.println();
        out.println("curl -k -H 'Authorization: PVEAPIToken=%s=%s' %s/api2/json/version"
                .formatted(cluster.tokenId(), cluster.tokenSecret(), cluster.url()));
        sim.beside()
                .ifPresent(server -> out.println("curl -k -H 'Authorization: PBSAPIToken=%s:%s' %s/api2/json/version"
                        .formatted(server.tokenId(), server.tokenSecret(), server.url())));
        out.flush();
    }

    private void configure(String prefix, Simulation.Entrance entrance) {
        var out = console.out();
        out.println("%sURL=%s".formatted(prefix, entrance.url()));
        out.println("%sTOKEN_ID='%s'".formatted(prefix, entrance.tokenId()));
        out.println("%sTOKEN_SECRET=%s".formatted(prefix, entrance.tokenSecret()));
        out.println("%sFINGERPRINT=%s".formatted(prefix, entrance.fingerprint()));
    }

    private static void untilASignal() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
