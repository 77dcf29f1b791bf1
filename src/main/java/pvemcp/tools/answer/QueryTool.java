package pvemcp.tools.answer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import pvemcp.json.Json;
import pvemcp.query.Inventory;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.Everywhere;
import pvemcp.tool.LooksBeside;
import pvemcp.tool.ToolContext;
import pvemcp.view.Clean;
import pvemcp.view.Shown;
import pvemcp.view.View;

/// Answers a question put as SQL, or says which tables there are.
record QueryTool(
        @Doc(value = "Left out: tables and columns", obvious = true)
        Optional<String> sql,

        @Doc(value = "Most rows", or = "50", min = 1, max = 500, obvious = true)
        int limit)
        implements Call<QueryTool.Found>, Everywhere, LooksBeside {
    private static final Duration LONGEST = Duration.ofSeconds(5);
    /// Of a cell, in characters.
    private static final int WIDEST = 160;
    // 2,000 tokens or less, whatever the columns hold
    private static final int MOST_CHARACTERS = 3_600;

    @Override
    public boolean looksBeside() {
        return sql.isEmpty() || Inventory.isOfBackupServers(sql.get());
    }

    @Override
    public Found run(ToolContext ctx) {
        if (sql.isEmpty()) {
            return tables(ctx.oneOfSeveral(), !ctx.backupServers().isEmpty());
        }
        try {
            if (ctx.backupServers().isEmpty() && Inventory.isOfBackupServers(sql.get())) {
                throw new BadArguments(List.of("argument 'sql': "
                        + (ctx.closedBackupServers().isEmpty()
                                ? "no Proxmox Backup Server is configured for this caller; the owner adds one as [backup.NAME]"
                                : String.join("; ", ctx.closedBackupServers()))));
            }
            var beside = Inventory.extract(ctx.backupServers(), sql.get());
            var each = ctx.everywhere(one -> Inventory.extract(one.pve()::send, sql.get()));
            Map<String, Inventory.Extract> clusters = ctx.oneOfSeveral() ? each.answers() : Map.of("", each.first());
            var gaps = new ArrayList<>(each.gaps());
            gaps.addAll(ctx.closedBackupServers());
            return rows(Inventory.query(clusters, beside, sql.get(), limit, LONGEST), gaps);
        } catch (Inventory.QueryException e) {
            var unknown = e.getMessage().endsWith(" not found");
            throw new BadArguments(List.of("argument 'sql': %s%s"
                    .formatted(
                            Clean.line(e.getMessage()),
                            unknown ? "; without sql the tables and their columns are listed" : "")));
        }
    }

    private static Found tables(boolean several, boolean backedUp) {
        var rows = Inventory.tables().stream()
                .filter(table -> table.ofCluster() || backedUp)
                .map(table -> List.of(
                        table.name(),
                        table.columns().stream()
                                .map(column -> column.name() + unit(column))
                                .collect(Collectors.joining(" "))))
                .toList();
        var notes = new ArrayList<String>();
        notes.add("sizes in bytes, cpu as fraction of all its CPUs, times UTC, uptime in seconds; NULL: not told");
        if (several) {
            notes.add("every table%s also has the column %s, by which tables are to be joined too"
                    .formatted(backedUp ? " but those of pbs_" : "", Inventory.CLUSTER));
        }
        return new Found(List.of("table", "columns"), rows, notes);
    }

    private static String unit(Inventory.ColumnDoc column) {
        return column.type().equals("TIMESTAMP") ? "(time)" : column.type().equals("BOOLEAN") ? "(bool)" : "";
    }

    private static Found rows(Inventory.Answer answer, List<String> gaps) {
        var rows = new ArrayList<List<String>>();
        int characters = 0;
        for (var row : answer.rows()) {
            var cells = row.stream()
                    .map(cell -> cell.map(text -> Clean.cell(text, WIDEST)).orElse(""))
                    .toList();
            characters += cells.stream().mapToInt(cell -> cell.length() + 1).sum();
            if (characters > MOST_CHARACTERS && !rows.isEmpty()) {
                break;
            }
            rows.add(cells);
        }
        var notes = new ArrayList<String>();
        gaps.forEach(gap -> notes.add("nothing of " + gap));
        if (answer.more() || rows.size() < answer.rows().size()) {
            notes.add("first %d rows; there are more: narrow with WHERE, count with COUNT(*), or GROUP BY"
                    .formatted(rows.size()));
        }
        answer.gaps().forEach(gap -> notes.add("missing: " + gap + " could not be read"));
        if (rows.isEmpty()) {
            notes.add("no rows; what this token may not see is not there for it");
        }
        return new Found(answer.columns(), rows, notes);
    }

    /// Columns, rows, and what is to be known about them.
    record Found(List<String> columns, List<List<String>> rows, List<String> notes) implements Shown {
        Found {
            columns = columns.stream().map(Clean::name).toList();
            rows = List.copyOf(rows);
            notes = List.copyOf(notes);
        }

        @Override
        public View view() {
            var parts = new ArrayList<View>();
            parts.add(new View.Table(columns, rows));
            notes.stream().limit(10).forEach(note -> parts.add(new View.Text(Clean.line(note))));
            return new View.Stack(parts);
        }

        @Override
        public Json data() {
            return Json.obj("columns", columns, "rows", rows, "notes", notes);
        }
    }
}
