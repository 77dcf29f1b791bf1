package pvemcp.gate;

import java.util.Optional;
import java.util.regex.Pattern;

/// The options of guests that reach through to the host they run on: who may set one has the host, or a part of it.
public final class HostOption {
    private static final Pattern SPICE = Pattern.compile("(?:host=)?spice(?:,usb3=[01])?");

    private HostOption() {}

    /// What the owner would have to list for a request with this parameter: the option's name without its number,
    /// `path` for a disk, mount point, backup or template that is a path of the host. Empty for anything harmless,
    /// also for devices and directories that an administrator has made available by a mapping.
    public static Optional<String> of(String parameter, String value) {
        if (parameter.startsWith("lxc.") || parameter.startsWith("lxc[")) {
            return Optional.of("lxc");
        }
        var name = withoutNumber(parameter);
        boolean reaches = switch (name) {
            // PVE::QemuServer, PVE::LXC::Config
            case "args", "hookscript", "cicustom", "dev", "lxc" -> true;
            case "hostpci" -> !isMapped(value);
            case "usb" -> !isMapped(value) && !SPICE.matcher(value).matches();
            case "serial", "parallel" -> value.startsWith("/");
            default -> false;
        };
        if (reaches) {
            return Optional.of(name);
        }
        return isDisk(name) && isPath(value) ? Optional.of("path") : Optional.empty();
    }

    private static String withoutNumber(String parameter) {
        int end = parameter.length();
        while (end > 0 && Character.isDigit(parameter.charAt(end - 1))) {
            end--;
        }
        return parameter.substring(0, end);
    }

    /// Whether it is a device that an administrator has made available, and no device or file of the host beside it.
    private static boolean isMapped(String value) {
        boolean mapped = false;
        for (var part : value.split(",", -1)) {
            mapped |= part.startsWith("mapping=");
            boolean bare = !part.contains("=");
            if (bare || part.startsWith("host=") || part.startsWith("romfile=")) {
                return false;
            }
        }
        return mapped;
    }

    private static boolean isDisk(String name) {
        return switch (name) {
            case "ide",
                    "sata",
                    "scsi",
                    "virtio",
                    "efidisk",
                    "tpmstate",
                    "unused",
                    "cdrom",
                    "mp",
                    "rootfs",
                    "archive",
                    "ostemplate" -> true;
            default -> false;
        };
    }

    /// A disk is `volume,options` with the volume's key left out or not: `/dev/sdb`, `file=/dev/sdb,size=1G`.
    private static boolean isPath(String value) {
        for (var part : value.split(",", -1)) {
            int equals = part.indexOf('=');
            var key = equals < 0 ? "" : part.substring(0, equals);
            boolean source = switch (key) {
                case "", "file", "volume", "import-from" -> true;
                default -> false; // `mp=/srv` is a path in the container.
            };
            if (source && part.startsWith("/", equals + 1)) {
                return true;
            }
        }
        return false;
    }
}
