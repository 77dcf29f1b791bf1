package pvemcp.sim.api;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import pvemcp.json.Json;
import pvemcp.schema.Verb;
import pvemcp.sim.metrics.NodeMetrics;
import pvemcp.sim.task.Step;
import pvemcp.sim.world.Node;

/// What keeps a host going: packages, logs, the report (PVE::API2::APT, Nodes)
final class UpkeepApi {
    private static final int SYSLOG_LIMIT = 50;
    private static final int JOURNAL_LIMIT = 500;

    private UpkeepApi() {}

    static void add(Routes routes) {
        routes.on(Verb.GET, "/nodes/{node}/apt/update", UpkeepApi::updates)
                .on(Verb.POST, "/nodes/{node}/apt/update", UpkeepApi::refresh)
                .on(Verb.GET, "/nodes/{node}/apt/versions", UpkeepApi::versions)
                .on(Verb.GET, "/nodes/{node}/apt/changelog", UpkeepApi::changelog)
                .on(Verb.GET, "/nodes/{node}/apt/repositories", _ -> repositories())
                .on(Verb.GET, "/nodes/{node}/aplinfo", _ -> templates())
                .on(Verb.POST, "/nodes/{node}/aplinfo", TransferApi::template)
                .on(Verb.GET, "/nodes/{node}/syslog", UpkeepApi::syslog)
                .on(Verb.GET, "/nodes/{node}/journal", UpkeepApi::journal)
                .on(Verb.GET, "/nodes/{node}/report", UpkeepApi::report);
    }

    /// @param present the installed version; empty where it is not installed
    private record Software(
            String name, String title, String section, String origin, String present, String next, boolean core) {
        Rows row() {
            return Rows.of(
                            "Package",
                            name,
                            "Title",
                            title,
                            "Description",
                            title + ".",
                            "Section",
                            section,
                            "Priority",
                            "optional",
                            "Origin",
                            origin,
                            "Arch",
                            "amd64",
                            "Version",
                            next.isEmpty() ? present : next)
                    .putText("OldVersion", present);
        }
    }

    private static final List<Software> PACKAGES = List.of(
            new Software("proxmox-ve", "Proxmox VE as a whole", "admin", "Proxmox", "9.2.0", "", true),
            new Software("pve-manager", "management tools and web interface", "admin", "Proxmox", "9.2.11", "", true),
            new Software("proxmox-kernel-6.17", "kernel image", "kernel", "Proxmox", "6.17.2-1", "6.17.4-2", true),
            new Software("qemu-server", "management of virtual machines", "admin", "Proxmox", "9.2.6", "9.2.8", true),
            new Software("pve-container", "management of containers", "admin", "Proxmox", "6.1.10", "", true),
            new Software("libpve-storage-perl", "storage management", "perl", "Proxmox", "9.1.7", "", true),
            new Software("corosync", "cluster engine", "admin", "Proxmox", "3.1.9-pve2", "", true),
            new Software("ceph-fuse", "client of the Ceph file system", "admin", "Debian", "", "18.2.7+ds-1", true),
            new Software("libssl3t64", "TLS library", "libs", "Debian", "3.5.4-1~deb13u1", "3.5.4-1~deb13u2", false),
            new Software(
                    "tzdata", "time zone data", "localization", "Debian", "2026c-0+deb13u1", "2026f-0+deb13u1", false));

    private static Json updates(Request request) {
        if (request.node().upToDate) {
            return Json.Arr.EMPTY;
        }
        return Json.of(PACKAGES.stream()
                .filter(item -> !item.present().isEmpty() && !item.next().isEmpty())
                .map(item -> item.row().json())
                .toList());
    }

    private static Json refresh(Request request) {
        return request.start(
                "aptupdate",
                "",
                List.of(
                        Step.say(Duration.ofMillis(400), "starting apt-get update"),
                        Step.say(
                                Duration.ofSeconds(3),
                                "Hit:1 http://deb.debian.org/debian trixie InRelease",
                                "Hit:2 http://security.debian.org/debian-security trixie-security InRelease",
                                "Hit:3 http://download.proxmox.com/debian/pve trixie InRelease",
                                "Reading package lists...")));
    }

    private static Json versions(Request request) {
        return Json.of(PACKAGES.stream()
                .filter(Software::core)
                .map(item -> item.row()
                        .put("CurrentState", item.present().isEmpty() ? "NotInstalled" : "Installed")
                        .putIf(item.name().equals("proxmox-ve"), "RunningKernel", request.node().kernel)
                        .putIf(item.name().equals("pve-manager"), "ManagerVersion", "9.2.11/14a22df35955d97d")
                        .json())
                .toList());
    }

    private static Json changelog(Request request) {
        var name = request.text("name");
        var item = PACKAGES.stream().filter(known -> known.name().equals(name)).findFirst();
        return Json.str(item.map(known -> "%s (%s) trixie; urgency=medium\n\n  * simulated\n"
                        .formatted(name, known.next().isEmpty() ? known.present() : known.next()))
                .orElse("E: Unable to locate package %s\nRC: 100".formatted(name)));
    }

    private static Json repositories() {
        return Json.obj(
                "digest", "0".repeat(64),
                "files", List.of(),
                "errors", List.of(),
                "infos", List.of(),
                "standard-repos",
                        List.of(
                                Json.obj(
                                        "handle",
                                        "enterprise",
                                        "name",
                                        "Enterprise",
                                        "description",
                                        "For hosts with a subscription."),
                                Json.obj(
                                        "handle",
                                        "no-subscription",
                                        "name",
                                        "No-Subscription",
                                        "description",
                                        "For tests and homes.",
                                        "status",
                                        1)));
    }

    static boolean isTemplate(String file) {
        return templates().items().stream()
                .anyMatch(row -> ((Json.Obj) row).text("template").orElse("").equals(file));
    }

    /// The container templates that can be downloaded (PVE::APLInfo).
    private static Json.Arr templates() {
        var rows = new ArrayList<Json>();
        for (var name : List.of(
                "alpine-3.22-default_20250617",
                "debian-12-standard_12.12-1",
                "debian-13-standard_13.1-2",
                "rockylinux-10-default_20251001",
                "ubuntu-24.04-standard_24.04-2")) {
            var file = name + "_amd64.tar." + (name.startsWith("alpine") ? "xz" : "zst");
            var packed = name.substring(0, name.lastIndexOf('_'));
            rows.add(Json.obj(
                    "package",
                    packed,
                    "version",
                    name.substring(name.lastIndexOf('_') + 1),
                    "os",
                    packed.substring(0, packed.lastIndexOf('-')),
                    "type",
                    "lxc",
                    "section",
                    "system",
                    "architecture",
                    "amd64",
                    "template",
                    file,
                    "location",
                    "http://download.proxmox.com/images/system/" + file,
                    "source",
                    "http://download.proxmox.com/images",
                    "headline",
                    packed,
                    "description",
                    "",
                    "infopage",
                    "https://linuxcontainers.org",
                    "maintainer",
                    "Proxmox Support Team <support@proxmox.com>",
                    "md5sum",
                    Digests.of(file).substring(0, 32),
                    "sha512sum",
                    Digests.of(file).repeat(4).substring(0, 128)));
        }
        return new Json.Arr(rows);
    }

    /// A line of the system's log.
    private record Entry(Instant at, String unit, String text) {
        // The way systemd-journald prints it, without the system's locale.
        private static final DateTimeFormatter STAMP = new DateTimeFormatterBuilder()
                .appendPattern("MMM dd HH:mm:ss")
                .toFormatter(Locale.ENGLISH)
                .withZone(ZoneOffset.UTC);

        String line(Node node) {
            return "%s %s %s: %s".formatted(STAMP.format(at), node.name(), unit, text);
        }
    }

    /// What the host wrote since it started: its boot, an hourly line of the last day, and its tasks.
    private static List<Entry> entries(Request request) {
        var node = request.node();
        var now = request.cluster().now();
        var entries = new ArrayList<Entry>();
        entries.add(new Entry(node.booted, "kernel", "Linux version " + node.kernel + " (root@localhost)"));
        entries.add(new Entry(node.booted, "systemd-journald[412]", "Journal started"));
        int pid = 600;
        for (var service : node.host.services.values()) {
            if (service.running) {
                var unit = "%s[%d]".formatted(service.id(), pid += 7);
                entries.add(new Entry(
                        node.booted.plusSeconds(3),
                        "systemd[1]",
                        "Started %s.service - %s.".formatted(service.id(), service.title())));
                entries.add(new Entry(node.booted.plusSeconds(4), unit, "starting server"));
            }
        }
        for (int hour = 24; hour > 0; hour--) {
            var at = now.minus(Duration.ofHours(hour));
            if (at.isAfter(node.booted)) {
                entries.add(new Entry(at, "systemd[1]", "Starting man-db.service - Daily man-db regeneration..."));
            }
        }
        for (var task : request.tasks().all()) {
            if (task.node().equals(node.name())) {
                var unit = "pvedaemon[%d]".formatted(task.pid());
                entries.add(
                        new Entry(task.started(), unit, "<%s> starting task %s".formatted(task.user(), task.upid())));
                task.ended()
                        .ifPresent(end -> entries.add(new Entry(
                                end,
                                unit,
                                "<%s> end task %s %s"
                                        .formatted(
                                                task.user(),
                                                task.upid(),
                                                task.exitStatus().orElse("")))));
            }
        }
        entries.sort(Comparator.comparing(Entry::at));
        return entries;
    }

    private static Json syslog(Request request) {
        var service = request.text("service", "");
        var lines = entries(request).stream()
                .filter(entry -> service.isEmpty() || entry.unit().startsWith(service + "["))
                .filter(entry -> request.find("since").stream()
                        .allMatch(since -> stamp(entry).compareTo(since) >= 0))
                .filter(entry -> request.find("until").stream()
                        .allMatch(until -> stamp(entry).compareTo(until) <= 0))
                .map(entry -> entry.line(request.node()))
                .toList();
        return Excerpt.of(request, lines, SYSLOG_LIMIT);
    }

    private static String stamp(Entry entry) {
        return entry.at().toString().substring(0, 19).replace('T', ' ');
    }

    /// Text lines between two cursors, as mini-journalreader gives them.
    private static Json journal(Request request) {
        var entries = entries(request);
        long last = request.whole("lastentries", JOURNAL_LIMIT);
        var kept = entries.stream()
                .filter(entry -> entry.at().getEpochSecond() >= request.whole("since", 0))
                .filter(entry -> entry.at().getEpochSecond() <= request.whole("until", Long.MAX_VALUE))
                .toList();
        var lines = new ArrayList<String>();
        var shown = kept.subList((int) Math.max(0, kept.size() - last), kept.size());
        if (!shown.isEmpty()) {
            lines.add("s=simulated;i=" + (kept.size() - shown.size()));
            shown.forEach(entry -> lines.add(entry.line(request.node())));
            lines.add("s=simulated;i=" + kept.size());
        }
        return Json.strings(lines);
    }

    private static Json report(Request request) {
        var node = request.node();
        var now = request.cluster().now();
        var text = new StringBuilder("\n==== general system info ====\n\n# hostname\n")
                .append(node.name())
                .append("\n\n# pveversion --verbose\n");
        PACKAGES.forEach(item ->
                text.append(item.name()).append(": ").append(item.present()).append('\n'));
        text.append("\n# cat /etc/hosts\n").append(node.host.hosts);
        text.append(
                "\n# uptime\n load average: %.2f\n".formatted(new NodeMetrics(request.cluster(), node).load(now, 1)));
        text.append("\n==== info about virtual guests ====\n\n");
        request.cluster().guests.values().stream()
                .filter(guest -> guest.node.equals(node.name()))
                .forEach(guest -> text.append(
                        "%d %s %s\n".formatted(guest.vmid(), guest.name(), guest.isRunning() ? "running" : "stopped")));
        return Json.str(text.toString());
    }
}
