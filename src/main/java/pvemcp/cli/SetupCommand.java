package pvemcp.cli;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;
import pvemcp.config.ClusterSettings;
import pvemcp.config.Config;
import pvemcp.config.Draft;
import pvemcp.config.Key;
import pvemcp.config.PrivateFile;
import pvemcp.json.Json;
import pvemcp.pve.Fields;
import pvemcp.pve.HttpTransport;
import pvemcp.pve.Permissions;
import pvemcp.pve.Presented;
import pvemcp.pve.PveException;
import pvemcp.pve.PveFault;
import pvemcp.pve.Verb;
import pvemcp.text.Nearest;
import pvemcp.text.Reason;
import pvemcp.text.Word;
import pvemcp.tools.access.Job;
import pvemcp.view.Clean;

/// `pve-mcp setup`: from a host's name to a configuration that works and a client that knows of it. At a terminal it
/// asks for what no flag says; elsewhere it names every flag that is missing. Nothing is written before the cluster
/// has let the token in.
final class SetupCommand implements Command {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final String ON_THE_NODE = "openssl x509 -noout -fingerprint -sha256 -in /etc/pve/local/pve-ssl.pem";
    private static final String AUTHORITY = "authority";
    private static final String TOKEN = "mcp@pve!agent";
    private static final String NOBODY = "none";

    private final Host host;
    private final Console console;
    private final DoctorCommand doctor;

    SetupCommand(Host host, Console console) {
        this.host = host;
        this.console = console;
        this.doctor = new DoctorCommand(host, console);
    }

    @Override
    public String name() {
        return "setup";
    }

    @Override
    public CommandSpec spec() {
        var spec = Command.spec(
                name(),
                "Connect to a cluster, step by step: certificate, token, configuration, client. Asks for what no flag says.");
        text(spec, "--host", "HOST", "A node: pve1.example, 192.0.2.1:8006 or https://pve1.example:8006.");
        text(
                spec,
                "--fingerprint",
                "SHA256",
                "The certificate to believe, or 'authority' where one that Java knows has signed it.");
        text(
                spec,
                "--tier",
                "TIER",
                "Print the pveum commands that make a token for: %s.".formatted(String.join(", ", tiers())),
                tiers());
        text(
                spec,
                "--release",
                "N",
                "The release of Proxmox VE that --tier prints commands for, 8 or 9; without it 9.",
                List.of("8", "9"));
        text(spec, "--token-id", "ID", "The token, user@realm!name; without it " + TOKEN + ".");
        text(spec, "--secret-file", "FILE", "Where the token's secret is; - is standard input.");
        text(
                spec,
                "--client",
                "CLIENT",
                "Who is to use it: %s or none.".formatted(String.join(", ", Client.words())),
                Stream.concat(Client.words().stream(), Stream.of(NOBODY)).toList());
        spec.addOption(Command.flag("--write", "Put the entry into the client's file, instead of printing it."));
        return spec;
    }

    private static void text(CommandSpec spec, String name, String label, String description) {
        text(spec, name, label, description, List.of());
    }

    /// @param words those it can be, where these are few
    private static void text(CommandSpec spec, String name, String label, String description, List<String> words) {
        spec.addOption(OptionSpec.builder(name)
                .type(String.class)
                .paramLabel(label)
                .description(description)
                .completionCandidates(words)
                .build());
    }

    private static List<String> tiers() {
        return Arrays.stream(Job.values()).map(Word::of).toList();
    }

    /// What setup knows before it goes to the cluster with it.
    private record Plan(URI url, String fingerprint, String token, Optional<Client> client, boolean write) {}

    @Override
    public int run(ParseResult parsed) {
        try {
            return console.terminal() ? asking(parsed) : told(parsed);
        } catch (IOException e) {
            console.err().println("pve-mcp: " + Reason.of(e));
            return Exit.FAILED;
        }
    }

    // ---- without a terminal ----

    private int told(ParseResult parsed) throws IOException {
        var problems = new ArrayList<String>();
        var url = given(parsed, "--host", SetupCommand::url, problems);
        var pin = given(parsed, "--fingerprint", SetupCommand::pin, problems);
        var client = given(parsed, "--client", SetupCommand::client, problems);
        var token = given(parsed, "--token-id", SetupCommand::token, problems);
        var job = given(parsed, "--tier", SetupCommand::job, problems);
        var release = given(parsed, "--release", SetupCommand::release, problems);
        boolean secret = !flag(parsed, "--secret-file").isEmpty();
        if (flag(parsed, "--host").isEmpty()) {
            problems.add("--host is missing: a node, such as pve1.example");
        }
        if (flag(parsed, "--fingerprint").isEmpty()) {
            problems.add("--fingerprint is missing"
                    + url.flatMap(SetupCommand::look)
                            .map(seen -> ": the host shows %s; compare it with the node's own word: %s"
                                    .formatted(seen.fingerprint(), ON_THE_NODE))
                            .orElse(": SHA-256, as this says on the node: " + ON_THE_NODE));
        }
        if (!secret) {
            problems.add("--secret-file is missing: the file with the token's secret, or - for standard input"
                    + (job.isPresent() ? "" : "; --tier prints the commands that make a token"));
        }
        if (flag(parsed, "--client").isEmpty()) {
            problems.add("--client is missing: %s or none".formatted(String.join(", ", Client.words())));
        }
        if (job.isPresent() && !secret) {
            recipe(job.get(), token.orElse(TOKEN), release.orElse(9));
        }
        if (!problems.isEmpty()) {
            throw new UsageException(problems);
        }
        var plan = new Plan(
                url.orElseThrow(),
                pin.orElseThrow(),
                token.orElse(TOKEN),
                client.orElseThrow(),
                Command.has(parsed, "--write"));
        try {
            return finish(plan, connect(plan, secret(parsed)));
        } catch (PveException e) {
            return refused(plan, e);
        }
    }

    /// Empty where it is not there, or nothing is said by it.
    private static String flag(ParseResult parsed, String name) {
        return parsed.matchedOptionValue(name, "");
    }

    private static <T> Optional<T> given(
            ParseResult parsed, String flag, Function<String, T> reading, List<String> problems) {
        var text = flag(parsed, flag);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(reading.apply(text));
        } catch (IllegalArgumentException e) {
            problems.add("%s: %s".formatted(flag, e.getMessage()));
            return Optional.empty();
        }
    }

    private SecretSource secret(ParseResult parsed) {
        var file = flag(parsed, "--secret-file");
        if (!file.equals("-")) {
            return new SecretSource(
                    Key.TOKEN_SECRET.path() + "_file",
                    host.surroundings().resolve(file).toString());
        }
        return console.ask("")
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .map(line -> new SecretSource(Key.TOKEN_SECRET.path(), line))
                .orElseThrow(() -> new UsageException("standard input has no secret"));
    }

    // ---- at a terminal ----

    private int asking(ParseResult parsed) throws IOException {
        var out = console.out();
        var url = answer(parsed, "--host", "Host of a node, such as pve1.example", "", SetupCommand::url);
        var looked = look(url);
        if (looked.isEmpty()) {
            console.err()
                    .println(
                            "pve-mcp: nothing speaks TLS at %s: check the address, that the node is up, and that no firewall is in between"
                                    .formatted(url));
            return Exit.UNREACHABLE;
        }
        var seen = looked.get();
        out.printf(
                "%n%s shows a certificate of %s, signed by %s, until %s%n  SHA-256 %s%n",
                url,
                Clean.line(seen.subject()),
                seen.selfSigned() ? "itself" : Clean.line(seen.issuer()),
                LocalDate.ofInstant(seen.until(), ZoneOffset.UTC),
                seen.fingerprint());
        out.printf("The node itself says, as root: %s%n(pveproxy-ssl.pem, where there is one)%n", ON_THE_NODE);
        var pin = answer(
                parsed,
                "--fingerprint",
                "Is it the same? 'yes' pins it; or the right fingerprint, or 'authority' to believe those Java knows",
                "",
                text -> text.equals("yes") ? seen.fingerprint() : pin(text));
        var token = answer(parsed, "--token-id", "Token", TOKEN, SetupCommand::token);
        if (flag(parsed, "--secret-file").isEmpty()) {
            for (var job : Job.values()) {
                out.println("  %s %s".formatted(Word.of(job), job.does()));
            }
            var job = answer(
                    parsed,
                    "--tier",
                    "What is it for? %s; none if the token is there already".formatted(String.join(", ", tiers())),
                    tiers().getFirst(),
                    text -> text.equals(NOBODY) ? Optional.<Job>empty() : Optional.of(job(text)));
            if (job.isPresent()) {
                int release = answer(parsed, "--release", "Release of Proxmox VE, 8 or 9", "9", SetupCommand::release);
                recipe(job.get(), token, release);
            }
        }
        var client = answer(
                parsed,
                "--client",
                "Client: %s or none".formatted(String.join(", ", Client.words())),
                NOBODY,
                SetupCommand::client);
        var plan = new Plan(url, pin, token, client, Command.has(parsed, "--write"));
        boolean typed = flag(parsed, "--secret-file").isEmpty();
        while (true) {
            try {
                return finish(plan, connect(plan, typed ? typed() : secret(parsed)));
            } catch (PveException e) {
                int status = refused(plan, e);
                // Another secret helps against nothing else.
                if (!typed || !(e.fault() instanceof PveFault.Unauthorized)) {
                    return status;
                }
            }
        }
    }

    /// A flag's value, or what the person says, asked again until it makes sense.
    private <T> T answer(
            ParseResult parsed, String flag, String question, String fallback, Function<String, T> reading) {
        var flagged = flag(parsed, flag);
        if (!flagged.isEmpty()) {
            try {
                return reading.apply(flagged);
            } catch (IllegalArgumentException e) {
                throw new UsageException("%s: %s".formatted(flag, e.getMessage()));
            }
        }
        while (true) {
            console.out().print("%s%s: ".formatted(question, fallback.isEmpty() ? "" : " [%s]".formatted(fallback)));
            console.out().flush();
            var line = console.ask("").orElseThrow(SetupCommand::ended).strip();
            try {
                return reading.apply(line.isEmpty() ? fallback : line);
            } catch (IllegalArgumentException e) {
                console.out().println("  " + e.getMessage());
            }
        }
    }

    private SecretSource typed() {
        console.out().println("The token's secret; it is not shown.");
        var line = console.readSecret().orElseThrow(SetupCommand::ended).strip();
        return new SecretSource(Key.TOKEN_SECRET.path(), line);
    }

    private static UsageException ended() {
        return new UsageException("the input ended; nothing was written");
    }

    // ---- what answers mean ----

    private static URI url(String text) {
        if (text.startsWith("http://")) {
            throw new IllegalArgumentException("Proxmox VE speaks https alone");
        }
        // A line of the browser's has a path and more.
        var authority = text.replaceFirst("^https://", "").replaceFirst("[/?#].*", "");
        var uri = URI.create("https://" + authority);
        boolean there = uri.getPort() != 0 && uri.getPort() <= 65_535;
        if (uri.getHost() == null || uri.getUserInfo() != null || !there) {
            throw new IllegalArgumentException(
                    "'%s' is no host, such as pve1.example or 192.0.2.1:8006".formatted(text));
        }
        boolean port = uri.getPort() >= 0 || text.startsWith("https://");
        return port ? uri : URI.create("https://%s:%s".formatted(uri.getHost(), Key.PORT.fallback()));
    }

    private static String pin(String text) {
        var digits = text.replaceFirst("(?i)^sha-?256[^=:]*[=:]", "").replace(":", "");
        if (!text.equals(AUTHORITY) && !digits.matches("[0-9a-fA-F]{64}")) {
            throw new IllegalArgumentException("'%s' is no SHA-256 fingerprint".formatted(text));
        }
        return text;
    }

    private static String token(String text) {
        // It goes into commands for a root shell.
        if (!text.matches("[A-Za-z0-9._-]+@[A-Za-z0-9._-]+![A-Za-z][A-Za-z0-9._-]*")) {
            throw new IllegalArgumentException("'%s' is no token id, such as %s".formatted(text, TOKEN));
        }
        return text;
    }

    private static Job job(String text) {
        return Arrays.stream(Job.values())
                .filter(job -> Word.of(job).equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("'%s' is no tier%s: there are %s"
                        .formatted(text, Nearest.hint(text, tiers()), String.join(", ", tiers()))));
    }

    private static int release(String text) {
        return switch (text) {
            case "8" -> 8;
            case "9" -> 9;
            default -> throw new IllegalArgumentException("'%s' is neither 8 nor 9".formatted(text));
        };
    }

    private static Optional<Client> client(String text) {
        if (text.equals(NOBODY)) {
            return Optional.empty();
        }
        var found = Arrays.stream(Client.values())
                .filter(client -> client.word().equals(text))
                .findFirst();
        if (found.isEmpty()) {
            throw new IllegalArgumentException("'%s' is no client known here%s: there are %s and none"
                    .formatted(text, Nearest.hint(text, Client.words()), String.join(", ", Client.words())));
        }
        return found;
    }

    private static Optional<Presented> look(URI url) {
        try {
            return Optional.of(Presented.look(url, PATIENCE));
        } catch (IOException _) {
            return Optional.empty();
        }
    }

    // ---- what is done ----

    private void recipe(Job job, String token, int release) {
        console.out().println("\nAs root on a node, for an %s:".formatted(Word.of(job)));
        job.fromNothing(token, release >= 9).forEach(line -> console.out().println("  " + line));
        console.out().println("The secret is shown once, as 'value'.\n");
    }

    /// How the secret goes into the configuration: itself, or the name of the file that has it.
    private record SecretSource(String spelling, String value) {}

    private record Connected(Draft draft, Config config, ClusterSettings cluster, boolean mayNothing) {}

    /// Goes to the cluster with a configuration that is not in place yet.
    ///
    /// @throws PveException where that leads nowhere
    private Connected connect(Plan plan, SecretSource secret) throws IOException {
        var values = new LinkedHashMap<String, String>();
        values.put(Key.URL.path(), plan.url().toString());
        if (!plan.fingerprint().equals(AUTHORITY)) {
            values.put(Key.FINGERPRINT.path(), plan.fingerprint());
        }
        values.put(Key.TOKEN_ID.path(), plan.token());
        values.put(secret.spelling(), secret.value());
        var draft = Draft.of(host.surroundings(), values);
        var config = draft.read(host.surroundings());
        var cluster = config.clusters().stream()
                .filter(each -> each.endpoints().contains(plan.url()))
                .findFirst()
                .orElseThrow();
        try (var wire = new HttpTransport(cluster.connection(), host.clock())) {
            var granted = Permissions.from(Fields.of(wire.data(Verb.GET, "/access/permissions", Json.Obj.EMPTY)));
            return new Connected(draft, config, cluster, granted.anywhere().isEmpty());
        }
    }

    private int refused(Plan plan, PveException e) {
        console.out().println("%s; nothing was written:".formatted(plan.url()));
        doctor.fault(e.fault());
        return Exit.UNREACHABLE;
    }

    private int finish(Plan plan, Connected connected) throws IOException {
        var out = console.out();
        var copy = connected.draft().write(host.clock().instant());
        out.println("wrote %s (0600)%s"
                .formatted(
                        connected.draft().file(),
                        copy.map(kept -> "; what was there is in " + kept).orElse("")));
        var overriding = connected.draft().overriding(host.surroundings());
        if (!overriding.isEmpty()) {
            out.println("! the environment wins over it: unset " + String.join(", ", overriding));
        }
        var nearer = host.surroundings().directory().resolve("pve-mcp.toml");
        if (host.surroundings().variable("PVE_MCP_CONFIG").isEmpty() && Files.exists(nearer)) {
            out.println("! in this directory %s is used instead".formatted(nearer));
        }
        if (connected.mayNothing()) {
            out.println("! the token may do nothing: rights are given to the user and to the token alike; see --tier");
        }
        out.println();
        int status = doctor.examine(connected.cluster(), connected.config(), false);
        if (plan.client().isPresent()) {
            out.println();
            return Math.max(status, tell(plan.client().get(), plan.write(), connected.draft()));
        }
        return status;
    }

    private int tell(Client client, boolean write, Draft draft) throws IOException {
        var surroundings = host.surroundings();
        var launcher = surroundings.variable("PVE_MCP_LAUNCHER");
        var usual = surroundings.home().resolve(".config/pve-mcp/config.toml");
        var env = draft.file().equals(usual)
                ? Map.<String, String>of()
                : Map.of("PVE_MCP_CONFIG", draft.file().toString());
        var entry = new Entry(launcher.isEmpty() ? "pve-mcp" : launcher, env);
        var file = client.file(surroundings, System.getProperty("os.name", ""));
        if (file.isEmpty() || !write) {
            console.out()
                    .println(file.map(path -> "for %s, in %s (--write puts it there):".formatted(client.title(), path))
                            .orElse("for %s:".formatted(client.title())));
            console.out().print(client.shown(entry));
            return Exit.OK;
        }
        var path = file.get();
        try {
            var before = Files.exists(path) ? Files.readString(path) : "";
            var after = client.merged(before, entry);
            if (after.equals(before)) {
                console.out().println("%s has the entry in %s".formatted(client.title(), path));
                return Exit.OK;
            }
            var copy = PrivateFile.replace(path, after, host.clock().instant());
            console.out()
                    .println("wrote %s%s; restart %s"
                            .formatted(
                                    path,
                                    copy.map(kept -> " (what was there is in %s)".formatted(kept))
                                            .orElse(""),
                                    client.title()));
            return Exit.OK;
        } catch (Entry.Unfit e) {
            console.out().println("%s was left as it is: %s. Add this to it:".formatted(path, e.getMessage()));
            console.out().print(client.shown(entry));
            return Exit.FAILED;
        }
    }
}
