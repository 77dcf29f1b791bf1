package pvemcp.tools.answer;

import static pvemcp.tools.common.Probe.row;

import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import pvemcp.pve.Bytes;
import pvemcp.tool.Doc;
import pvemcp.tool.ToolContext;
import pvemcp.tools.common.Probe;
import pvemcp.tools.common.Report;

/// What takes space for nothing, and which storages are tight.
record StoragePressure(
        @Doc(value = "Days after which a snapshot is old", or = "30", min = 1, max = 3650, obvious = true)
        int days) implements Survey {
    private static final int ISO_DAYS = 90;

    @Override
    public Report report(ToolContext ctx) {
        var probe = new Probe(ctx);
        var now = LocalDateTime.ofInstant(ctx.clock().instant(), ZoneOffset.UTC);
        var tight = tight(probe);
        // A disk is an orphan only where the configuration of its guest was read and does not name it.
        var orphans = probe.rows("""
                SELECT v.volid, v.size, v.vmid, CASE WHEN u.volume IS NULL THEN 'no such guest' ELSE 'detached' END
                FROM volumes v LEFT JOIN (SELECT vmid, volume FROM disks WHERE disk LIKE 'unused%') u ON u.volume = v.volid
                WHERE v.content IN ('images', 'rootdir') AND v.vmid IS NOT NULL
                AND (u.volume IS NOT NULL OR v.vmid NOT IN (SELECT vmid FROM guests)) ORDER BY v.size DESC""");
        var unnamed = probe.rows("""
                SELECT v.volid, v.size, v.vmid, 'not in its guest''s configuration' FROM volumes v
                WHERE v.content IN ('images', 'rootdir') AND v.vmid IN (SELECT vmid FROM disks)
                AND v.vmid NOT IN (SELECT vmid FROM snapshots) AND v.volid NOT LIKE '%-state-%'
                AND v.volid NOT IN (SELECT volume FROM disks) ORDER BY v.size DESC""");
        var wasted = new ArrayList<>(sized(orphans));
        wasted.addAll(sized(unnamed));
        var old = new ArrayList<List<String>>();
        for (var cells : probe.rows("""
                SELECT s.vmid, g.name, s.name, s.taken FROM snapshots s JOIN guests g ON g.vmid = s.vmid
                WHERE s.taken IS NOT NULL ORDER BY s.taken""")) {
            long age = Duration.between(time(cells.get(3)), now).toDays();
            if (age > days) {
                old.add(row(cells.get(0), cells.get(1), cells.get(2), age));
            }
        }
        var discs = new ArrayList<List<String>>();
        for (var cells : probe.rows("""
                SELECT volid, size, created FROM volumes WHERE content = 'iso' AND created IS NOT NULL
                AND volid NOT IN (SELECT volume FROM disks WHERE cdrom) ORDER BY size DESC""")) {
            long age = Duration.between(time(cells.get(2)), now).toDays();
            if (age > ISO_DAYS) {
                discs.add(row(cells.get(0), bytes(cells.get(1)), age));
            }
        }
        var parts = new ArrayList<String>();
        count(parts, tight.size(), "tight storage");
        count(parts, wasted.size(), "orphaned disk");
        count(parts, old.size(), "old snapshot");
        count(parts, discs.size(), "unused ISO image");
        return Report.that(
                        parts.isEmpty()
                                ? "no storage is tight, and nothing lies about unused"
                                : String.join(", ", parts))
                .table("tight storages", "storage|full|free|disks promise|why", tight)
                .table("orphaned disks", "volume|size|guest|why", wasted)
                .table("snapshots older than %d days".formatted(days), "id|guest|snapshot|days", old)
                .table("ISO images unused for %d days".formatted(ISO_DAYS), "volume|size|days", discs)
                .nextIf(
                        !wasted.isEmpty() || !discs.isEmpty(),
                        "look whose it is, then pve_api_write DELETE /nodes/{node}/storage/{storage}/content/{volume}")
                .nextIf(
                        !old.isEmpty(),
                        "pve_api_write DELETE …/snapshot/{name} of the guest: its changes are merged, nothing is lost but the way back")
                .nextIf(!tight.isEmpty(), "how long it lasts: pve_capacity")
                .with(probe);
    }

    private static void count(List<String> parts, int count, String what) {
        if (count > 0) {
            parts.add(count + " " + what + (count == 1 ? "" : "s"));
        }
    }

    /// Nearly full, or thin and with more promised than three times what is there.
    private static List<List<String>> tight(Probe probe) {
        var rows = new ArrayList<List<String>>();
        var seen = new TreeSet<String>();
        for (var cells : probe.rows("""
                SELECT s.storage, s.node, s.used, s.total, s.shared, s.type,
                (SELECT SUM(d.size) FROM disks d JOIN guests g ON g.vmid = d.vmid
                 WHERE d.storage = s.storage AND NOT d.cdrom AND (s.shared OR g.node = s.node))
                FROM storages s WHERE s.total > 0 AND s.status = 'available' ORDER BY s.used * 1.0 / s.total DESC""")) {
            var name = cells.get(0).orElseThrow();
            boolean shared = cells.get(4).orElse("").equalsIgnoreCase("true");
            if (shared && !seen.add(name)) {
                continue;
            }
            long used = number(cells.get(2));
            long total = number(cells.get(3));
            long promised = number(cells.get(6));
            var why = new ArrayList<String>();
            if (used >= Health.TIGHT * total) {
                why.add("nearly full");
            }
            if (promised > 3 * total) {
                why.add("disks promise far more than there is");
            }
            if (!why.isEmpty()) {
                rows.add(row(
                        shared ? name : name + " on " + cells.get(1).orElse(""),
                        Bytes.of(used).of(Bytes.of(total)),
                        Bytes.of(total - used),
                        Bytes.of(promised),
                        String.join(", ", why)));
            }
        }
        return rows;
    }

    private static List<List<String>> sized(List<List<Optional<String>>> found) {
        return found.stream()
                .map(cells -> row(cells.get(0), bytes(cells.get(1)), cells.get(2), cells.get(3)))
                .toList();
    }

    private static Bytes bytes(Optional<String> cell) {
        return Bytes.of(number(cell));
    }

    private static long number(Optional<String> cell) {
        return cell.map(Double::parseDouble).orElse(0.0).longValue();
    }

    private static LocalDateTime time(Optional<String> cell) {
        return LocalDateTime.parse(cell.orElseThrow().replace(' ', 'T'));
    }
}
