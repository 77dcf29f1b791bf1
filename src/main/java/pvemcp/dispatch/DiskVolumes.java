package pvemcp.dispatch;

import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import pvemcp.pve.PropertyString;

/// The disks of a guest by key, with the volumes that hold their data: not CD-ROM drives, and nothing of the host.
final class DiskVolumes {
    // PVE::QemuServer::Drive::valid_drive_names and PVE::LXC::Config::foreach_volume.
    private static final Pattern DISK =
            Pattern.compile("(?:ide|sata|scsi|virtio|efidisk|tpmstate|unused|mp)[0-9]+|rootfs");

    private DiskVolumes() {}

    static SequencedMap<String, String> of(Map<String, String> options) {
        var volumes = new TreeMap<String, String>();
        options.forEach((key, value) -> {
            if (DISK.matcher(key).matches()) {
                var parts = PropertyString.parse(value);
                var volume = volume(parts);
                boolean removable = parts.get("media").filter("cdrom"::equals).isPresent();
                if (volume.contains(":") && !volume.startsWith("/") && !removable) {
                    volumes.put(key, volume);
                }
            }
        });
        return volumes;
    }

    private static String volume(PropertyString parts) {
        return parts.bare()
                .or(() -> parts.get("file"))
                .or(() -> parts.get("volume"))
                .orElse("");
    }

    /// Those that are in a backup, by the configuration that is kept in it. That names also what was left out: disks
    /// with `backup=0`, mount points without `backup=1`, unused ones (PVE::VZDump::QemuServer, PVE::VZDump::LXC).
    static Map<String, String> archived(String config) {
        var options = new TreeMap<String, String>();
        for (var line : config.lines().toList()) {
            if (line.startsWith("[")) {
                break; // A snapshot's part.
            }
            int colon = line.indexOf(": ");
            if (colon > 0 && !line.startsWith("#")) {
                options.put(line.substring(0, colon), line.substring(colon + 2).strip());
            }
        }
        var volumes = of(options);
        volumes.keySet().removeIf(key -> {
            var said = PropertyString.parse(options.get(key)).flag("backup");
            return key.startsWith("unused") || !said.orElse(!key.startsWith("mp"));
        });
        return volumes;
    }
}
