package pvemcp.tools.node;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.pve.ApiPath;
import pvemcp.pve.Bytes;
import pvemcp.pve.Fields;
import pvemcp.pve.Verb;
import pvemcp.text.Word;
import pvemcp.tool.Aim.OnNode;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.Kind;
import pvemcp.tool.ToolContext;
import pvemcp.tools.common.ApiAnswer;
import pvemcp.tools.common.Outcome;
import pvemcp.tools.common.Page;
import pvemcp.tools.common.Window;
import pvemcp.view.Clean;
import pvemcp.view.View;

/// What a host tells about itself.
final class HostReads {
    private HostReads() {}

    /// @param installed systemd's word for it: `enabled`, `disabled`, `static`, `masked`, `not-found`
    record ServiceLine(String service, String state, String installed, String title) {
        static ServiceLine of(Fields row) {
            return new ServiceLine(
                    Clean.name(row.text("service")),
                    Clean.name(row.text("state")),
                    Clean.name(row.text("unit-state")),
                    Clean.name(row.text("desc")));
        }
    }

    record Services(@Doc(kind = Kind.NODE) String node, Window window) implements Call<Page>, OnNode {
        @Override
        public Page run(ToolContext ctx) {
            var rows = Fields.list(ctx.pve().node(node).read("/services", Json.Obj.EMPTY)).stream()
                    .map(ServiceLine::of)
                    .sorted(Comparator.comparing(ServiceLine::service))
                    .toList();
            return Page.of("services of " + node, ServiceLine.class, rows, this)
                    .counting("state", ServiceLine::state)
                    .sortedBy("service")
                    .page(window, ServiceLine::service);
        }
    }

    record Log(
            @Doc(kind = Kind.NODE) String node,

            @Doc(value = "Not older than this long ago, such as 2h", obvious = true)
            Optional<Duration> since,

            @Doc(value = "Not newer than this long ago", obvious = true)
            Optional<Duration> until,

            @Doc(value = "Only what this program wrote", obvious = true)
            Optional<String> service,

            @Doc(value = "Part of the line", obvious = true) Optional<String> text,

            @Doc(value = "Lines at most", or = "100", min = 1, max = 500, obvious = true)
            int lines)
            implements Call<Log.LogFacts>, OnNode {
        // A filter looks at no more than these: a host can write millions of lines a day.
        private static final int LOOKED_AT = 5_000;

        record LogFacts(int shown, int matching, String note, List<View> log) {}

        @Override
        public LogFacts run(ToolContext ctx) {
            boolean filtered = service.isPresent() || text.isPresent();
            int most = filtered ? LOOKED_AT : lines;
            var params = Json.obj("lastentries", most);
            if (since.isPresent()) {
                params = params.with("since", ago(ctx, since.get()));
            }
            if (until.isPresent()) {
                params = params.with("until", ago(ctx, until.get()));
            }
            var all = new ArrayList<String>();
            if (ctx.pve().node(node).read("/journal", params) instanceof Json.Arr(var items)) {
                items.forEach(item -> item.scalarText().filter(Log::isEntry).ifPresent(all::add));
            }
            var fitting = all.stream().filter(this::fits).toList();
            var kept = fitting.subList(Math.max(0, fitting.size() - lines), fitting.size());
            var note = all.size() >= most && (filtered || kept.size() == most)
                    ? "only the newest %d lines were looked at; 'since' and 'until' choose others".formatted(most)
                    : "";
            return new LogFacts(kept.size(), fitting.size(), note, Outcome.quoted("system log of " + node, kept));
        }

        private static long ago(ToolContext ctx, Duration span) {
            return ctx.clock().instant().minus(span).getEpochSecond();
        }

        /// The first and the last line are cursors (proxmox-mini-journalreader).
        private static boolean isEntry(String line) {
            return !(line.startsWith("s=") && line.contains(";i="));
        }

        private boolean fits(String line) {
            var lower = line.toLowerCase(Locale.ROOT);
            return text.map(part -> lower.contains(part.toLowerCase(Locale.ROOT)))
                            .orElse(true)
                    && service.map(name -> line.contains(" " + name + "[") || line.contains(" " + name + ":"))
                            .orElse(true);
        }
    }

    record InterfaceLine(String iface, String type, String up, String address, String gateway, String ports) {
        static InterfaceLine of(Fields row) {
            return new InterfaceLine(
                    Clean.name(row.text("iface")),
                    Clean.name(row.text("type")),
                    row.flag("active") ? "yes" : "no",
                    Clean.name((row.text("cidr") + " " + row.text("cidr6")).strip()),
                    Clean.name((row.text("gateway") + " " + row.text("gateway6")).strip()),
                    Clean.name((row.text("bridge_ports") + " " + row.text("slaves") + " " + row.text("vlan-raw-device"))
                            .strip()));
        }
    }

    record Network(@Doc(kind = Kind.NODE) String node) implements Call<Network.NetworkFacts>, OnNode {
        record NetworkFacts(
                String node, String pending, String next, List<InterfaceLine> interfaces, List<View> changes) {}

        @Override
        public NetworkFacts run(ToolContext ctx) {
            var answer = ctx.pve().send(Verb.GET, ApiPath.of("/nodes/{node}/network", node), Json.Obj.EMPTY);
            var rows = Fields.list(answer.get("data").orElse(Json.Arr.EMPTY)).stream()
                    .map(InterfaceLine::of)
                    .sorted(Comparator.comparing(InterfaceLine::iface))
                    .toList();
            var diff = answer.text("changes").orElse("");
            return new NetworkFacts(
                    node,
                    diff.isBlank() ? "no changes wait" : "changes wait; the rows show them as if applied",
                    diff.isBlank() ? "" : "pve_node_network_set action=apply or action=revert",
                    rows,
                    Outcome.quoted("pending changes of " + node, diff.lines().toList()));
        }
    }

    enum Packages {
        UPDATES,
        VERSIONS,
        REPOSITORIES
    }

    /// @param version the one to come, or the one installed where none is
    /// @param now the installed one; empty where it is not installed
    record PackageLine(String name, String version, String now, String origin, String section, String title) {
        static PackageLine of(Fields row) {
            return new PackageLine(
                    Clean.name(row.text("Package")),
                    Clean.name(row.text("Version")),
                    Clean.name(row.text("OldVersion")),
                    Clean.name(row.text("Origin")),
                    Clean.name(row.text("Section")),
                    Clean.name(row.text("Title")));
        }
    }

    /// An entry of a file of package sources.
    record RepositoryLine(boolean enabled, String types, String uris, String suites, String components, String file) {
        static RepositoryLine of(String file, Fields row) {
            return new RepositoryLine(
                    row.flag("Enabled"),
                    words(row, "Types"),
                    words(row, "URIs"),
                    words(row, "Suites"),
                    words(row, "Components"),
                    Clean.line(file));
        }

        private static String words(Fields row, String name) {
            var words = new ArrayList<String>();
            if (row.raw(name) instanceof Json.Arr(var items)) {
                items.forEach(item -> item.scalarText().ifPresent(words::add));
            }
            return Clean.line(String.join(" ", words));
        }
    }

    /// @param state `enabled`, `disabled`, or `not configured`
    record StandardLine(String handle, String name, String state) {
        static StandardLine of(Fields row) {
            var state = row.maybe("status").isEmpty() ? "not configured" : row.flag("status") ? "enabled" : "disabled";
            return new StandardLine(Clean.name(row.text("handle")), Clean.name(row.text("name")), state);
        }
    }

    record Repositories(
            String node, List<RepositoryLine> repositories, List<StandardLine> standard, List<View> problems) {
        static Repositories of(String node, Fields answer) {
            var lines = new ArrayList<RepositoryLine>();
            for (var file : Fields.list(answer.raw("files"))) {
                for (var entry : Fields.list(file.raw("repositories"))) {
                    lines.add(RepositoryLine.of(file.text("path"), entry));
                }
            }
            var problems = new ArrayList<String>();
            Fields.list(answer.raw("errors")).forEach(row -> problems.add(row.text("path") + ": " + row.text("error")));
            Fields.list(answer.raw("infos")).stream()
                    .filter(row -> row.text("kind").equals("warning"))
                    .forEach(row -> problems.add(row.text("path") + ": " + row.text("message")));
            return new Repositories(
                    node,
                    lines,
                    Fields.list(answer.raw("standard-repos")).stream()
                            .map(StandardLine::of)
                            .toList(),
                    Outcome.quoted("repository problems of " + node, problems));
        }
    }

    /// The newest entries, which are what an update brings.
    record Changelog(String name, String note, List<View> text) {
        private static final int NEWEST = 80;

        static Changelog of(String name, Json answer) {
            var lines = answer.scalarText().orElse("").lines().toList();
            var note = lines.size() > NEWEST ? "the newest %d of %d lines".formatted(NEWEST, lines.size()) : "";
            var shown = lines.subList(0, Math.min(lines.size(), NEWEST));
            return new Changelog(Clean.name(name), note, Outcome.quoted("changelog of " + Clean.name(name), shown));
        }
    }

    record Updates(
            @Doc(kind = Kind.NODE) String node,

            @Doc(value = "Which", or = "updates", obvious = true)
            Packages what,

            @Doc(value = "A package: its changelog instead", obvious = true)
            Optional<String> changelog,

            Window window)
            implements Call<Object>, OnNode {
        @Override
        public Object run(ToolContext ctx) {
            var host = ctx.pve().node(node);
            if (changelog.isPresent()) {
                return Changelog.of(changelog.get(), host.read("/apt/changelog", Json.obj("name", changelog.get())));
            }
            return switch (what) {
                case UPDATES -> page("updates for " + node, host.read("/apt/update", Json.Obj.EMPTY));
                case VERSIONS -> page("packages on " + node, host.read("/apt/versions", Json.Obj.EMPTY));
                case REPOSITORIES -> Repositories.of(node, Fields.of(host.read("/apt/repositories", Json.Obj.EMPTY)));
            };
        }

        private Page page(String noun, Json data) {
            var rows = Fields.list(data).stream()
                    .map(PackageLine::of)
                    .sorted(Comparator.comparing(PackageLine::name))
                    .toList();
            return Page.of(noun, PackageLine.class, rows, this)
                    .counting("origin", PackageLine::origin)
                    .sortedBy("name")
                    .brief("name", "now", "version", "origin")
                    .page(window, PackageLine::name);
        }
    }

    enum DiskView {
        DISKS,
        SMART,
        LVM,
        LVMTHIN,
        ZFS,
        DIRECTORY
    }

    record DiskLine(
            String device,
            String type,
            Optional<Bytes> size,
            String used,
            String health,
            String wearout,
            String model,
            String serial) {
        static DiskLine of(Fields row) {
            return new DiskLine(
                    Clean.name(row.text("devpath")),
                    Clean.name(row.text("type")),
                    row.bytes("size"),
                    Clean.name(row.text("used")),
                    Clean.name(row.text("health")),
                    // What is left, in percent, although it is called wear (PVE::Diskmanage).
                    row.whole("wearout").map(left -> left + " % left").orElse(""),
                    Clean.name(row.text("model")),
                    Clean.name(row.text("serial")));
        }
    }

    record Disks(
            @Doc(kind = Kind.NODE) String node,

            @Doc(value = "Which", or = "disks", obvious = true)
            DiskView what,

            @Doc(value = "For smart", obvious = true) Optional<String> disk)
            implements Call<Object>, OnNode {
        @Override
        public Object run(ToolContext ctx) {
            var host = ctx.pve().node(node);
            return switch (what) {
                case DISKS -> {
                    var rows = Fields.list(host.read("/disks/list", Json.Obj.EMPTY)).stream()
                            .map(DiskLine::of)
                            .sorted(Comparator.comparing(DiskLine::device))
                            .toList();
                    yield rows;
                }
                case SMART -> {
                    var device = disk.orElseThrow(() -> BadArguments.missing("disk", what));
                    yield answer(host.read("/disks/smart", Json.obj("disk", device)));
                }
                case LVM -> {
                    var tree = host.read("/disks/lvm", Json.Obj.EMPTY);
                    yield answer(
                            tree instanceof Json.Obj root ? root.get("children").orElse(Json.Arr.EMPTY) : tree);
                }
                case LVMTHIN, ZFS, DIRECTORY -> answer(host.read("/disks/" + Word.of(what), Json.Obj.EMPTY));
            };
        }

        /// SMART values of ATA disks are a table within the answer.
        private View answer(Json data) {
            var source = "%s of %s".formatted(Word.of(what), node);
            if (data instanceof Json.Obj facts && facts.array("attributes").isPresent()) {
                return View.Stack.of(
                        ApiAnswer.of(source, facts.without("attributes"), List.of(), 0, 1),
                        ApiAnswer.of(
                                source,
                                facts.array("attributes").get(),
                                List.of("id", "name", "value", "worst", "threshold", "fail", "raw"),
                                0,
                                100));
            }
            return ApiAnswer.of(source, data, List.of(), 0, 100);
        }
    }

    enum SystemView {
        TIME,
        DNS,
        HOSTS,
        OPTIONS,
        SUBSCRIPTION,
        CERTIFICATES,
        PCI,
        USB,
        CPUS,
        MACHINES,
        NETSTAT,
        BACKUP_DEFAULTS,
        REPORT
    }

    record CertificateLine(String file, String subject, String issuer, Optional<Instant> until, String fingerprint) {
        static CertificateLine of(Fields row) {
            return new CertificateLine(
                    Clean.name(row.text("filename")),
                    Clean.line(row.text("subject")),
                    Clean.line(row.text("issuer")),
                    row.moment("notafter"),
                    Clean.line(row.text("fingerprint")));
        }
    }

    record SystemFacts(
            @Doc(kind = Kind.NODE) String node,
            @Doc(value = "Which", obvious = true) SystemView what,
            @Doc(value = "In the report", obvious = true) Optional<String> text)
            implements Call<Object>, OnNode {
        // A whole report fills a model's memory; the first part of it is the summary.
        private static final int REPORT_LINES = 150;

        @Override
        public Object run(ToolContext ctx) {
            if (text.isPresent() && what != SystemView.REPORT) {
                throw new BadArguments(List.of("argument 'text': only for what=report"));
            }
            var below = switch (what) {
                case TIME, DNS, HOSTS, SUBSCRIPTION, NETSTAT, REPORT -> Word.of(what);
                case OPTIONS -> "config";
                case CERTIFICATES -> "certificates/info";
                case PCI, USB -> "hardware/" + Word.of(what);
                case CPUS -> "capabilities/qemu/cpu";
                case MACHINES -> "capabilities/qemu/machines";
                case BACKUP_DEFAULTS -> "vzdump/defaults";
            };
            var data = ctx.pve().node(node).read("/" + below, Json.Obj.EMPTY);
            var source = "%s of %s".formatted(Word.of(what), node);
            if (what == SystemView.REPORT) {
                return report(source, data.scalarText().orElse(""));
            }
            if (what == SystemView.CERTIFICATES) {
                return Fields.list(data).stream().map(CertificateLine::of).toList();
            }
            List<String> fields = what == SystemView.PCI
                    ? List.of("id", "vendor_name", "device_name", "iommugroup", "mdev")
                    : List.of();
            return ApiAnswer.of(source, data, fields, 0, 200);
        }

        private View report(String source, String report) {
            var lines = report.lines()
                    .filter(line -> text.map(line::contains).orElse(true))
                    .toList();
            var shown = lines.stream().limit(REPORT_LINES).map(Clean::line).toList();
            return View.Stack.of(
                    new View.Text("%d of %d lines%s"
                            .formatted(
                                    shown.size(),
                                    lines.size(),
                                    shown.size() < lines.size() ? "; text=… shows others" : "")),
                    new View.Log(source, shown));
        }
    }
}
