package pvemcp.schema;

import java.util.List;
import java.util.Optional;
import pvemcp.json.Json;

/// What is said of VMs, as PVE::QemuServer judges it.
record VmWords(Rules rules) {
    private static final List<String> PLUGGED = List.of("network", "disk", "cpu", "memory", "usb", "cloudinit");

    /// Such as `scsi0`.
    boolean isDrive(String value) {
        return isIndexed(value, List.of("ide", "sata", "scsi", "virtio"));
    }

    boolean isBootDevice(String value) {
        return isDrive(value) || isIndexed(value, List.of("net", "usb", "hostpci"));
    }

    private boolean isIndexed(String value, List<String> stems) {
        for (var stem : stems) {
            var index = value.startsWith(stem) ? value.substring(stem.length()) : "";
            boolean canonical = index.length() == 1 || (index.length() > 1 && index.charAt(0) != '0');
            if (canonical && Numbers.isBetween(index, 0, rules.highest(stem))) {
                return true;
            }
        }
        return false;
    }

    static Optional<String> hotplug(String value) {
        return value.equals("0") || value.equals("1")
                ? Optional.empty()
                : WordList.elements(value).stream()
                        .filter(feature -> !PLUGGED.contains(feature))
                        .findFirst()
                        .map(feature -> "invalid hotplug feature '" + feature + "'");
    }

    Optional<String> cpu(Json.Obj value) {
        var type = value.text("cputype").orElse("");
        if (type.isEmpty()) {
            return Optional.of("CPU is missing cputype");
        }
        if (!type.startsWith("custom-") && !rules.words("cpu-model").contains(type)) {
            return Optional.of("Built-in cputype '" + type + "' is not defined (missing 'custom-' prefix?)");
        }
        var supported = rules.words("cpu-flag");
        for (var flag : value.text("flags").orElse("").split(";")) {
            if (!flag.isEmpty() && !supported.contains(flag.substring(1))) {
                return Optional.of("VM-specific CPU flags must be a subset of: " + String.join(", ", supported));
            }
        }
        return value.has("reported-model")
                ? Optional.of("Property 'reported-model' not allowed in VM-specific CPU config.")
                : Optional.empty();
    }
}
