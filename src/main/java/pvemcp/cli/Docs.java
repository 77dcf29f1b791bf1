package pvemcp.cli;

import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.function.Predicate;
import pvemcp.config.Key;
import pvemcp.tool.Reserved;
import pvemcp.tool.Tier;
import pvemcp.tools.Catalog;

/// The pages that follow from what is declared: all tools, all configuration keys, the playbooks, the
/// tables for SQL, the skill about the tools, and the README's table.
final class Docs {
    private static final String NOTE = "<!-- Made by `pve-mcp docs` from the declarations in the source. -->\n\n";

    private Docs() {}

    /// The pages by their path in the project.
    public static SequencedMap<String, String> pages() {
        var pages = new LinkedHashMap<String, String>();
        pages.put("docs/tools.md", tools());
        pages.put("docs/config.md", config());
        pages.put("docs/playbooks.md", PlaybookPage.text(NOTE));
        pages.put("docs/sql.md", SqlPage.text(NOTE));
        pages.putAll(ToolSkill.pages(NOTE));
        return pages;
    }

    /// A README with the text between its markers made anew.
    public static String readme(String current) {
        var begin = "<!-- generated:tools -->\n";
        var end = "<!-- /generated:tools -->";
        int from = current.indexOf(begin);
        int to = current.indexOf(end);
        return from < 0 || to < from
                ? current
                : current.substring(0, from + begin.length()) + ToolReference.overview() + current.substring(to);
    }

    private static String tools() {
        int count = Catalog.ALL.stream().mapToInt(set -> set.tools().size()).sum();
        var page = new StringBuilder("# Tools\n\n").append(NOTE);
        page.append("""
                %d tools in %d toolsets. The tier decides what policy says to a call: `read` looks; `operate` changes what runs \
                and can be undone by the opposite call; `change` changes configuration or makes something new; `destroy` \
                removes what cannot be had back; `execute` runs code or hands out rights.

                On the command line: `pve-mcp call guest_list status=running`, and `pve-mcp tools NAME` for one of them.

                """.formatted(count, Catalog.ALL.size()));
        for (var set : Catalog.ALL) {
            page.append("## ")
                    .append(set.name())
                    .append("\n\n")
                    .append(set.doc())
                    .append(".\n\n");
            set.tools().forEach(tool -> ToolReference.add("###", tool, tool.params(), page));
        }
        reserved(page);
        return page.toString();
    }

    private static void reserved(StringBuilder page) {
        page.append("## Inputs of every tool that changes something\n\n");
        ToolReference.addInputs(Reserved.of(Tier.CHANGE), page);
        page.append("Where several clusters are configured, every tool also takes `cluster`.\n");
    }

    private static String config() {
        var page = new StringBuilder("# Configuration\n\n").append(NOTE).append("""
                Each setting may come from four places; the first that has it wins:

                1. the environment, by the variable named below,
                2. one file in TOML: `$PVE_MCP_CONFIG`, else `./pve-mcp.toml`, else `~/.config/pve-mcp/config.toml` \
                (`$XDG_CONFIG_HOME` is respected),
                3. a `.env` file in the working directory, with the same variables; no `_COMMAND` is taken from it, because it \
                stands in whatever directory the server is started in,
                4. `PROXMOX_*` variables as other servers read them, see the end.

                `pve-mcp config` shows what is in force and where it comes from. A name or value that does not exist is an \
                error: all of them are told at once, and nothing is started.

                ## Keys

                """);
        keys(page, key -> !key.ofCluster() && !key.ofBackupServer() && !key.inTables());
        page.append("""

                ## Clusters

                One cluster needs no table: its keys stand at the top of the file. Several have a table each, \
                `[clusters.NAME]`, whose keys are `PVE_MCP_CLUSTERS_NAME_…` in the environment.

                """);
        keys(page, Key::ofCluster);
        page.append("""

                ## Backup servers

                Proxmox Backup Servers are only looked at, see [guide/backups.md](guide/backups.md). One may stand in `[backup]`; \
                several have a table each, `[backup.NAME]`, whose keys are `PVE_MCP_BACKUP_NAME_…` in the environment.

                """);
        keys(page, Key::ofBackupServer);
        page.append("""

                ## Rules

                Exceptions from the tiers' answers stand in `[[policy.rule]]` tables, in their order; see \
                [guide/policy.md](guide/policy.md). They are in the file only.

                | key | value | meaning |
                |---|---|---|
                """);
        tables(page, Key::ofRule);
        page.append("""

                ## Further issuers of access tokens

                Where the tokens of several authorization servers are taken, each but one has a \
                `[[http.oauth.issuers]]` table; see [guide/http.md](guide/http.md#several-issuers). They are in the file \
                only.

                | key | value | meaning |
                |---|---|---|
                """);
        tables(page, Key::ofIssuer);
        page.append("""

                ## Callers with credentials of their own

                Who uses a server over HTTP may act with an API token of their own; each has a `[[principal]]` table, see \
                [guide/http.md](guide/http.md#acting-as-oneself). They are in the file only.

                | key | value | meaning |
                |---|---|---|
                """);
        tables(page, Key::ofPrincipal);
        page.append("""

                A key that is a secret may also end in `_file` or `_command`: the file must be a regular one that its owner \
                alone can read, in a directory that not everybody can write; the command is given to `/bin/sh`, has 30 s, and \
                the first line it prints is the secret. It is run when the cluster is first needed. A configuration file with \
                a secret in it must be readable by its owner alone.

                Log in with `token_id` and `token_secret`, or `user` and `password` (with `totp` where the account has a \
                second factor), or `ticket` and `csrf`. Without `fingerprint` or `ca_file`, certificates are checked \
                against the authorities that Java knows. There is no way to turn the check off.

                ## Variables of other servers

                Where no cluster is configured by the means above, these are understood:

                | variables | taken as |
                |---|---|
                | `PROXMOX_URL` or `PROXMOX_API_URL`, with or without `/api2/json` | `url` |
                | `PROXMOX_HOST`, `PROXMOX_PORT` | `host`, `port` |
                | `PROXMOX_TOKEN_ID`, `PROXMOX_TOKEN_SECRET` | `token_id`, `token_secret` |
                | `PROXMOX_USER`, `PROXMOX_TOKEN_NAME`, `PROXMOX_TOKEN_VALUE` | `token_id`, `token_secret` |
                | `PROXMOX_API_TOKEN` | `token_id` and `token_secret` in one |
                | `PROXMOX_TICKET`, `PROXMOX_CSRF_TOKEN` | `ticket`, `csrf` |
                | `PROXMOX_SSL_MODE=verify`, `PROXMOX_SSL_CA_CERT` | `ca_file` |
                | `PROXMOX_TIMEOUT`, in milliseconds | `timeout` |
                | `PROXMOX_CLUSTERS`, `PROXMOX_CLUSTER_NAME_API_URL`, `…_TOKEN_ID`, `…_TOKEN_SECRET` | `[clusters.NAME]` |
                | `PROXMOX_CLUSTER_PATTERNS`, such as `prod-:NAME` | `names` of these clusters |
                | `PROXMOX_ENABLE_DESTRUCTIVE` | `policy.destroy` and `policy.execute` = `ask`; set to no, `policy.destroy` = `deny` |
                | `PROXMOX_ALLOW_ELEVATED` | everything but reads = `ask`; set to no, = `deny` |
                | `PROXMOX_ALLOW_UNSAFE_COMMANDS` | `policy.execute` = `ask` |
                | `PROXMOX_TLS_INSECURE`, `PROXMOX_INSECURE`, `PROXMOX_VERIFY=false`, `PROXMOX_SSL_MODE=insecure` | not followed: a notice says how to pin the certificate |
                | `PROXMOX_SSH_ENABLED`, `…_KEY` or `…_KEY_PATH`, `…_USER`, `…_PORT`, `…_HOST_KEY_FINGERPRINT` | `ssh.enabled`, `ssh.keys`, `ssh.user`, `ssh.port`, `ssh.fingerprints` |
                | `PROXMOX_SSH_HOST` with `PROXMOX_SSH_NODE` | `ssh.nodes` |
                | `PROXMOX_VM_SSH_USER`, `PROXMOX_VM_SSH_KEY`, `PROXMOX_VM_<vmid>_SSH_HOST`, `…_USER`, `…_KEY` | `ssh.guest_user`, `ssh.guest_keys`, `ssh.guests` |
                | `PROXMOX_DEFAULT_…` | not used, with a notice |
                """);
        return page.toString();
    }

    private static void tables(StringBuilder page, Predicate<Key> which) {
        for (var key : Key.values()) {
            if (which.test(key)) {
                page.append(
                        "| `%s` | %s | %s |%n".formatted(key.path(), key.kind().doc(), ToolReference.cell(key.doc())));
            }
        }
    }

    private static void keys(StringBuilder page, Predicate<Key> which) {
        page.append("| key | variable | value | default | meaning |\n|---|---|---|---|---|\n");
        for (var key : Key.values()) {
            if (which.test(key)) {
                page.append("| `%s` | `%s` | %s | %s | %s |%n"
                        .formatted(
                                key.path(),
                                key.env(),
                                key.kind().doc(),
                                key.fallback().isEmpty() ? "" : "`" + key.fallback() + "`",
                                ToolReference.cell(key.doc())));
            }
        }
    }
}
