package pvemcp.config;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Everything that can be configured, each declared once: from here come the file's keys, the names in the
/// environment, `docs/config.md`, the `config` command and the suggestions for a misspelt name.
public enum Key {
    CLUSTER("cluster", Kind.TEXT, "", """
            Which of several clusters a read is about that names none and is not about all; the first one where this is \
            not set."""),
    URL("url", Kind.URLS, "", """
            Where the API is: `https://pve1.example:8006`. Several nodes of one cluster may be listed; the first that \
            answers is used."""),
    HOST("host", Kind.LIST, "", "Host names or addresses, in place of `url`."),
    PORT("port", Kind.NUMBER, "8006", "The port that goes with `host`."),
    TOKEN_ID("token_id", Kind.TEXT, "", "The API token, `user@realm!name`."),
    TOKEN_SECRET("token_secret", Kind.SECRET, "", "The secret of the API token."),
    USER("user", Kind.TEXT, "", "The user to log in as, `user@realm`, where there is no token."),
    PASSWORD("password", Kind.SECRET, "", "The password of `user`."),
    TOTP("totp", Kind.SECRET, "", "The secret that the TOTP codes of `user` are made from, in Base32."),
    TICKET("ticket", Kind.SECRET, "", "A login ticket got elsewhere. It is not renewed and ends after two hours."),
    CSRF("csrf", Kind.SECRET, "", "The CSRF prevention token that came with `ticket`; writes need it."),
    CA_FILE("ca_file", Kind.PATH, "", """
            A PEM file with the authority that signed the certificates, such as a copy of `/etc/pve/pve-root-ca.pem`."""),
    FINGERPRINT("fingerprint", Kind.FINGERPRINTS, "", """
            The SHA-256 fingerprints of the certificates to believe, one a node, whatever name is in them. \
            `pve-mcp doctor` prints them."""),
    TIMEOUT("timeout", Kind.DURATION, "30s", """
            How long one exchange with the API may take; where several clusters are asked at once, how long this one is \
            waited for."""),
    NAMES("names", Kind.LIST, "", """
            Where there are several clusters: names of guests, nodes, storages and pools that are this one's, with `*` \
            and `?`: `prod-*`. A call that names one of them and no cluster is about this cluster, without a look at the \
            others."""),
    TIER("tier", Kind.TIER, "execute", """
            The highest tier of calls on this cluster: with `read` nothing changes it. The policy has its say on the \
            tiers up to it."""),

    BACKUP_URL("backup.url", Kind.TEXT, "", """
            Where a Proxmox Backup Server is: `https://pbs.example:8007`."""),
    BACKUP_TOKEN_ID("backup.token_id", Kind.TEXT, "", """
            An API token of that server, `user@realm!name`. `DatastoreAudit` on `/datastore` is all it needs."""),
    BACKUP_TOKEN_SECRET("backup.token_secret", Kind.SECRET, "", "The secret of that API token."),
    BACKUP_CA_FILE("backup.ca_file", Kind.PATH, "", "A PEM file with the authority that signed its certificate."),
    BACKUP_FINGERPRINT("backup.fingerprint", Kind.FINGERPRINTS, "", """
            The SHA-256 fingerprint of its certificate, whatever name is in it; `pve-mcp doctor` prints it."""),
    BACKUP_HOSTS("backup.hosts", Kind.LIST, "", """
            Further names and addresses by which storages of Proxmox VE know it; those of `url`, and of the pinned \
            certificate, are known."""),
    BACKUP_TIMEOUT("backup.timeout", Kind.DURATION, "30s", "How long one exchange with it may take."),

    READ_ONLY("read_only", Kind.FLAG, "false", "Only reads leave this server, whatever the policy says."),
    POLICY_READ("policy.read", Kind.ANSWER, "allow", "Calls that look and change nothing."),
    POLICY_OPERATE("policy.operate", Kind.ANSWER, "ask", """
            Calls that change what runs and that the opposite call undoes: start, stop, migrate."""),
    POLICY_CHANGE("policy.change", Kind.ANSWER, "ask", "Calls that change configuration or make something new."),
    POLICY_DESTROY("policy.destroy", Kind.ANSWER, "deny", """
            Calls that remove what cannot be had back: guests, disks, snapshots, backups."""),
    POLICY_EXECUTE("policy.execute", Kind.ANSWER, "ask", """
            Calls that run code on a host or in a guest, or hand out credentials or rights."""),
    PROTECT_TAGS("policy.protect.tags", Kind.LIST, "", """
            Guests with one of these tags are not changed. `work:prod` here and below: only those of the cluster `work`."""),
    PROTECT_POOLS("policy.protect.pools", Kind.LIST, "", "Guests and storages in these pools are not changed."),
    PROTECT_GUESTS("policy.protect.guests", Kind.LIST, "", "Guests that are not changed, by id: `100` or `100-199`."),
    PROTECT_NODES("policy.protect.nodes", Kind.LIST, "", "Nodes that are not changed."),
    PROTECT_FLAG("policy.protect.flag", Kind.FLAGGED, "destroy", """
            What PVE's own `protection` of a guest forbids here: to `destroy` it or what belongs to it, any `change`, or \
            nothing (`off`). Except with `off` no call takes it away."""),
    WINDOWS("policy.windows", Kind.WINDOWS, "", """
            The only times at which anything is changed: `Mon-Fri 22:00-06:00 Europe/Berlin`. Days may be left out, and \
            so may the zone, which is UTC then."""),
    CREATE_POOL("policy.create.pool", Kind.TEXT, "", """
            The pool that every new guest goes into; a call that names another is refused."""),
    HOST_OPTIONS("policy.host_options", Kind.HOST_OPTIONS, "", """
            Options of guests that reach through to the host and may be set all the same. Others of these are refused, \
            whatever policy says: `args`, `hookscript`, `cicustom`, `lxc`, `dev`, `hostpci` and `usb` without a mapping, \
            `serial` and `parallel` on a device, `path` for a disk or mount point that is a path of the host."""),
    URL_HOSTS("policy.url_hosts", Kind.LIST, "", """
            The hosts that PVE may be sent to by a URL, for downloads, webhooks, ACME directories and image registries: \
            `host`, `host:port`, `*.example.org`, or `*` for every name and address but those of private networks, \
            which holds where this is not set."""),
    SNAPSHOT_FIRST("policy.snapshot_first", Kind.RISKS, "", """
            Before what of a guest a snapshot of it is taken: a `change` of its configuration or disks, a `rollback`, what \
            programs do in it (`execute`). Where none can be taken, the call is refused."""),
    BACKUP_FIRST("policy.backup_first", Kind.BACKUP, "warn", """
            Before a guest, a disk, a snapshot, a backup or a pool of disks is deleted, backups are pruned, or a guest is \
            rolled back or restored over: `warn` says what backup there is, `require` refuses where there is none that \
            counts, `off` does not look. One counts that is not older than `policy.backup_age`, on a backup server was \
            verified, and has what is lost."""),
    BACKUP_AGE("policy.backup_age", Kind.DURATION, "7d", "How old a backup may be that counts."),
    LIMIT_DESTROY("policy.limit.destroy", Kind.NUMBER, "10", """
            How many calls that destroy one caller may make in an hour. 0, here and below: no limit."""),
    LIMIT_CHANGE("policy.limit.change", Kind.NUMBER, "300", """
            How many calls that do more than read one caller may make in an hour."""),
    LIMIT_GUESTS("policy.limit.guests", Kind.NUMBER, "100", """
            How many different guests such calls of one caller may touch in an hour."""),
    LIMIT_FAILURES("policy.limit.failures", Kind.NUMBER, "5", """
            After how many failures in a row a tool that changes something rests for a minute."""),
    LIMIT_REPEATS("policy.limit.repeats", Kind.NUMBER, "10", """
            How often in a row a caller may make the same call and get the same answer."""),
    LIMIT_PER_NODE("policy.limit.per_node", Kind.NUMBER, "4", """
            How many calls that do more than read may be at work on one node and its guests at once."""),
    LIMIT_PER_GUEST("policy.limit.per_guest", Kind.NUMBER, "1", "The same for one guest."),
    LIMIT_WAIT("policy.limit.wait", Kind.DURATION, "10s", "How long a call waits for its turn."),
    RULE_NAME("policy.rule.name", Kind.TEXT, "", "What refusals call the rule; its number where it has none."),
    RULE_ANSWER("policy.rule.answer", Kind.ANSWER, "", "What becomes of the calls for which the rule holds."),
    RULE_TIERS("policy.rule.tiers", Kind.TIERS, "", """
            The tiers it speaks of. A rule that allows names them; any other speaks of all but `read` where it does \
            not, and one about backup servers of `read`."""),
    RULE_TOOLS("policy.rule.tools", Kind.LIST, "", "Tools, such as `pve_guest_*`."),
    RULE_CLUSTERS("policy.rule.clusters", Kind.LIST, "", "Configured clusters; `default` is the one without a name."),
    RULE_NODES("policy.rule.nodes", Kind.LIST, "", "Nodes, and guests on them."),
    RULE_POOLS("policy.rule.pools", Kind.LIST, "", "Pools, pools below them and guests in them."),
    RULE_TAGS("policy.rule.tags", Kind.LIST, "", "Guests with one of these tags."),
    RULE_GUESTS("policy.rule.guests", Kind.LIST, "", "Guests by id: `100` or `100-199`."),
    RULE_NAMES("policy.rule.names", Kind.LIST, "", "Guests by name, such as `web-*`."),
    RULE_STORAGES("policy.rule.storages", Kind.LIST, "", "Storages."),
    RULE_BACKUP_SERVERS("policy.rule.backup_servers", Kind.LIST, "", """
            Backup servers by their names in the configuration. Such a rule is about `read` and nothing else, for more is \
            not done there; `ask` keeps from them as `deny` does."""),
    RULE_WHEN("policy.rule.when", Kind.WINDOWS, "", "When it holds, written as `policy.windows` is."),
    RULE_SNAPSHOT_FIRST("policy.rule.snapshot_first", Kind.FLAG, "", """
            Whether a snapshot is taken before all of it, in place of `policy.snapshot_first`."""),
    RULE_BACKUP_FIRST("policy.rule.backup_first", Kind.BACKUP, "", "In place of `policy.backup_first`."),
    WITHOUT_ELICITATION("policy.without_elicitation", Kind.UNASKED, "ticket", """
            What becomes of a call that wants a yes where the client cannot ask its user: `ticket` answers with a ticket \
            that the client hands back, `approve` waits for a person who runs `pve-mcp approve` at a terminal, `confirm` \
            takes `confirm=true` in the call itself for a yes (and wants `destructive=true` with it for what destroys), \
            `deny` refuses."""),
    STATE_DIRECTORY("state.directory", Kind.PATH, "~/.local/state/pve-mcp", """
            Where held calls wait for `pve-mcp approve`, `pve-mcp freeze` leaves its mark and all servers that have it count \
            what callers do; for its owner alone."""),
    CONNECT("connect", Kind.MOMENT, "early", """
            When the cluster is first connected to: `early`, as soon as a client has the tools, so that its first call \
            does not wait; `late`, with that call."""),
    SURFACE("surface", Kind.SURFACE, "core", "How many tools a client is shown."),
    TOOLSETS("toolsets", Kind.LIST, "", "Toolsets whose tools are shown besides those of the surface."),
    AUDIT_FILE("audit.file", Kind.PATH, "~/.local/state/pve-mcp/audit.jsonl", """
            Where every call that changes something is recorded, a JSON line each, before it is made."""),
    AUDIT_SEGMENT("audit.segment", Kind.NUMBER, "64", """
            After how many MiB that file is closed and the log goes on in a new one. 0: never."""),
    SHARED_DATABASE("shared.database", Kind.TEXT, "", """
            The PostgreSQL database that several servers share: `postgresql://HOST:PORT/NAME`, with the options of its JDBC \
            driver behind `?`. In it are then used tickets, budgets, held calls, the freeze and the audit log, in place of \
            files. Other than on this machine it has to show a certificate, unless `sslmode` says otherwise."""),
    SHARED_USER("shared.user", Kind.TEXT, "pve-mcp", "The user of that database, who may make a schema in it."),
    SHARED_PASSWORD("shared.password", Kind.SECRET, "", "The password of that user."),
    SHARED_KEY("shared.key", Kind.SECRET, "", """
            A secret of 32 characters or more, the same for all servers that share the database and not kept in it: it makes \
            tickets, and signs held calls and the audit log. `openssl rand -base64 32` prints one."""),
    FILES_UPLOAD("files.upload", Kind.LIST, "", """
            Directories of this machine whose files may be uploaded to storages. Nothing can be uploaded while none is \
            named."""),
    FILES_DOWNLOAD("files.download", Kind.PATH, "", """
            The directory of this machine that files out of backups are put into, for the owner alone to read."""),
    SECRETS_DIRECTORY("secrets.directory", Kind.PATH, "", """
            A directory of files that hold a secret each, such as a password for guests. A call names such a file and \
            never says what is in it; while no directory is set, calls cannot set passwords."""),
    SECRETS_HANDOVER("secrets.handover", Kind.PATH, "~/.local/state/pve-mcp/handover", """
            Where secrets that Proxmox VE makes for a person are put, such as a console's ticket, in files that only this \
            user can read. An answer names the file and never says what is in it."""),
    SECRETS_CREATE_TOKENS("secrets.create_tokens", Kind.FLAG, "false", """
            Whether calls may make and renew API tokens. What they are is put into `secrets.handover`."""),
    SMOKE_FILE("smoke.file", Kind.PATH, "~/.local/state/pve-mcp/smoke.jsonl", """
            Where smoke tests write down what they make before they make it, so that clean-up touches nothing else."""),
    SSH_ENABLED("ssh.enabled", Kind.FLAG, "false", """
            Whether guests may be entered over SSH: containers through `pct exec` on the node that runs them, VMs \
            directly."""),
    SSH_USER("ssh.user", Kind.TEXT, "root", "The user on the nodes. Another than root needs `sudo -n` for `pct`."),
    SSH_PORT("ssh.port", Kind.NUMBER, "22", "The port of the nodes' SSH servers."),
    SSH_KEYS("ssh.keys", Kind.LIST, "", "Private key files without a passphrase."),
    SSH_AGENT("ssh.agent", Kind.FLAG, "false", "Whether the running ssh-agent may sign too."),
    SSH_KNOWN_HOSTS("ssh.known_hosts", Kind.PATH, "~/.ssh/known_hosts", """
            The hosts that are believed. A host that is not in it is not entered."""),
    SSH_FINGERPRINTS("ssh.fingerprints", Kind.LIST, "", """
            Host keys to believe instead, as `ssh-keygen -l` prints them: `SHA256:…`."""),
    SSH_NODES("ssh.nodes", Kind.LIST, "", """
            Where nodes are reached, `pve1=10.0.0.11`; others at the address the cluster knows."""),
    SSH_GUEST_USER("ssh.guest_user", Kind.TEXT, "", "The user in VMs; `ssh.user` where it is not set."),
    SSH_GUEST_KEYS("ssh.guest_keys", Kind.LIST, "", "Private key files for VMs; `ssh.keys` where it is not set."),
    SSH_GUESTS("ssh.guests", Kind.LIST, "", """
            What is different for single guests: `101=admin@192.0.2.7`, or `101=admin@192.0.2.7;~/.ssh/web` with \
            a key of its own. With a host a guest is entered directly."""),
    HTTP_TOKENS("http.tokens", Kind.PATH, "~/.config/pve-mcp/tokens", """
            Who may use a server that was started with `--http`, by the hashes of their tokens; `pve-mcp token` writes it. \
            Without the file and without `http.oauth.issuer` nobody is asked, and only this machine can connect."""),
    HTTP_HOSTS("http.hosts", Kind.LIST, "", """
            The names by which clients reach a server that was started with `--http`, besides `localhost`. A request for \
            another name is refused."""),
    HTTP_ORIGINS("http.origins", Kind.LIST, "", """
            The web pages, as `https://example.org`, whose scripts may use that server. Others are refused."""),
    HTTP_TLS_CERTIFICATE("http.tls_certificate", Kind.PATH, "", """
            A PEM file with the certificate chain of that server. Without it, it speaks plain HTTP."""),
    HTTP_TLS_KEY("http.tls_key", Kind.PATH, "", "The PEM file with the certificate's key, PKCS #8 without a password."),
    HTTP_OWN_CREDENTIALS("http.own_credentials", Kind.OWN, "preferred", """
            Whose authority callers of that server act with at Proxmox VE: `preferred` takes the API token that stands \
            in their `[[principal]]` table and the server's own for those without one, `required` turns those away, \
            `off` always takes the server's."""),
    HTTP_OAUTH_ISSUER("http.oauth.issuer", Kind.TEXT, "", """
            The authorization server whose access tokens (JWTs) are taken, as its metadata calls itself: \
            `https://login.example.org/realms/home`. Without it only tokens of `http.tokens` are."""),
    HTTP_OAUTH_RESOURCE("http.oauth.resource", Kind.TEXT, "", """
            What clients call this server, which they ask tokens for: `https://mcp.example.org/mcp`."""),
    HTTP_OAUTH_AUDIENCE("http.oauth.audience", Kind.LIST, "", """
            Whom a token must be for, its `aud`; one of them is enough. `http.oauth.resource` where this is not set."""),
    HTTP_OAUTH_SCOPES("http.oauth.scopes", Kind.LIST, "", """
            The highest tier that a scope stands for: `pve:read=read`. A token counts by the highest of its scopes. \
            `pve:read`, `pve:operate`, `pve:change`, `pve:destroy` and `pve:execute` where this is not set."""),
    HTTP_OAUTH_SCOPE_CLAIMS("http.oauth.scope_claims", Kind.LIST, "", """
            The claims of a token in which scopes are looked for, such as `roles`; `scope` and `scp` where this is not \
            set."""),
    HTTP_OAUTH_PRINCIPAL_CLAIM("http.oauth.principal_claim", Kind.TEXT, "sub", """
            The claim that names the caller, with `oauth:` in front, for policy, the audit log and `[[principal]]`. It \
            must be one that users cannot choose."""),
    HTTP_OAUTH_WITHIN_CLAIM("http.oauth.within_claim", Kind.TEXT, "", """
            The claim that says where the caller may change something: `pool=dev`, `tag=web`, `guest=100-199`, \
            `node=pve1`, or `*` for everywhere. A token without it is refused once this is set."""),
    HTTP_OAUTH_KEYS_URL("http.oauth.keys_url", Kind.TEXT, "", """
            Where the issuer's keys (JWKS) are, for one whose metadata does not say so."""),
    HTTP_OAUTH_CA_FILE("http.oauth.ca_file", Kind.PATH, "", """
            A PEM file with the authority that signed the issuer's certificate, where Java does not know it."""),
    ISSUERS_NAME("http.oauth.issuers.name", Kind.TEXT, "", """
            What the issuer is called here. Its tokens' bearers are `oauth/NAME:` and what the claim says, in policy, the \
            audit log and `[[principal]]`."""),
    ISSUERS_ISSUER(
            "http.oauth.issuers.issuer", Kind.TEXT, "", "As `http.oauth.issuer`: what its metadata calls itself."),
    ISSUERS_AUDIENCE("http.oauth.issuers.audience", Kind.LIST, "", """
            As `http.oauth.audience`. This and the next four are as in `http.oauth` where the table does not say them."""),
    ISSUERS_SCOPES("http.oauth.issuers.scopes", Kind.LIST, "", "As `http.oauth.scopes`."),
    ISSUERS_SCOPE_CLAIMS("http.oauth.issuers.scope_claims", Kind.LIST, "", "As `http.oauth.scope_claims`."),
    ISSUERS_PRINCIPAL_CLAIM("http.oauth.issuers.principal_claim", Kind.TEXT, "", "As `http.oauth.principal_claim`."),
    ISSUERS_WITHIN_CLAIM("http.oauth.issuers.within_claim", Kind.TEXT, "", "As `http.oauth.within_claim`."),
    ISSUERS_KEYS_URL("http.oauth.issuers.keys_url", Kind.TEXT, "", "As `http.oauth.keys_url`, for this issuer alone."),
    ISSUERS_CA_FILE("http.oauth.issuers.ca_file", Kind.PATH, "", "As `http.oauth.ca_file`, for this issuer alone."),
    PRINCIPAL_NAME("principal.name", Kind.TEXT, "", """
            Whose credentials these are: the name of a token of `http.tokens`, or `oauth:` and what \
            `http.oauth.principal_claim` says, or `oauth/NAME:` and that where several issuers have names."""),
    PRINCIPAL_TOKEN_ID("principal.token_id", Kind.TEXT, "", """
            Their API token at Proxmox VE, `user@realm!name`. With several clusters `clusters.NAME.token_id` for each."""),
    PRINCIPAL_TOKEN_SECRET("principal.token_secret", Kind.SECRET, "", "The secret of that API token."),
    LOG_LEVEL("log.level", Kind.LEVEL, "warn", """
            How much a server tells on standard error: `warn` has what of the configuration is not followed, `info` also \
            each call and each HTTP request that was refused, `debug` every HTTP request."""),
    LOG_FORMAT("log.format", Kind.FORM, "text", """
            How it tells it: `text` in words, `json` as an object a line.""");

    /// How a value is written.
    public enum Kind {
        TEXT("text", ""),
        LIST("list of text", ""),
        URLS("list of https URLs", ""),
        FINGERPRINTS("list of fingerprints", ""),
        NUMBER("number", ""),
        DURATION("duration, such as 30s or 2m", ""),
        FLAG("true or false", "true false"),
        PATH("file", ""),
        SECRET("secret", ""),
        ANSWER("allow, ask or deny", "allow ask deny"),
        FLAGGED("off, destroy or change", "off destroy change"),
        TIER("read, operate, change, destroy or execute", "read operate change destroy execute"),
        RISKS("list of change, rollback, execute", "change rollback execute"),
        BACKUP("off, warn or require", "off warn require"),
        TIERS("list of read, operate, change, destroy, execute", "read operate change destroy execute"),
        HOST_OPTIONS("list of host options", "args hookscript cicustom lxc dev hostpci usb serial parallel path"),
        WINDOWS("list of windows", ""),
        UNASKED("ticket, approve, confirm or deny", "ticket approve confirm deny"),
        OWN("required, preferred or off", "required preferred off"),
        SURFACE("lean, core or all", "lean core all"),
        MOMENT("early or late", "early late"),
        LEVEL("error, warn, info or debug", "error warn info debug"),
        FORM("text or json", "text json");

        private final String doc;
        private final String words;

        Kind(String doc, String words) {
            this.doc = doc;
            this.words = words;
        }

        public String doc() {
            return doc;
        }

        /// The only values there are; empty where there is no such list.
        public List<String> words() {
            return words.isEmpty() ? List.of() : List.of(words.split(" "));
        }

        boolean isList() {
            return switch (this) {
                case LIST, URLS, FINGERPRINTS, RISKS, TIERS, HOST_OPTIONS, WINDOWS -> true;
                default -> false;
            };
        }
    }

    /// The ends of a secret's name that say where it is kept instead of what it is.
    static final String FILE = "_file";

    static final String COMMAND = "_command";

    private final String path;
    private final Kind kind;
    private final String fallback;
    private final String doc;

    Key(String path, Kind kind, String fallback, String doc) {
        this.path = path;
        this.kind = kind;
        this.fallback = fallback;
        this.doc = doc;
    }

    /// The key in the file, with dots between tables.
    public String path() {
        return path;
    }

    /// The name in the environment.
    public String env() {
        return variable(path);
    }

    /// The name in the environment of one of the [#spellings()].
    static String variable(String spelling) {
        return "PVE_MCP_" + spelling.replace('.', '_').toUpperCase(Locale.ROOT);
    }

    public Kind kind() {
        return kind;
    }

    /// The value where none is given; empty: there is none.
    public String fallback() {
        return fallback;
    }

    /// One or two sentences of Markdown.
    public String doc() {
        return doc;
    }

    /// Whether the key describes a cluster, so that it may stand in a `[clusters.NAME]` table too.
    public boolean ofCluster() {
        return compareTo(URL) >= 0 && compareTo(TIER) <= 0;
    }

    /// Whether the key describes a backup server, so that it may stand in a `[backup.NAME]` table too.
    public boolean ofBackupServer() {
        return compareTo(BACKUP_URL) >= 0 && compareTo(BACKUP_TIMEOUT) <= 0;
    }

    /// Whether the key describes a rule, so that it stands in a `[[policy.rule]]` table and nowhere else.
    public boolean ofRule() {
        return compareTo(RULE_NAME) >= 0 && compareTo(RULE_BACKUP_FIRST) <= 0;
    }

    /// Whether the key describes one of several issuers, so that it stands in a `[[http.oauth.issuers]]` table and
    /// nowhere else.
    public boolean ofIssuer() {
        return compareTo(ISSUERS_NAME) >= 0 && compareTo(ISSUERS_CA_FILE) <= 0;
    }

    /// Whether the key describes a caller, so that it stands in a `[[principal]]` table and nowhere else.
    public boolean ofPrincipal() {
        return compareTo(PRINCIPAL_NAME) >= 0 && compareTo(PRINCIPAL_TOKEN_SECRET) <= 0;
    }

    /// Whether the key stands in one of several tables of its kind. Those have an order, which variables have not, so
    /// they are in the file only.
    public boolean inTables() {
        return !table().isEmpty();
    }

    /// The name of those tables; empty for a key that stands in none.
    String table() {
        if (ofRule()) {
            return Rules.TABLE;
        }
        if (ofIssuer()) {
            return OAuthKeys.TABLE;
        }
        return ofPrincipal() ? Principals.TABLE : "";
    }

    /// Every spelling in the file: the path, and for a secret the two that say where it is kept.
    List<String> spellings() {
        return kind == Kind.SECRET ? List.of(path, path + FILE, path + COMMAND) : List.of(path);
    }

    static Optional<Key> spelt(String path) {
        for (var key : values()) {
            if (key.spellings().contains(path)) {
                return Optional.of(key);
            }
        }
        return Optional.empty();
    }
}
