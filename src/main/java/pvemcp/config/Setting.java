package pvemcp.config;

import java.util.List;
import pvemcp.pve.Secret;

/// One configured value and where it comes from.
///
/// @param key what it is for
/// @param cluster whose it is, a cluster or backup server; empty for the one without a name and for what belongs to
///     none
/// @param spelling the key as it was written, which for a secret may end in `_file` or `_command`
/// @param texts the value as it was written; several where the key takes a list
/// @param origin where it stands: `PVE_MCP_URL`, `pve-mcp.toml:3`, `.env:2`, `default`
public record Setting(Key key, String cluster, String spelling, List<String> texts, String origin) {
    public Setting {
        texts = List.copyOf(texts);
    }

    /// The value as it may be shown: a secret is masked.
    public String shown() {
        boolean elsewhere = spelling.endsWith(Key.FILE) || spelling.endsWith(Key.COMMAND);
        boolean secret = key.kind() == Key.Kind.SECRET && !elsewhere;
        return secret ? Secret.MASK : String.join(", ", texts);
    }

    /// The key with its cluster in front, as the file would have it.
    public String name() {
        if (cluster.isEmpty() || key.inTables()) {
            return spelling;
        }
        return key.ofBackupServer()
                ? Backups.TABLE + cluster + spelling.substring(Backups.TABLE.length() - 1)
                : "clusters." + cluster + "." + spelling;
    }

    /// The number of the table it stands in, from one on: `principal[2].name` in the second.
    int table() {
        return Integer.parseInt(spelling.substring(spelling.indexOf('[') + 1, spelling.indexOf(']')));
    }

    String text() {
        return texts.getFirst();
    }

    @Override
    public String toString() {
        return name() + " = " + shown() + " (" + origin + ")";
    }
}
