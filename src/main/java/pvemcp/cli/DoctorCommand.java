package pvemcp.cli;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;
import pvemcp.config.ClusterSettings;
import pvemcp.config.Config;
import pvemcp.config.ConfigException;
import pvemcp.config.Key;
import pvemcp.dispatch.Withheld;
import pvemcp.gate.Policy;
import pvemcp.json.Json;
import pvemcp.pve.Connection;
import pvemcp.pve.Fields;
import pvemcp.pve.HttpTransport;
import pvemcp.pve.Permissions;
import pvemcp.pve.Presented;
import pvemcp.pve.PveException;
import pvemcp.pve.PveFault;
import pvemcp.pve.Verb;
import pvemcp.pve.Version;
import pvemcp.schema.ApiSchema;
import pvemcp.text.Reason;
import pvemcp.tool.Tier;
import pvemcp.tools.Catalog;
import pvemcp.tools.access.Rights;
import pvemcp.view.Clean;
import pvemcp.view.View;

/// `pve-mcp doctor`: goes the whole way to each cluster, a step at a time, and says where it ends and what to do.
final class DoctorCommand implements Command {
    private static final String USUAL = "PVE itself listens on 8006: https://%s:8006";
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Host host;
    private final Console console;

    DoctorCommand(Host host, Console console) {
        this.host = host;
        this.console = console;
    }

    @Override
    public String name() {
        return "doctor";
    }

    @Override
    public CommandSpec spec() {
        var spec = Command.spec(
                name(), "Check the way to each cluster: address, certificate, login, and what it may and may not do.");
        spec.addOption(Command.flag("--fix", "Also print the pveum commands for what it may not do."));
        return spec;
    }

    @Override
    public int run(ParseResult parsed) {
        var config = host.config();
        config.notices().forEach(notice -> line("!", notice));
        if (config.clusters().isEmpty()) {
            line(
                    "✗",
                    "no cluster is configured: 'pve-mcp setup' does it, or set %s, %s and %s, or write them into ./pve-mcp.toml or ~/.config/pve-mcp/config.toml"
                            .formatted(Key.URL.env(), Key.TOKEN_ID.env(), Key.TOKEN_SECRET.env()));
            return Exit.USAGE;
        }
        int status = Exit.OK;
        for (var cluster : config.clusters()) {
            status = Math.max(status, examine(cluster, config, Command.has(parsed, "--fix")));
        }
        status = Math.max(status, new BackupServersCheck(host, console, this).run(config));
        status = Math.max(status, new CallersCheck(host, console, this).run(config));
        return Math.max(status, new KeepingCheck(host, console, this).run(config));
    }

    /// Goes to one cluster.
    ///
    /// @return the exit status
    int examine(ClusterSettings settings, Config config, boolean fix) {
        console.out()
                .println("cluster '%s'%s"
                        .formatted(
                                settings.name(), settings.principal().isEmpty() ? "" : " as " + settings.principal()));
        Connection connection;
        try {
            connection = settings.connection();
        } catch (ConfigException e) {
            e.problems().forEach(problem -> line("✗", problem));
            return Exit.USAGE;
        }
        Optional<Seen> seen = Optional.empty();
        boolean all = true;
        if (!settings.hasLogin()) {
            return unentered(connection);
        }
        for (var endpoint : connection.endpoints()) {
            var found = endpoint(endpoint, connection);
            all &= found.isPresent();
            seen = seen.or(() -> found);
        }
        if (seen.isPresent() && connection.endpoints().size() > 1) {
            all &= together(connection);
        }
        seen.ifPresent(known -> {
            rights(known.rights(), settings, config.policy(), fix);
            withheld(known, settings, config, fix);
        });
        if (seen.isEmpty()) {
            return Exit.UNREACHABLE;
        }
        return all ? Exit.OK : Exit.FAILED;
    }

    /// What can be seen of a cluster where the server itself goes as nobody.
    private int unentered(Connection connection) {
        boolean all = true;
        for (var endpoint : connection.endpoints()) {
            console.out().println("  " + endpoint);
            all &= certificate(endpoint, USUAL);
        }
        line("✓", "this server has no credentials of its own for it: callers over HTTP go there with theirs");
        return all ? Exit.OK : Exit.UNREACHABLE;
    }

    /// Whether the endpoints are of one cluster.
    private boolean together(Connection connection) {
        try (var wire = new HttpTransport(connection, host.clock())) {
            wire.requireOneCluster();
            return true;
        } catch (PveException e) {
            fault(e.fault());
            return false;
        }
    }

    /// What a cluster has told.
    private record Seen(String version, Rights rights) {}

    /// Empty where the way ends before the rights can be read.
    private Optional<Seen> endpoint(URI endpoint, Connection connection) {
        console.out().println("  " + endpoint);
        if (!certificate(endpoint, USUAL)) {
            return Optional.empty();
        }
        var alone = new Connection(
                connection.name(),
                List.of(endpoint),
                connection.credential(),
                connection.trust(),
                connection.timeout());
        try (var wire = new HttpTransport(alone, host.clock())) {
            long began = System.nanoTime();
            var version = wire.data(Verb.GET, "/version", Json.Obj.EMPTY);
            long first = System.nanoTime();
            var permissions = wire.data(Verb.GET, "/access/permissions", Json.Obj.EMPTY);
            long second = System.nanoTime();
            var told = version instanceof Json.Obj object ? object : Json.Obj.EMPTY;
            line("✓", "the certificate is trusted (%s)".formatted(trust(connection.trust())));
            line(
                    "✓",
                    "it lets us in and is Proxmox VE %s"
                            .formatted(Clean.oneLine(told.text("version").orElse("?"))));
            line(
                    "✓",
                    "it answers in %d ms, the first time in %d ms"
                            .formatted((second - first) / 1_000_000, (first - began) / 1_000_000));
            boolean guestAgent = Version.from(Fields.of(told)).isAtLeast(9, 0);
            var rights = Rights.of(Permissions.from(Fields.of(permissions)), guestAgent);
            return Optional.of(new Seen(told.text("version").orElse(""), rights));
        } catch (PveException e) {
            fault(e.fault());
            return Optional.empty();
        }
    }

    static String trust(Connection.Trust trust) {
        return switch (trust) {
            case Connection.Trust.Authorities() -> "by an authority Java knows";
            case Connection.Trust.CaFile(var pem) -> "by " + pem;
            case Connection.Trust.Fingerprints(var pins) ->
                pins.size() == 1 ? "pinned" : "one of " + pins.size() + " pins";
        };
    }

    /// @param usual where such a server listens, with a place for the host
    boolean certificate(URI endpoint, String usual) {
        try {
            var seen = Presented.look(endpoint, PATIENCE);
            line("✓", "it is reached in %d ms".formatted(seen.took().toMillis()));
            var until = LocalDate.ofInstant(seen.until(), ZoneOffset.UTC);
            boolean over = seen.until().isBefore(host.clock().instant());
            line(
                    over ? "!" : "✓",
                    "its certificate is of %s, %s, %s %s"
                            .formatted(
                                    seen.subject(),
                                    seen.selfSigned() ? "signed by itself" : "signed by " + seen.issuer(),
                                    over ? "and ended on" : "until",
                                    until));
            line(" ", "fingerprint (SHA-256) " + seen.fingerprint());
            return true;
        } catch (IOException e) {
            line("✗", "it is not reached: " + Reason.of(e));
            if (endpoint.getPort() < 0) {
                line(" ", "the URL names no port, which is 443; " + usual.formatted(endpoint.getHost()));
            } else {
                line(" ", "check the address, that the node is up, and that no firewall is in between");
            }
            return false;
        }
    }

    /// Says what went wrong and what to do.
    void fault(PveFault fault) {
        switch (fault) {
            case PveFault.Untrusted untrusted -> {
                line("✗", "the certificate is not trusted: " + Clean.oneLine(untrusted.why()));
                var fingerprint = untrusted.fingerprint();
                line(" ", "if the fingerprint is the one that this shows on the node itself:");
                line(" ", "  openssl x509 -noout -fingerprint -sha256 -in /etc/pve/local/pve-ssl.pem");
                line(" ", "then pin it, in the file or in the environment:");
                line(" ", "  fingerprint = \"%s\"".formatted(fingerprint));
                line(" ", "  %s=%s".formatted(Key.FINGERPRINT.env(), fingerprint));
            }
            case PveFault.Unauthorized refused -> {
                line("✗", "it does not let us in: " + Clean.oneLine(refused.why()));
                line(" ", "check id, secret and expiry: pveum user token list USER@REALM");
            }
            case PveFault.OtherCluster other -> {
                line("✗", "the endpoints are of different clusters: " + Clean.oneLine(other.why()));
                line(" ", "give each cluster a table of its own: [clusters.NAME]");
            }
            case PveFault.Unreachable silent -> line("✗", "it does not answer: " + Clean.oneLine(silent.why()));
            case PveFault.NotConfigured unusable -> line("✗", Clean.oneLine(unusable.why()));
            case PveFault.NotPve other -> line("✗", "what answers is not Proxmox VE: " + Clean.oneLine(other.why()));
            case PveFault.Forbidden forbidden -> line("✗", "it refuses: " + Clean.oneLine(forbidden.message()));
            case PveFault.Unexpected(var code, var message) ->
                line("✗", "it answers %d: %s".formatted(code, Clean.oneLine(message)));
            case PveFault.Missing _,
                    PveFault.Ambiguity _,
                    PveFault.Invalid _,
                    PveFault.Locked _,
                    PveFault.Conflict _,
                    PveFault.NoQuorum _,
                    PveFault.NotImplemented _,
                    PveFault.TaskFailed _,
                    PveFault.TaskVanished _,
                    PveFault.NoWayIn _,
                    PveFault.InGuest _,
                    PveFault.Partly _,
                    PveFault.NotDone _,
                    PveFault.Ambiguous _ ->
                line("✗", "it answers what it should not: " + Clean.oneLine(fault.toString()));
        }
    }

    private void rights(Rights rights, ClusterSettings settings, Policy policy, boolean fix) {
        var columns = new ArrayList<>(List.of("it may, on"));
        for (var tier : Tier.values()) {
            columns.add(tier.word());
        }
        var rows = new ArrayList<List<String>>();
        var remedies = new ArrayList<String>();
        for (var area : rights.areas()) {
            var row = new ArrayList<>(List.of(area.name()));
            for (var tier : Tier.values()) {
                var may = rights.may(area, tier);
                boolean denied = policy.answer(tier) == Policy.Answer.DENY || tier.compareTo(settings.most()) > 0;
                row.add(may.equals("–") || !denied ? may : may + ", policy denies");
                if (may.equals("no") && !denied && !settings.principal().isEmpty()) {
                    remedies.add("# %s: %s".formatted(area.name(), tier.word()));
                    remedies.addAll(rights.remedy(area, tier, settings.principal()));
                }
            }
            rows.add(row);
        }
        var table = console.text(new View.Table(columns, rows));
        console.out().println();
        table.lines().forEach(line -> console.out().println("  " + line));
        if (!remedies.isEmpty() && fix) {
            console.out().println();
            console.out()
                    .println(
                            "  what would change a 'no', as root on a node (rights given on a path replace those from above):");
            remedies.forEach(line -> console.out().println("    " + line));
        } else if (!remedies.isEmpty()) {
            console.out().println();
            console.out().println("  'pve-mcp doctor --fix' prints the pveum commands that would change each 'no'");
        }
    }

    /// Tools that clients do not see, since they would do nothing for this token.
    private void withheld(Seen seen, ClusterSettings settings, Config config, boolean fix) {
        var tools = Catalog.tools(
                Catalog.Surface.valueOf(config.text(Key.SURFACE).toUpperCase(Locale.ROOT)), config.list(Key.TOOLSETS));
        var withheld = Withheld.of(
                tools, ApiSchema.builtIn(seen.version()), seen.rights().granted());
        if (!withheld.isEmpty()) {
            console.out().println();
            console.out()
                    .println("  %d of %d tools are not listed, as there is no path where it may use them:"
                            .formatted(withheld.size(), tools.size()));
            Withheld.told(withheld, fix ? settings.principal() : "")
                    .forEach(line -> console.out().println("    " + line));
        }
    }

    void line(String mark, String text) {
        var shown = console.colour()
                ? switch (mark) {
                    case "✓" -> "\u001b[32m✓\u001b[0m";
                    case "✗" -> "\u001b[31m✗\u001b[0m";
                    case "!" -> "\u001b[33m!\u001b[0m";
                    default -> mark;
                }
                : mark;
        console.out().println("    " + shown + " " + Clean.oneLine(text));
    }
}
