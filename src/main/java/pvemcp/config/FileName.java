package pvemcp.config;

import java.util.List;

/// A name in the configuration file, taken apart: `clusters.lab.url` is the key `url` of the cluster `lab`, and
/// `policy.rule[1].tags` the key `policy.rule.tags` in a table that may stand there several times.
///
/// @param text the whole name
/// @param owner the cluster or backup server it is of; empty for what is of none
/// @param table such as `policy.rule`; empty outside of such tables
/// @param spelling as [Key#spelt] takes it
record FileName(String text, String owner, String table, String spelling) {
    private static final String CLUSTERS = "clusters.";

    static FileName parse(String text) {
        var table = table(text);
        if (!table.isEmpty()) {
            var rest = text.substring(text.indexOf(']') + 1);
            var cluster = owner("." + CLUSTERS, rest);
            return new FileName(text, cluster, table, table + without("." + CLUSTERS, cluster, rest));
        }
        var cluster = owner(CLUSTERS, text);
        if (!cluster.isEmpty()) {
            var key = without(CLUSTERS, cluster, text);
            return new FileName(text, cluster, "", key.substring(1));
        }
        var server = owner(Backups.TABLE, text);
        if (!server.isEmpty()) {
            var key = without(Backups.TABLE, server, text);
            return new FileName(text, server, "", Backups.TABLE + key.substring(1));
        }
        return new FileName(text, "", "", text);
    }

    private static String table(String text) {
        for (var table : List.of(Rules.TABLE, OAuthKeys.TABLE, Principals.TABLE)) {
            if (text.startsWith(table + "[")) {
                return table;
            }
        }
        return "";
    }

    /// `lab` of `clusters.lab.url`; empty for what is not below such a name.
    private static String owner(String folder, String text) {
        int end = text.startsWith(folder) ? text.indexOf('.', folder.length()) : -1;
        return end < 0 ? "" : text.substring(folder.length(), end);
    }

    /// `.url` of `clusters.lab.url`; all of what has no owner.
    private static String without(String folder, String owner, String text) {
        return owner.isEmpty() ? text : text.substring(folder.length() + owner.length());
    }

    /// Whether this key can stand here.
    boolean takes(Key key) {
        return key.table().equals(table) && (!text.startsWith(CLUSTERS) || key.ofCluster());
    }

    /// Whether it is worth a guess that this key was meant.
    boolean suggests(Key key) {
        if (owner.isEmpty()) {
            return true;
        }
        return spelling.startsWith(Backups.TABLE) ? key.ofBackupServer() : key.ofCluster();
    }
}
