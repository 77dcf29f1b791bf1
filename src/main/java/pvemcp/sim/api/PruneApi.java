package pvemcp.sim.api;

import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.IsoFields;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import pvemcp.json.Json;
import pvemcp.sim.SimError;
import pvemcp.sim.world.PropertyString;
import pvemcp.sim.world.Storage;
import pvemcp.sim.world.Volume;

/// Which backups go and which stay (PVE::Storage::prune_mark_backup_group).
final class PruneApi {
    private PruneApi() {}

    static Json preview(Request request) {
        var storage = NodeStorageApi.storage(request);
        var rows = new ArrayList<Json>();
        marks(request, storage, keep(request, storage))
                .forEach((volume, mark) -> rows.add(Json.obj(
                        "volid", storage.id() + ":" + volume.name().text(),
                        "ctime", volume.created.getEpochSecond(),
                        "mark", mark,
                        "type", volume.name().backupKind(),
                        "vmid", volume.name().vmid())));
        return new Json.Arr(rows);
    }

    static Json prune(Request request) {
        var storage = NodeStorageApi.storage(request);
        var keep = keep(request, storage);
        var owner = request.find("vmid").map(vmid -> vmid + "@" + storage.id()).orElse(storage.id());
        return request.start(
                "prunebackups",
                owner,
                Timed.begin()
                        .then(
                                300,
                                work -> marks(request, storage, keep).forEach((volume, mark) -> {
                                    if (mark.equals("remove")) {
                                        var name = volume.name().text();
                                        work.say("removing backup '%s:%s'".formatted(storage.id(), name));
                                        storage.remove(request.node().name(), name);
                                    }
                                }))
                        .steps());
    }

    private static PropertyString keep(Request request, Storage storage) {
        var text = request.find("prune-backups").orElseGet(() -> storage.options.get("prune-backups"));
        if (text == null) {
            throw new SimError("no prune-backups options configured for storage '%s'".formatted(storage.id()));
        }
        return PropertyString.parse(text, "keep-all");
    }

    private static Map<Volume, String> marks(Request request, Storage storage, PropertyString keep) {
        var groups = new TreeMap<String, List<Volume>>();
        for (var volume : storage.volumes(request.node().name()).values()) {
            var name = volume.name();
            boolean chosen = name.content().equals("backup")
                    && request.find("vmid")
                            .map(id -> id.equals(Integer.toString(name.vmid())))
                            .orElse(true)
                    && request.find("type").map(name.backupKind()::equals).orElse(true);
            if (chosen) {
                groups.computeIfAbsent(name.backupKind() + "/" + name.vmid(), _ -> new ArrayList<>())
                        .add(volume);
            }
        }
        var marks = new LinkedHashMap<Volume, String>();
        groups.values().forEach(group -> marks.putAll(mark(group, keep)));
        return marks;
    }

    /// Oldest first, each with `keep`, `remove` or `protected`.
    static Map<Volume, String> mark(List<Volume> group, PropertyString keep) {
        var newestFirst = new ArrayList<>(group);
        newestFirst.sort(Comparator.comparing((Volume volume) -> volume.created).reversed());
        var marks = new LinkedHashMap<Volume, String>();
        newestFirst.stream().filter(volume -> volume.isProtected).forEach(volume -> marks.put(volume, "protected"));
        if (keep.flag("keep-all") || keep.parts().isEmpty()) {
            newestFirst.forEach(volume -> marks.putIfAbsent(volume, "keep"));
        } else {
            keepBy(
                    newestFirst,
                    marks,
                    keep,
                    "keep-last",
                    volume -> volume.name().text());
            keepBy(newestFirst, marks, keep, "keep-hourly", by("yyyyMMddHH"));
            keepBy(newestFirst, marks, keep, "keep-daily", by("yyyyMMdd"));
            keepBy(newestFirst, marks, keep, "keep-weekly", PruneApi::week);
            keepBy(newestFirst, marks, keep, "keep-monthly", by("yyyyMM"));
            keepBy(newestFirst, marks, keep, "keep-yearly", by("yyyy"));
        }
        var ordered = new LinkedHashMap<Volume, String>();
        newestFirst.reversed().forEach(volume -> ordered.put(volume, marks.getOrDefault(volume, "remove")));
        return ordered;
    }

    private static void keepBy(
            List<Volume> newestFirst,
            Map<Volume, String> marks,
            PropertyString keep,
            String option,
            Function<Volume, String> period) {
        int left = keep.get(option).map(Integer::parseInt).orElse(0);
        var done = new HashSet<String>();
        marks.forEach((volume, mark) -> {
            if (mark.equals("keep")) {
                done.add(period.apply(volume));
            }
        });
        for (var volume : newestFirst) {
            if (left > 0 && !marks.containsKey(volume) && done.add(period.apply(volume))) {
                marks.put(volume, "keep");
                left--;
            }
        }
    }

    private static Function<Volume, String> by(String pattern) {
        var format = DateTimeFormatter.ofPattern(pattern, Locale.ROOT);
        return volume -> format.format(volume.created.atOffset(ZoneOffset.UTC));
    }

    private static String week(Volume volume) {
        var day = volume.created.atOffset(ZoneOffset.UTC);
        return day.get(IsoFields.WEEK_BASED_YEAR) + "/" + day.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR);
    }
}
