package pvemcp.tools.backup;

import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.pve.Verb;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.Kind;
import pvemcp.tool.ToolContext;
import pvemcp.tools.common.Outcome;

/// What is said of a backup: whether it may be removed, and its notes.
record BackupProtect(
        @Doc(value = "As pve_backup_list names it", obvious = true)
        String archive,

        @Doc(value = "true: protect, false: lift it", obvious = true)
        Optional<Boolean> protect,

        @Doc(value = "New notes", obvious = true) Optional<String> notes,
        @Doc(kind = Kind.NODE) Optional<String> node)
        implements Call<Outcome>, OnArchive {
    BackupProtect {
        archive = Archive.parse(archive).text();
        if (protect.isEmpty() && notes.isEmpty()) {
            throw new IllegalArgumentException("say what to change: protect, notes or both");
        }
    }

    @Override
    public Outcome run(ToolContext ctx) {
        var params = protect.map(on -> Json.obj("protected", on ? 1 : 0)).orElse(Json.Obj.EMPTY);
        if (notes.isPresent()) {
            params = params.with("notes", notes.get());
        }
        var archived = Archive.parse(archive);
        archived.at(ctx, node).send(Verb.PUT, archived.path(), params);
        return Outcome.DONE;
    }
}
