package pvemcp.tools.backup;

import static pvemcp.tool.Tool.change;
import static pvemcp.tool.Tool.destroy;
import static pvemcp.tool.Tool.execute;
import static pvemcp.tool.Tool.operate;
import static pvemcp.tool.Tool.read;

import pvemcp.tool.Toolset;

/// Backups of guests: made, listed, restored, kept and removed.
public final class BackupTools {
    public static final Toolset BACKUPS = Toolset.of(
            "backups",
            "Backups of guests",
            read("pve_backup_list", """
                    List backups of guests, newest first.""", BackupList.class),
            change("pve_backup_run", """
                    Back up guests now.""", BackupRun.class),
            destroy("pve_backup_restore", """
                    Restore a backup as a new guest, or with overwrite=true in place of the one with that id.""", BackupRestore.class),
            change("pve_backup_protect", """
                    Protect a backup from removal, or change its notes.""", BackupProtect.class),
            destroy("pve_backup_prune", """
                    Show which backups a keep rule would remove; apply=true removes them.""", BackupPrune.class),
            destroy("pve_backup_delete", "Delete one backup. Protected ones are refused.", BackupDelete.class),
            read("pve_backup_config", """
                    Show the guest configuration inside a backup, without passwords.""", BackupConfig.class),
            operate("pve_backup_files", """
                    List files inside a backup on a Proxmox Backup Server.""", BackupFiles.class),
            execute("pve_backup_extract", """
                    Download a file or directory out of a backup to this server.""", BackupExtract.class));

    private BackupTools() {}
}
