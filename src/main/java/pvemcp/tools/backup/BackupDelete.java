package pvemcp.tools.backup;

import java.time.Duration;
import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.pve.PveException;
import pvemcp.pve.PveFault;
import pvemcp.pve.Verb;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.Kind;
import pvemcp.tool.ToolContext;
import pvemcp.tools.common.Outcome;

/// One backup removed, unless it is protected or not there.
record BackupDelete(
        @Doc(value = "As pve_backup_list names it", obvious = true)
        String archive,

        @Doc(kind = Kind.NODE) Optional<String> node,

        @Doc(value = "How long to wait for the task", or = "45s", obvious = true)
        Duration timeout)
        implements Call<Outcome>, OnArchive {
    BackupDelete {
        archive = Archive.parse(archive).text();
    }

    @Override
    public Outcome run(ToolContext ctx) {
        var archived = Archive.parse(archive);
        var at = archived.at(ctx, node);
        // PVE's task succeeds for a file that is not there; a mistyped name should not pass for a deleted backup.
        var found = at.content(Json.obj("content", "backup", "vmid", archived.vmid())).stream()
                .filter(volume -> volume.volid().equals(archive))
                .findFirst()
                .orElseThrow(() -> new PveException(new PveFault.Missing(
                        "backup " + archive,
                        "no backup '%s'; pve_backup_list shows what is there".formatted(archive))));
        if (found.isProtected()) {
            throw new PveException(new PveFault.Locked(
                    "backup " + archive, "protection", "it is protected; pve_backup_protect protect=false lifts that"));
        }
        return Outcome.of(ctx, ctx.pve().requireTask(at.send(Verb.DELETE, archived.path(), Json.Obj.EMPTY)), timeout);
    }
}
