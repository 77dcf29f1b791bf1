package pvemcp.sim.world;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// A kind of storage, and what it can do (PVE::Storage::*Plugin, `plugindata` and `volume_has_feature`).
public enum StorageType {
    DIR("dir", true, false, "path", "raw,qcow2,vmdk,subvol"),
    BTRFS("btrfs", true, false, "path", "raw,subvol"),
    NFS("nfs", true, true, "export", "raw,qcow2,vmdk"),
    CIFS("cifs", true, true, "share", "raw,qcow2,vmdk"),
    CEPHFS("cephfs", true, true, "", "raw"),
    PBS("pbs", true, true, "datastore", "pbs-vm,pbs-ct"),
    LVM("lvm", false, false, "vgname", "raw"),
    LVMTHIN("lvmthin", false, false, "vgname", "raw"),
    ZFSPOOL("zfspool", false, false, "pool", "raw,subvol"),
    RBD("rbd", false, true, "", "raw"),
    ZFS("zfs", false, true, "pool", "raw"),
    ISCSI("iscsi", false, true, "portal", "raw"),
    ISCSI_DIRECT("iscsidirect", false, true, "portal", "raw"),
    ESXI("esxi", true, true, "server", "");

    private final String id;
    private final boolean files;
    private final boolean shared;
    private final String required;
    private final String formats;

    StorageType(String id, boolean files, boolean shared, String required, String formats) {
        this.id = id;
        this.files = files;
        this.shared = shared;
        this.required = required;
        this.formats = formats;
    }

    public static Optional<StorageType> of(String id) {
        return Arrays.stream(values()).filter(type -> type.id.equals(id)).findFirst();
    }

    public String id() {
        return id;
    }

    /// Whether it keeps files, in folders by content, and not block devices.
    public boolean files() {
        return files;
    }

    /// Whether all nodes see the same by its nature.
    public boolean shared() {
        return shared;
    }

    /// The option without which there is none of this type; empty text for none.
    public String required() {
        return required;
    }

    /// The formats of disks, the default one first.
    public List<String> formats() {
        return formats.isEmpty() ? List.of() : List.of(formats.split(","));
    }

    /// The contents it holds where its configuration does not say (`plugindata`).
    public String defaultContent() {
        return switch (this) {
            case BTRFS, DIR, NFS, CIFS, LVM, RBD, ZFS, ISCSI, ISCSI_DIRECT -> "images";
            case LVMTHIN, ZFSPOOL -> "images,rootdir";
            case CEPHFS, PBS -> "backup";
            case ESXI -> "import";
        };
    }

    public boolean canSnapshot(String format) {
        return switch (this) {
            case BTRFS, LVMTHIN, ZFSPOOL, ZFS, RBD -> true;
            case DIR, NFS, CIFS -> format.equals("qcow2");
            case CEPHFS, PBS, LVM, ISCSI, ISCSI_DIRECT, ESXI -> false;
        };
    }

    /// Whether the disk of a template can be the base of linked clones.
    public boolean canLink(String format) {
        return switch (this) {
            case BTRFS, LVMTHIN, ZFSPOOL, ZFS, RBD -> true;
            case DIR, NFS, CIFS -> !format.equals("subvol");
            case CEPHFS, PBS, LVM, ISCSI, ISCSI_DIRECT, ESXI -> false;
        };
    }

    /// Whether a disk takes up only what was written to it.
    public boolean thin() {
        return switch (this) {
            case LVM, ISCSI, ISCSI_DIRECT -> false;
            default -> true;
        };
    }
}
