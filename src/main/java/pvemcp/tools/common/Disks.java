package pvemcp.tools.common;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import pvemcp.pve.GuestConfig;
import pvemcp.pve.GuestKind;
import pvemcp.pve.PropertyString;

/// What a guest's configuration says of its disks and mount points.
public final class Disks {
    // PVE::QemuServer::Drive::valid_drive_names and PVE::LXC::Config::foreach_volume; compiled on first use.
    private static final Pattern VM = Pattern.compile("(?:ide|sata|scsi|virtio|efidisk|tpmstate|unused)\\d+");
    private static final Pattern CONTAINER = Pattern.compile("rootfs|(?:mp|unused)\\d+");

    private Disks() {}

    /// @param volume such as `local-lvm:vm-101-disk-0`; `none` for an empty CD-ROM drive
    /// @param size as PVE writes it, such as `32G`; empty where it does not
    /// @param removable a CD-ROM or cloud-init drive
    public record Disk(String key, String volume, String size, boolean removable) {
        /// The storage it lies on; empty for a path of the host.
        public String storage() {
            int colon = volume.indexOf(':');
            return colon < 0 || volume.startsWith("/") ? "" : volume.substring(0, colon);
        }
    }

    public static boolean isDisk(GuestKind kind, String key) {
        return (kind == GuestKind.VM ? VM : CONTAINER).matcher(key).matches();
    }

    /// In the order of their names.
    public static List<Disk> of(GuestKind kind, GuestConfig config) {
        var disks = new ArrayList<Disk>();
        config.options().forEach((key, value) -> {
            if (isDisk(kind, key)) {
                disks.add(disk(key, value));
            }
        });
        return disks;
    }

    private static Disk disk(String key, String value) {
        var parts = PropertyString.parse(value);
        var volume = parts.bare()
                .or(() -> parts.get("file"))
                .or(() -> parts.get("volume"))
                .orElse("");
        boolean removable = parts.get("media").filter("cdrom"::equals).isPresent();
        return new Disk(key, volume, parts.get("size").orElse(""), removable);
    }

    /// The first name of that family that nothing has: `scsi` → `scsi1`.
    public static String free(GuestConfig config, String family) {
        for (int i = 0; ; i++) {
            if (!config.options().containsKey(family + i)) {
                return family + i;
            }
        }
    }
}
