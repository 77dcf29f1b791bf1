package pvemcp.sim.world;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import pvemcp.sim.SimError;

/// What the name of a volume on a storage says: `iso/debian.iso`, `101/vm-101-disk-0.qcow2`, `vm-101-disk-0`,
/// `backup/vzdump-qemu-101-….vma.zst`.
///
/// @param text the name as it is, without the storage
/// @param content `images`, `rootdir`, `iso`, `vztmpl`, `backup`, `snippets` or `import`
/// @param vmid the guest it belongs to, 0 for none
/// @param format `raw`, `qcow2`, `vmdk`, `subvol`, or for files that are no disks what the content list calls it
/// @param base whether it is the disk of a template
public record VolumeName(String text, String content, int vmid, String format, boolean base) {
    private static final Pattern ISO = Pattern.compile("iso/[^/]+\\.(iso|img)", Pattern.CASE_INSENSITIVE);
    private static final Pattern TEMPLATE = Pattern.compile("vztmpl/[^/]+\\.(tar|tar\\.gz|tar\\.xz|tar\\.zst)");
    private static final Pattern BACKUP = Pattern.compile(
            "backup/((?:vzdump-(qemu|lxc|openvz)-(\\d+)-)?[^/]+\\.(vma|tgz|tar)(\\.(gz|lzo|zst|bz2))?)");
    private static final Pattern SNIPPET = Pattern.compile("snippets/[^/]+");
    private static final Pattern IMPORT = Pattern.compile("import/[^/]+\\.(ova|qcow2|raw|vmdk)");
    private static final Pattern BACKUP_SERVER = Pattern.compile("backup/(vm|ct|host)/(\\d+)/[^/]+");
    private static final Pattern FILE_DISK = Pattern.compile(
            "(?:(\\d+)/base-[^/]+/)?(\\d+)/((?:(?:vm|base|basevol|subvol)-(\\d+)-[^/.]+(?:-[^/]+)?)(?:\\.(\\w+))?)");
    private static final Pattern BLOCK_DISK = Pattern.compile("(?:base-(\\d+)-[^/]+/)?((vm|base|subvol)-(\\d+)-[^/]+)");

    /// Reads a name on a storage that keeps files or on one that keeps block devices.
    public static VolumeName parse(String text, boolean files) {
        return (files ? ofFile(text) : ofBlock(text))
                // PVE::Storage::Plugin::parse_volname and the LVM plugin's
                .orElseThrow(() -> new SimError(
                        (files ? "unable to parse directory volume name '%s'" : "unable to parse lvm volume name '%s'")
                                .formatted(text)));
    }

    private static Optional<VolumeName> ofFile(String text) {
        var image = ofImageFile(text);
        if (image.isPresent()) {
            return image;
        }
        if (ISO.matcher(text).matches()) {
            return Optional.of(new VolumeName(text, "iso", 0, extension(text), false));
        }
        if (TEMPLATE.matcher(text).matches()) {
            var format = text.endsWith(".tar.gz")
                    ? "tgz"
                    : text.endsWith(".tar.xz") ? "txz" : text.endsWith(".tar.zst") ? "tzst" : "tar";
            return Optional.of(new VolumeName(text, "vztmpl", 0, format, false));
        }
        var backup = BACKUP.matcher(text);
        if (backup.matches()) {
            return Optional.of(ofBackup(text, backup));
        }
        if (SNIPPET.matcher(text).matches()) {
            return Optional.of(new VolumeName(text, "snippets", 0, "snippet", false));
        }
        if (IMPORT.matcher(text).matches()) {
            return Optional.of(new VolumeName(text, "import", 0, extension(text), false));
        }
        var server = BACKUP_SERVER.matcher(text);
        if (server.matches()) {
            return Optional.of(
                    new VolumeName(text, "backup", Integer.parseInt(server.group(2)), "pbs-" + server.group(1), false));
        }
        return Optional.empty();
    }

    private static VolumeName ofBackup(String text, Matcher match) {
        var format = match.group(5) == null ? match.group(4) : match.group(4) + match.group(5);
        return new VolumeName(
                text, "backup", match.group(3) == null ? 0 : Integer.parseInt(match.group(3)), format, false);
    }

    private static Optional<VolumeName> ofImageFile(String text) {
        var match = FILE_DISK.matcher(text);
        if (!match.matches()) {
            return Optional.empty();
        }
        boolean subvolume =
                match.group(3).startsWith("subvol") || match.group(3).startsWith("basevol");
        var format = match.group(5) == null ? "raw" : match.group(5);
        return Optional.of(new VolumeName(
                text,
                subvolume ? "rootdir" : "images",
                Integer.parseInt(match.group(2)),
                format,
                match.group(3).startsWith("base")));
    }

    private static Optional<VolumeName> ofBlock(String text) {
        var match = BLOCK_DISK.matcher(text);
        if (!match.matches()) {
            return Optional.empty();
        }
        return Optional.of(new VolumeName(
                text,
                match.group(3).equals("subvol") ? "rootdir" : "images",
                Integer.parseInt(match.group(4)),
                match.group(3).equals("subvol") ? "subvol" : "raw",
                match.group(3).equals("base")));
    }

    private static String extension(String text) {
        return text.substring(text.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    }

    public boolean isDisk() {
        return content.equals("images") || content.equals("rootdir");
    }

    /// `qemu` or `lxc` of a backup; empty text for anything else.
    public String backupKind() {
        if (!content.equals("backup")) {
            return "";
        }
        return text.contains("/ct/") || text.contains("-lxc-") || text.contains("-openvz-") ? "lxc" : "qemu";
    }

    /// The last part of the name.
    public String file() {
        return text.substring(text.lastIndexOf('/') + 1);
    }
}
