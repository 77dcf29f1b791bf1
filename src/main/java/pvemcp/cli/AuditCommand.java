package pvemcp.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;
import pvemcp.audit.Entry;
import pvemcp.audit.Export;
import pvemcp.audit.Ledger;
import pvemcp.audit.Unended;
import pvemcp.audit.Verification;
import pvemcp.audit.VerifyingKey;
import pvemcp.json.Json;
import pvemcp.text.Nearest;
import pvemcp.text.Reason;
import pvemcp.text.Word;
import pvemcp.view.Clean;
import pvemcp.view.View;

/// `pve-mcp audit verify|tail|show|key|open|reconcile|export`: what was asked of this server, and whether the
/// record of it is whole. Only reads, but for `reconcile`.
final class AuditCommand implements Command {
    private static final List<String> FORMATS =
            Arrays.stream(Export.values()).map(Word::of).toList();

    private final Host host;
    private final Console console;

    AuditCommand(Host host, Console console) {
        this.host = host;
        this.console = console;
    }

    @Override
    public String name() {
        return "audit";
    }

    @Override
    public CommandSpec spec() {
        var spec = Command.spec(name(), "Look into the audit log, and whether it is what was written.");
        spec.addSubcommand(
                "verify",
                part(
                                "verify",
                                "Follow the chain from its first line to its last; exit status 1 where something is wrong.")
                        .addOption(Command.option(
                                "--key", String.class, "FILE", "", "A copy of the public key from elsewhere."))
                        .addOption(Command.flag("--json", "As JSON.")));
        spec.addSubcommand(
                "tail",
                part("tail", "The last calls.")
                        .addOption(Command.option("-n", Integer.class, "COUNT", "20", "How many; without it 20."))
                        .addOption(Command.flag("--changes", "Only those that wrote."))
                        .addOption(Command.flag("--json", "As they stand in the file.")));
        var show = part("show", "All there is of one call.");
        show.addPositional(Command.parameter("CALL", "0", "1", "The number of a line, a ticket or a task (UPID)."));
        show.addOption(Command.flag("--json", "As it stands in the file."));
        spec.addSubcommand("show", show);
        spec.addSubcommand("key", part("key", "The public key that checks its signatures, as PEM."));
        spec.addSubcommand(
                "open",
                part("open", "Calls that were begun and have no end here.")
                        .addOption(Command.flag("--json", "As they stand in the file.")));
        spec.addSubcommand("reconcile", reconciling());
        spec.addSubcommand(
                "export",
                part("export", "All lines for another program, such as a log collector.")
                        .addOption(Command.choice(
                                "--format", "FORMAT", FORMATS, "jsonl", "jsonl (without it), csv or syslog."))
                        .addOption(Command.option("--after", Long.class, "SEQ", "0", "Only later lines than this.")));
        return spec;
    }

    /// Always of the configured log: its calls are those of the configured clusters.
    private static CommandSpec reconciling() {
        var spec = Command.spec(
                "reconcile", "Ask the clusters what became of open calls whose process died, and write that down.");
        spec.mixinStandardHelpOptions(true);
        spec.remove(spec.findOption("--version"));
        return spec;
    }

    private static CommandSpec part(String name, String description) {
        var spec = Command.spec(name, description);
        spec.addOption(Command.option("--file", String.class, "FILE", "", "Another log than the configured one."));
        spec.mixinStandardHelpOptions(true);
        spec.remove(spec.findOption("--version"));
        return spec;
    }

    @Override
    public int run(ParseResult parsed) {
        var part = parsed.subcommand();
        if (part == null) {
            throw new UsageException("say what: audit verify, tail, show, key, open, reconcile or export");
        }
        boolean reconciles = part.commandSpec().name().equals("reconcile");
        var named = reconciles ? "" : part.matchedOptionValue("--file", "");
        if (!named.isEmpty()) {
            return look(part, new Ledger(Path.of(named)), "the file " + named);
        }
        try (var stores = host.stores(host.config())) {
            return look(part, stores.journal().ledger(), stores.journal().place());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int look(ParseResult part, Ledger ledger, String place) {
        try {
            if (!ledger.exists()) {
                console.err().println("pve-mcp: there is nothing in " + place);
                return Exit.USAGE;
            }
            return switch (part.commandSpec().name()) {
                case "verify" -> verify(ledger, part);
                case "tail" -> tail(ledger, part);
                case "show" -> show(ledger, part);
                case "key" -> key(ledger);
                case "open" -> open(ledger, Command.has(part, "--json"));
                case "reconcile" -> reconcile(ledger);
                case "export" -> export(ledger, part);
                default -> throw new IllegalStateException(part.commandSpec().name());
            };
        } catch (IOException e) {
            console.err().println("pve-mcp: " + Clean.line(Reason.of(e)));
            return Exit.USAGE;
        }
    }

    private int verify(Ledger ledger, ParseResult part) throws IOException {
        var key = part.matchedOptionValue("--key", "");
        var found = ledger.verify(key.isEmpty() ? Optional.empty() : Optional.of(VerifyingKey.read(Path.of(key))));
        if (Command.has(part, "--json")) {
            console.out().println(json(found).pretty());
        } else {
            tell(found);
        }
        return found.good() ? Exit.OK : Exit.FAILED;
    }

    private int key(Ledger ledger) throws IOException {
        var key = ledger.key();
        if (key.isEmpty()) {
            console.err().println("pve-mcp: no public key lies beside the audit log");
            return Exit.FAILED;
        }
        console.out().print(key.get().pem());
        return Exit.OK;
    }

    private static Json json(Verification found) {
        return Json.obj(
                "good", found.good(),
                "first", found.first(),
                "last", found.last(),
                "lines", found.lines(),
                "checkpoints", found.checkpoints(),
                "signed_up_to", found.signed(),
                "open", found.open().stream().map(Json::num).toList(),
                "findings", found.findings(),
                "notes", found.notes());
    }

    private void tell(Verification found) {
        found.findings().forEach(words -> console.out().println("✗ " + Clean.line(words)));
        if (found.good() && found.lines() == 0) {
            console.out().println("✓ there is no line yet");
        } else if (found.good()) {
            console.out()
                    .println("✓ lines %d to %d follow on each other, %d of them signed checkpoints"
                            .formatted(found.first(), found.last(), found.checkpoints()));
        }
        found.notes().forEach(words -> console.out().println("  " + Clean.line(words)));
        if (!found.open().isEmpty()) {
            console.out()
                    .println("  begun, and no end written down: %s (under way, or the process died: pve-mcp audit open)"
                            .formatted(found.open()));
        }
    }

    private int tail(Ledger ledger, ParseResult part) throws IOException {
        boolean changes = Command.has(part, "--changes");
        int count = part.matchedOptionValue("-n", 20);
        if (count < 1) {
            throw new UsageException("-n is how many calls to show, not %d".formatted(count));
        }
        var entries = ledger.last(
                count,
                entry -> entry.event().equals("end")
                        && (!changes || entry.fields().has("begin")));
        if (Command.has(part, "--json")) {
            entries.forEach(entry -> console.out().println(entry.text()));
        } else if (entries.isEmpty()) {
            console.err().println("no call is in it");
        } else {
            table(entries);
        }
        return Exit.OK;
    }

    private void table(List<Entry> entries) {
        var rows = new ArrayList<List<String>>();
        for (var entry : entries) {
            rows.add(List.of(
                    Long.toString(entry.seq()),
                    text(entry.fields(), "time").replaceFirst("\\.\\d+Z", "Z"),
                    text(entry.call(), "tool"),
                    text(entry.call(), "targets"),
                    result(entry),
                    text(entry.call(), "principal"),
                    text(entry.call(), "agreed_by")));
        }
        var columns = List.of("line", "time", "tool", "targets", "result", "by", "agreed");
        console.out().println(console.text(new View.Table(columns, rows)));
    }

    /// A word or two: of a call that was taken back, what became of it is for `show`.
    private static String result(Entry entry) {
        var result = text(entry.fields(), "result");
        int colon = result.indexOf(": ");
        return colon < 0 ? result : result.substring(0, colon);
    }

    private int show(Ledger ledger, ParseResult part) throws IOException {
        String wanted = part.matchedPositionalValue(0, "");
        if (wanted.isBlank()) {
            throw new UsageException("say which call: the number of a line, a ticket or a task (UPID)");
        }
        var entries = find(ledger, wanted);
        if (entries.isEmpty()) {
            console.err().println("pve-mcp: no line, ticket or task '%s' in it".formatted(Clean.name(wanted)));
            return Exit.FAILED;
        }
        for (var entry : entries) {
            if (Command.has(part, "--json")) {
                console.out().println(entry.text());
            } else {
                console.out().println(console.text(facts(entry)));
            }
        }
        return Exit.OK;
    }

    /// All lines of the calls that the word is of: the intent, its tasks, its end, and where it was held before.
    private static List<Entry> find(Ledger ledger, String wanted) throws IOException {
        var intents = new TreeSet<Long>();
        var tickets = new TreeSet<String>();
        ledger.forEach(entry -> {
            boolean meant = Long.toString(entry.seq()).equals(wanted)
                    || entry.call().text("ticket").equals(Optional.of(wanted))
                    || text(entry.fields(), "task").equals(wanted)
                    || (wanted.startsWith("UPID:")
                            && text(entry.fields(), "tasks").contains(wanted));
            if (meant) {
                intents.add(entry.fields().whole("begin").orElse(entry.seq()));
                entry.call().text("ticket").ifPresent(tickets::add);
            }
        });
        var found = new ArrayList<Entry>();
        ledger.forEach(entry -> {
            boolean same = intents.contains(entry.seq())
                    || entry.fields().whole("begin").filter(intents::contains).isPresent()
                    || entry.call().text("ticket").filter(tickets::contains).isPresent();
            if (same) {
                found.add(entry);
            }
        });
        return found;
    }

    private static View facts(Entry entry) {
        var facts = new ArrayList<View.Fact>();
        entry.fields().members().forEach((name, value) -> {
            if (value instanceof Json.Obj object) {
                object.members().forEach((inner, part) -> facts.add(new View.Fact(inner, plain(part))));
            } else {
                facts.add(new View.Fact(name, plain(value)));
            }
        });
        return new View.Stack(List.of(new View.Facts(facts), new View.Text("")));
    }

    private int open(Ledger ledger, boolean asJson) throws IOException {
        var search = new Unended.Search();
        ledger.forEach(search);
        if (asJson) {
            search.found().forEach(open -> console.out().println(open.begin().text()));
            return Exit.OK;
        }
        if (search.found().isEmpty()) {
            console.out().println("no call is open");
            return Exit.OK;
        }
        var rows = new ArrayList<List<String>>();
        for (var open : search.found()) {
            var call = open.begin().call();
            rows.add(List.of(
                    Long.toString(open.begin().seq()),
                    text(open.begin().fields(), "time").replaceFirst("\\.\\d+Z", "Z"),
                    text(call, "tool"),
                    text(call, "targets"),
                    text(call, "principal"),
                    ledger.isUnderWay(open) ? "under way" : "its process is gone",
                    String.join(", ", open.tasks())));
        }
        var columns = List.of("line", "time", "tool", "targets", "by", "state", "tasks");
        console.out().println(console.text(new View.Table(columns, rows)));
        return Exit.OK;
    }

    private int reconcile(Ledger ledger) throws IOException {
        try (var door = host.connected(host.config(), true)) {
            var closed = door.dispatcher().closeUnended(new TerminalCaller(console, Optional.empty()));
            for (var end : closed) {
                console.out()
                        .println("line %d, %s: %s: %s"
                                .formatted(end.line(), end.tool(), end.found(), Clean.line(end.evidence())));
            }
            if (closed.isEmpty()) {
                console.out().println("nothing to write down");
            }
        }
        var search = new Unended.Search();
        ledger.forEach(search);
        if (!search.found().isEmpty()) {
            console.out().println("""
                    left open, as the call or its task is under way, its cluster does not answer, or it was made with \
                    other credentials:""");
            open(ledger, false);
        }
        return Exit.OK;
    }

    private int export(Ledger ledger, ParseResult part) throws IOException {
        var format = format(part.matchedOptionValue("--format", "jsonl"));
        long after = part.matchedOptionValue("--after", 0L);
        if (!format.header().isEmpty()) {
            console.out().println(format.header());
        }
        ledger.forEach(entry -> {
            if (entry.seq() > after) {
                // The others are JSON, which escapes what cannot be seen, and are to stay as they are.
                var line = format.line(entry);
                console.out().println(format == Export.CSV ? Clean.lines(line) : line);
            }
        });
        return Exit.OK;
    }

    private static Export format(String word) {
        for (var format : Export.values()) {
            if (Word.of(format).equals(word)) {
                return format;
            }
        }
        throw new UsageException("there is no format '%s'%s: there are jsonl, csv and syslog"
                .formatted(word, Nearest.hint(word, FORMATS)));
    }

    private static String text(Json.Obj from, String name) {
        return from.get(name).map(AuditCommand::plain).orElse("");
    }

    private static String plain(Json value) {
        if (value instanceof Json.Arr(var items)) {
            return String.join(", ", items.stream().map(AuditCommand::plain).toList());
        }
        return Clean.oneLine(value.scalarText().orElseGet(value::write));
    }
}
