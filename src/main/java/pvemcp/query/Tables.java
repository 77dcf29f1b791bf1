package pvemcp.query;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import pvemcp.json.Json;
import pvemcp.pve.Bytes;
import pvemcp.pve.Fields;
import pvemcp.pve.PropertyString;

/// How each table is filled from the API. A table asks for what it shows and nothing else.
final class Tables {
    /// Keys of a configuration that hold a disk, for VMs and containers alike.
    private static final Pattern DISK =
            Pattern.compile("(?:ide|sata|scsi|virtio|efidisk|tpmstate|mp|unused)\\d+|rootfs");

    private static final Pattern NIC = Pattern.compile("net\\d+");

    /// The models a NIC can have (PVE::QemuServer, $nic_model_list); the key of the MAC address tells which.
    private static final List<String> MODELS = List.of(
            "virtio",
            "e1000",
            "e1000-82540em",
            "e1000-82544gc",
            "e1000-82545em",
            "e1000e",
            "i82551",
            "i82557b",
            "i82559er",
            "ne2k_isa",
            "ne2k_pci",
            "pcnet",
            "rtl8139",
            "vmxnet3");

    private Tables() {}

    /// All tables by name.
    static final SequencedMap<String, Table<?>> ALL = byName(
            new Table<>("nodes", Rows.Nodes.class, Tables::nodes),
            new Table<>("guests", Rows.Guests.class, Tables::guests),
            new Table<>("disks", Rows.Disks.class, perConfig(DISK, Tables::disk)),
            new Table<>("nics", Rows.Nics.class, perConfig(NIC, Tables::nic)),
            new Table<>("snapshots", Rows.Snapshots.class, Tables::snapshots),
            new Table<>("storages", Rows.Storages.class, Tables::storages),
            new Table<>("volumes", Rows.Volumes.class, Tables::volumes),
            new Table<>("backups", Rows.Backups.class, Tables::backups),
            new Table<>("tasks", Rows.Tasks.class, Tables::tasks),
            new Table<>("pools", Rows.Pools.class, Tables::pools),
            new Table<>("acl", Rows.Acl.class, Tables::acl),
            new Table<>("jobs", Rows.Jobs.class, Tables::jobs),
            new Table<>("ha", Rows.Ha.class, Tables::ha),
            new Table<>("metrics", Rows.Metrics.class, Tables::metrics),
            new Table<>("pbs_datastores", BackupRows.Datastores.class, false, BackupTables::datastores),
            new Table<>("pbs_snapshots", BackupRows.Snapshots.class, false, BackupTables::snapshots),
            new Table<>("pbs_jobs", BackupRows.Jobs.class, false, BackupTables::jobs),
            new Table<>("pbs_tasks", BackupRows.Tasks.class, false, BackupTables::tasks));

    private static SequencedMap<String, Table<?>> byName(Table<?>... tables) {
        var all = new TreeMap<String, Table<?>>();
        for (var table : tables) {
            all.put(table.name(), table);
        }
        return Collections.unmodifiableSequencedMap(all);
    }

    private static List<Rows.Nodes> nodes(Source source) {
        return map(
                source.resources("node"),
                row -> new Rows.Nodes(
                        row.text("node"),
                        row.maybe("status").orElse("unknown"),
                        row.number("cpu"),
                        row.whole("maxcpu"),
                        row.whole("mem"),
                        row.whole("maxmem"),
                        row.whole("disk"),
                        row.whole("maxdisk"),
                        row.whole("uptime")));
    }

    private static List<Rows.Guests> guests(Source source) {
        return map(
                source.guests().stream()
                        .filter(row -> row.whole("vmid").isPresent())
                        .toList(),
                row -> new Rows.Guests(
                        row.whole("vmid").orElseThrow(),
                        row.maybe("name"),
                        isVm(row) ? "vm" : "ct",
                        row.text("node"),
                        row.maybe("status").orElse("unknown"),
                        row.flag("template"),
                        row.number("cpu"),
                        row.number("maxcpu"),
                        row.whole("mem"),
                        row.whole("maxmem"),
                        // A VM's `disk` is always 0 and means nothing (PVE::API2Tools).
                        isVm(row) ? Optional.empty() : row.whole("disk"),
                        row.whole("maxdisk"),
                        row.whole("uptime"),
                        row.maybe("pool"),
                        row.maybe("tags").map(tags -> ";" + tags + ";"),
                        row.maybe("lock"),
                        row.maybe("hastate")));
    }

    static boolean isVm(Fields guest) {
        return guest.text("type").equals("qemu");
    }

    /// A row for each key of each guest's configuration that fits.
    private static <R> Function<Source, List<R>> perConfig(Pattern keys, ConfigRow<R> row) {
        return source -> source.eachGuest((guest, fetch) -> {
            var config = fetch.one("/config");
            var rows = new ArrayList<R>();
            config.all().members().keySet().stream()
                    .filter(key -> keys.matcher(key).matches())
                    .sorted()
                    .forEach(key -> rows.add(row.of(guest, key, config.properties(key))));
            return rows;
        });
    }

    private interface ConfigRow<R> {
        R of(Fields guest, String key, PropertyString value);
    }

    private static Rows.Disks disk(Fields guest, String key, PropertyString value) {
        var volume = value.bare()
                .or(() -> value.get("file"))
                .or(() -> value.get("volume"))
                .orElse("");
        boolean cdrom = value.get("media").orElse("").equals("cdrom");
        int colon = volume.indexOf(':');
        // In a container, mount points are backed up only when asked for; in a VM, disks unless told otherwise.
        boolean byDefault = isVm(guest) ? !cdrom : key.equals("rootfs");
        return new Rows.Disks(
                guest.whole("vmid").orElseThrow(),
                key,
                colon > 0 && !volume.startsWith("/") ? Optional.of(volume.substring(0, colon)) : Optional.empty(),
                volume,
                value.get("size").flatMap(Tables::bytes),
                value.get("mp"),
                !key.startsWith("unused") && value.flag("backup").orElse(byDefault),
                cdrom);
    }

    private static Optional<Long> bytes(String size) {
        try {
            return Optional.of(Bytes.parse(size).count());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Rows.Nics nic(Fields guest, String key, PropertyString value) {
        var model = MODELS.stream().filter(name -> value.get(name).isPresent()).findFirst();
        return new Rows.Nics(
                guest.whole("vmid").orElseThrow(),
                key,
                model.or(() -> value.get("model")),
                model.flatMap(value::get).or(() -> value.get("hwaddr")).or(() -> value.get("macaddr")),
                value.get("bridge"),
                value.get("tag").map(Long::valueOf),
                value.flag("firewall").orElse(false),
                value.get("ip"));
    }

    private static List<Rows.Snapshots> snapshots(Source source) {
        return source.eachGuest((guest, fetch) -> fetch.many("/snapshot").stream()
                // The list ends in a stand-in for the present state (PVE::API2::Qemu, snapshot_list).
                .filter(row -> !row.text("name").equals("current"))
                .map(row -> new Rows.Snapshots(
                        guest.whole("vmid").orElseThrow(),
                        row.text("name"),
                        row.maybe("parent"),
                        row.moment("snaptime"),
                        row.flag("vmstate"),
                        row.maybe("description")))
                .toList());
    }

    private static List<Rows.Storages> storages(Source source) {
        return map(
                source.resources("storage"),
                row -> new Rows.Storages(
                        row.text("storage"),
                        row.text("node"),
                        row.maybe("plugintype"),
                        row.maybe("status").orElse("unknown"),
                        row.whole("disk"),
                        row.whole("maxdisk"),
                        row.flag("shared"),
                        row.maybe("content")));
    }

    private static List<Rows.Volumes> volumes(Source source) {
        return source.eachStorage((storage, node, row) -> new Rows.Volumes(
                row.text("volid"),
                storage,
                node,
                row.text("content"),
                row.whole("vmid"),
                row.whole("size"),
                row.maybe("format"),
                row.moment("ctime")));
    }

    private static List<Rows.Backups> backups(Source source) {
        return source.eachStorage((storage, _, row) -> !row.text("content").equals("backup")
                ? null
                : new Rows.Backups(
                        row.text("volid"),
                        row.whole("vmid"),
                        storage,
                        row.moment("ctime"),
                        row.whole("size"),
                        row.flag("protected"),
                        row.raw("verification") instanceof Json.Obj found ? found.text("state") : Optional.empty(),
                        row.maybe("notes")));
    }

    private static List<Rows.Tasks> tasks(Source source) {
        return map(
                source.many("/cluster/tasks"),
                row -> new Rows.Tasks(
                        row.text("upid"),
                        row.text("node"),
                        row.text("type"),
                        row.maybe("id"),
                        row.text("user"),
                        row.moment("starttime").orElseThrow(),
                        row.moment("endtime"),
                        row.maybe("status")));
    }

    private static List<Rows.Pools> pools(Source source) {
        return map(source.many("/pools"), row -> new Rows.Pools(row.text("poolid"), row.maybe("comment")));
    }

    private static List<Rows.Acl> acl(Source source) {
        return map(
                source.many("/access/acl"),
                row -> new Rows.Acl(
                        row.text("path"),
                        row.text("ugid"),
                        row.text("type"),
                        row.text("roleid"),
                        row.flag("propagate")));
    }

    private static List<Rows.Jobs> jobs(Source source) {
        return map(
                source.many("/cluster/backup"),
                row -> new Rows.Jobs(
                        row.text("id"),
                        // Absent means on (PVE::VZDump::JobBase).
                        row.maybe("enabled").map(on -> !on.equals("0")).orElse(true),
                        row.maybe("schedule"),
                        row.maybe("storage"),
                        row.maybe("vmid"),
                        row.maybe("pool"),
                        row.flag("all"),
                        row.maybe("exclude"),
                        row.maybe("mode")));
    }

    private static List<Rows.Ha> ha(Source source) {
        return map(source.many("/cluster/ha/resources"), row -> {
            var sid = row.text("sid");
            var number = sid.substring(sid.indexOf(':') + 1);
            return new Rows.Ha(
                    sid,
                    number.chars().allMatch(Character::isDigit) ? Optional.of(Long.valueOf(number)) : Optional.empty(),
                    row.maybe("state"),
                    row.maybe("group"),
                    row.whole("max_restart"),
                    row.whole("max_relocate"),
                    row.maybe("comment"));
        });
    }

    private static List<Rows.Metrics> metrics(Source source) {
        return source.eachGuest((guest, fetch) -> {
            var points = fetch.many("/rrddata?timeframe=day&cf=AVERAGE");
            return List.of(new Rows.Metrics(
                    guest.whole("vmid").orElseThrow(),
                    mean(points, "cpu"),
                    peak(points, "cpu"),
                    mean(points, "mem"),
                    peak(points, "mem"),
                    mean(points, "netin"),
                    mean(points, "netout"),
                    mean(points, "diskread"),
                    mean(points, "diskwrite")));
        });
    }

    private static Optional<Double> mean(List<Fields> points, String name) {
        var mean = points.stream()
                .flatMap(point -> point.number(name).stream())
                .mapToDouble(Double::doubleValue)
                .average();
        return mean.isPresent() ? Optional.of(mean.getAsDouble()) : Optional.empty();
    }

    private static Optional<Double> peak(List<Fields> points, String name) {
        return points.stream().flatMap(point -> point.number(name).stream()).max(Double::compare);
    }

    private static <R> List<R> map(List<Fields> rows, Function<Fields, R> row) {
        return rows.stream().map(row).toList();
    }
}
