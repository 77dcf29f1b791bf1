package pvemcp.sim.api;

import java.util.SequencedMap;
import java.util.TreeMap;
import pvemcp.sim.world.Guest;
import pvemcp.sim.world.Vm;
import pvemcp.sim.world.VolumeId;

/// The configuration as it is put into a backup, and read from it.
final class BackupConfig {
    private BackupConfig() {}

    /// The guest's file without snapshots and what is pending; of a VM with the map of its disks (`#qmdump#`).
    static String write(Guest guest) {
        var text = new StringBuilder();
        guest.file()
                .lines()
                .takeWhile(line -> !line.startsWith("["))
                .filter(line -> !line.isEmpty() && !line.startsWith("lock:") && !line.startsWith("parent:"))
                .forEach(line -> text.append(line).append('\n'));
        if (guest instanceof Vm) {
            guest.ownVolumes()
                    .forEach((key, volume) -> text.append("#qmdump#map:%1$s:drive-%1$s:%2$s:%3$s:\n"
                            .formatted(key, volume.storage(), format(volume))));
        }
        return text.toString();
    }

    private static String format(VolumeId volume) {
        int dot = volume.name().lastIndexOf('.');
        return dot < 0 ? "raw" : volume.name().substring(dot + 1);
    }

    static SequencedMap<String, String> read(String file) {
        var values = new TreeMap<String, String>();
        var description = new StringBuilder();
        file.lines().forEach(line -> {
            if (line.startsWith("#qmdump#")) {
                return;
            }
            if (line.startsWith("#")) {
                description.append(description.isEmpty() ? "" : "\n").append(line.substring(1));
                return;
            }
            int colon = line.indexOf(": ");
            if (colon > 0) {
                values.put(line.substring(0, colon), line.substring(colon + 2));
            }
        });
        if (!description.isEmpty()) {
            values.put("description", description.toString());
        }
        return values;
    }
}
