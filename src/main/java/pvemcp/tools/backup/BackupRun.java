package pvemcp.tools.backup;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import pvemcp.json.Json;
import pvemcp.pve.Guest;
import pvemcp.pve.GuestRef;
import pvemcp.pve.Resource.StorageRow;
import pvemcp.text.Word;
import pvemcp.tool.Aim.OnSeveral;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.Kind;
import pvemcp.tool.ToolContext;
import pvemcp.tools.common.Extras;

/// Backups made now, with one run of vzdump on each node that has some of the guests.
record BackupRun(
        @Doc(value = "Guests: ids, names or node/id", obvious = true)
        List<GuestRef> guests,

        @Doc(value = "Default: the only one for backups", kind = Kind.STORAGE, obvious = true)
        Optional<String> storage,

        @Doc(value = "'stop' shuts the guest down meanwhile", or = "snapshot", obvious = true)
        Mode mode,

        @Doc(value = "How to compress", or = "zstd", obvious = true)
        Compress compress,

        @Doc(value = "Notes; {{guestname}}, {{node}}, {{vmid}} are filled in", or = "{{guestname}}", obvious = true)
        String notes,

        @Doc(value = "Never pruned", obvious = true) boolean protect,

        @Doc(value = "Other vzdump parameters by name", obvious = true)
        Json.Obj options,

        @Doc(value = "How long to wait for the tasks", or = "45s", obvious = true)
        Duration timeout)
        implements Call<BackupRuns>, OnSeveral {
    enum Mode {
        SNAPSHOT,
        SUSPEND,
        STOP
    }

    enum Compress {
        ZSTD,
        GZIP,
        LZO,
        NONE;

        String word() {
            return this == NONE ? "0" : Word.of(this);
        }
    }

    // What selects other guests, removes older backups or ends other jobs is not part of making this one.
    private static final Set<String> TAKEN =
            Set.of("vmid", "all", "pool", "exclude", "node", "storage", "stop", "remove", "prune-backups", "job-id");

    BackupRun {
        guests = List.copyOf(guests);
        if (guests.isEmpty()) {
            throw new IllegalArgumentException("argument 'guests': name at least one guest");
        }
    }

    @Override
    public BackupRuns run(ToolContext ctx) {
        Extras.require(ctx, "/nodes/{node}/vzdump", options, TAKEN);
        var byNode = new LinkedHashMap<String, List<Guest>>();
        for (var ref : guests) {
            var guest = ctx.pve().guest(ref);
            byNode.computeIfAbsent(guest.node(), _ -> new ArrayList<>()).add(guest);
        }
        var jobs = new ArrayList<VzdumpJob>();
        byNode.forEach((node, here) -> jobs.add(VzdumpJob.start(ctx, node, here, params(ctx, node))));
        return BackupRuns.follow(ctx, jobs, timeout);
    }

    private Json.Obj params(ToolContext ctx, String node) {
        var params = Json.obj(
                "storage", storage(ctx, node),
                "mode", Word.of(mode),
                "compress", compress.word(),
                // One line, as in vzdump.conf (PVE::VZDump::Common, notes-template).
                "notes-template", notes.replace("\\", "\\\\").replace("\n", "\\n"));
        if (protect) {
            params = params.with("protected", 1);
        }
        return params.with(options);
    }

    /// The one that is named, or else the only one there is.
    private String storage(ToolContext ctx, String node) {
        var names = ctx.pve().storages().stream()
                .filter(row -> row.node().equals(node) && row.content().contains("backup"))
                .map(StorageRow::name)
                .sorted()
                .toList();
        if (storage.isPresent()) {
            // A token may not see the storages it may use.
            if (!names.isEmpty() && !names.contains(storage.get())) {
                throw new BadArguments(List.of("argument 'storage': '%s' takes no backups on %s; there is %s"
                        .formatted(storage.get(), node, String.join(", ", names))));
            }
            return storage.get();
        }
        if (names.size() != 1) {
            throw new BadArguments(List.of(
                    names.isEmpty()
                            ? "argument 'storage': this token sees no storage for backups on " + node
                            : "argument 'storage': say which of " + String.join(", ", names)));
        }
        return names.getFirst();
    }
}
