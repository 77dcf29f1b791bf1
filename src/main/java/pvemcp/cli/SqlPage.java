package pvemcp.cli;

import java.util.Locale;
import pvemcp.query.Inventory;

/// The page about the tables that `pve_query` answers from, as their records declare them.
final class SqlPage {
    private SqlPage() {}

    /// @param note what stands below the title of each generated page
    static String text(String note) {
        var tables = Inventory.tables();
        var page = new StringBuilder("# Tables for SQL\n\n").append(note).append("""
                `pve_query` answers one `SELECT` over %d tables, which are read from the cluster for this one query: only \
                those that it names, and only what the token may see. Bytes are whole numbers, CPU use is a fraction from 0 to \
                1, times are UTC, and what Proxmox VE does not tell is `NULL`.

                    pve-mcp call pve_query sql="select node, count(*), sum(mem_max) / 1073741824 as gib from guests group by node"

                Names are in lower case, with `_` between words. The tables that begin with `pbs_` are there where a \
                [Proxmox Backup Server](guide/backups.md) is configured. Where several clusters are, each table but those has a first \
                column `cluster`. Tables of disks, NICs, snapshots, volumes, backups and metrics make a request for each guest or storage, \
                so a large cluster takes a while. Nothing but reading can be said; what runs too long is stopped.

                """.formatted(tables.size()));
        page.append("| table | holds |\n|---|---|\n");
        for (var table : tables) {
            page.append("| [%s](#%s) | %s |\n".formatted(table.name(), table.name(), ToolReference.cell(table.doc())));
        }
        for (var table : tables) {
            page.append("\n## %s\n\n%s.\n\n| column | type | what |\n|---|---|---|\n"
                    .formatted(table.name(), sentence(table.doc())));
            for (var column : table.columns()) {
                page.append("| `%s` | %s | %s |\n"
                        .formatted(
                                column.name(),
                                column.type().toLowerCase(Locale.ROOT),
                                ToolReference.cell(column.doc())));
            }
        }
        return page.toString();
    }

    private static String sentence(String words) {
        return words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
    }
}
