package pvemcp.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// The `PROXMOX_*` variables that four other servers are configured by, so that a client's configuration made for one
/// of them works here: said in our keys, and only where no cluster is configured in our own words.
///
/// They disagree about the same names (`PROXMOX_URL` with and without `/api2/json`), which is no conflict for us.
/// What turns the check of certificates off is never followed; what opens the dangerous tools is followed as far as
/// `ask`.
final class Dialects {
    private static final Set<String> YES = Set.of("true", "1", "yes", "y", "on");

    // Why some variables have no use here.
    private static final String LOOKED_UP = "the node, storage and bridge are looked up or named by each call";
    private static final String NODES_OF_THEIR_OWN =
            "containers are entered on the node that runs them; ssh.nodes says where nodes are";

    private final Map<String, String> values = new TreeMap<>();
    private final Map<String, String> origins = new LinkedHashMap<>();
    private final List<String> notices;
    private final List<Setting> settings = new ArrayList<>();

    Dialects(Map<String, String> env, EnvFile dotenv, List<String> notices) {
        this.notices = notices;
        dotenv.variables().forEach((name, line) -> put(name, line.value(), ".env:" + line.number()));
        env.forEach((name, value) -> put(name, value, name));
    }

    private void put(String name, String value, String origin) {
        if (name.startsWith("PROXMOX_") && !value.isBlank()) {
            values.put(name, value.strip());
            origins.put(name, origin);
        }
    }

    List<Setting> settings() {
        if (values.isEmpty()) {
            return settings;
        }
        if (values.containsKey("PROXMOX_CLUSTERS")) {
            for (var cluster : Loader.split(Key.HOST, values.get("PROXMOX_CLUSTERS"))) {
                var prefix = "PROXMOX_CLUSTER_" + cluster + "_";
                set(cluster, Key.URL, withPort(prefix + "API_URL"));
                set(cluster, Key.TOKEN_ID, value(prefix + "TOKEN_ID"));
                set(cluster, Key.TOKEN_SECRET, value(prefix + "TOKEN_SECRET"));
                insecure(prefix + "VERIFY", "false", cluster);
                value("PROXMOX_CLUSTER_PATTERNS").ifPresent(patterns -> names(cluster, patterns));
            }
        } else {
            one();
        }
        ssh();
        opened();
        unused();
        return settings;
    }

    private void one() {
        set("", Key.URL, value("PROXMOX_URL").or(() -> withPort("PROXMOX_API_URL")));
        if (settings.isEmpty()) {
            set("", Key.HOST, value("PROXMOX_HOST"));
            set("", Key.PORT, value("PROXMOX_PORT"));
        }
        who();
        timeout();
        if (value("PROXMOX_SSL_MODE").map(Value::lower).equals(Optional.of("verify"))) {
            set("", Key.CA_FILE, value("PROXMOX_SSL_CA_CERT"));
        }
        insecure("PROXMOX_SSL_MODE", "insecure", "");
        insecure("PROXMOX_TLS_INSECURE", "true", "");
        insecure("PROXMOX_INSECURE", "true", "");
        insecure("PROXMOX_VERIFY", "false", "");
    }

    private void who() {
        var whole = value("PROXMOX_API_TOKEN");
        var name = value("PROXMOX_TOKEN_NAME");
        if (values.containsKey("PROXMOX_TOKEN_ID")) {
            set("", Key.TOKEN_ID, value("PROXMOX_TOKEN_ID"));
            set("", Key.TOKEN_SECRET, value("PROXMOX_TOKEN_SECRET"));
        } else if (name.isPresent()) {
            var user = values.getOrDefault("PROXMOX_USER", "root@pam");
            set("", Key.TOKEN_ID, name.map(token -> token.with(user + "!" + token.text)));
            set("", Key.TOKEN_SECRET, value("PROXMOX_TOKEN_VALUE"));
        } else if (whole.isPresent()) {
            // As the header has it: user@realm!name=secret, perhaps with the header's own word in front.
            var parts = whole.get().text.replaceFirst("^PVEAPIToken=", "").split("=", 2);
            set("", Key.TOKEN_ID, whole.map(token -> token.with(parts[0])));
            if (parts.length == 2) {
                set("", Key.TOKEN_SECRET, whole.map(token -> token.with(parts[1])));
            }
        } else {
            set("", Key.TICKET, value("PROXMOX_TICKET"));
            set("", Key.CSRF, value("PROXMOX_CSRF_TOKEN"));
        }
    }

    /// Milliseconds, a bare number.
    private void timeout() {
        value("PROXMOX_TIMEOUT").ifPresent(timeout -> {
            boolean number = timeout.text.matches("[0-9]{1,9}");
            var text = number ? "pt" + Integer.parseInt(timeout.text) / 1000.0 + "s" : timeout.text;
            set("", Key.TIMEOUT, Optional.of(timeout.with(text)));
        });
    }

    /// One switches SSH on by a variable, two by naming a key.
    private void ssh() {
        var key = value("PROXMOX_SSH_KEY").or(() -> value("PROXMOX_SSH_KEY_PATH"));
        boolean on = values.containsKey("PROXMOX_SSH_ENABLED") ? yes("PROXMOX_SSH_ENABLED") : key.isPresent();
        if (!on || key.isEmpty()) {
            return;
        }
        set("", Key.SSH_ENABLED, key.map(path -> path.with("true")));
        set("", Key.SSH_KEYS, key);
        set("", Key.SSH_USER, value("PROXMOX_SSH_USER"));
        set("", Key.SSH_PORT, value("PROXMOX_SSH_PORT"));
        set("", Key.SSH_FINGERPRINTS, value("PROXMOX_SSH_HOST_KEY_FINGERPRINT"));
        set("", Key.SSH_GUEST_USER, value("PROXMOX_VM_SSH_USER"));
        set("", Key.SSH_GUEST_KEYS, value("PROXMOX_VM_SSH_KEY"));
        var host = value("PROXMOX_SSH_HOST").or(() -> value("PROXMOX_HOST"));
        value("PROXMOX_SSH_NODE")
                .ifPresent(node -> set("", Key.SSH_NODES, host.map(at -> node.with(node.text + "=" + at.text))));
        guests();
    }

    private void guests() {
        var pattern = Pattern.compile("PROXMOX_VM_([0-9]+)_SSH_(?:HOST|USER|KEY)");
        var vmids = new TreeSet<String>();
        for (var name : values.keySet()) {
            var match = pattern.matcher(name);
            if (match.matches()) {
                vmids.add(match.group(1));
            }
        }
        var entries = new ArrayList<String>();
        var origin = "";
        for (var vmid : vmids) {
            var prefix = "PROXMOX_VM_" + vmid + "_SSH_";
            var user = values.getOrDefault(prefix + "USER", "");
            var key = values.getOrDefault(prefix + "KEY", "");
            entries.add(vmid + "=" + (user.isEmpty() ? "" : user + "@") + values.getOrDefault(prefix + "HOST", "")
                    + (key.isEmpty() ? "" : ";" + key));
            origin = prefix + "…";
        }
        if (!entries.isEmpty()) {
            settings.add(new Setting(Key.SSH_GUESTS, "", Key.SSH_GUESTS.path(), entries, origin));
        }
    }

    private void insecure(String name, String off, String cluster) {
        var value = value(name);
        boolean turnedOff = value.isPresent()
                && switch (off) {
                    case "true" -> YES.contains(value.get().lower());
                    case "false" -> !YES.contains(value.get().lower());
                    default -> value.get().lower().equals(off);
                };
        if (turnedOff) {
            var key = cluster.isEmpty() ? Key.FINGERPRINT.env() : "clusters." + cluster + ".fingerprint";
            notices.add(
                    "%s=%s is not followed: certificates are always checked. For a self-signed one, pin it: set %s to"
                                    .formatted(value.get().origin, value.get().text, key)
                            + " the fingerprint that 'pve-mcp doctor' prints");
        }
    }

    /// Tools that a switch opens elsewhere are asked about here.
    private void opened() {
        closed("PROXMOX_ENABLE_DESTRUCTIVE", Key.POLICY_DESTROY);
        closed("PROXMOX_ALLOW_ELEVATED", Key.POLICY_OPERATE, Key.POLICY_CHANGE, Key.POLICY_DESTROY, Key.POLICY_EXECUTE);
        if (yes("PROXMOX_ENABLE_DESTRUCTIVE")) {
            open("PROXMOX_ENABLE_DESTRUCTIVE", Key.POLICY_DESTROY, Key.POLICY_EXECUTE);
        } else if (yes("PROXMOX_ALLOW_ELEVATED")) {
            open(
                    "PROXMOX_ALLOW_ELEVATED",
                    Key.POLICY_OPERATE,
                    Key.POLICY_CHANGE,
                    Key.POLICY_DESTROY,
                    Key.POLICY_EXECUTE);
        } else if (yes("PROXMOX_ALLOW_UNSAFE_COMMANDS")) {
            open("PROXMOX_ALLOW_UNSAFE_COMMANDS", Key.POLICY_EXECUTE);
        }
    }

    /// What is switched off there by a word is denied here, whatever else the switches say.
    private void closed(String name, Key... keys) {
        if (values.containsKey(name) && !yes(name)) {
            answer(name, "deny", keys);
        }
    }

    /// Where several switches speak of a tier, the first counts: those that close come first.
    private void answer(String name, String answer, Key... keys) {
        for (var key : keys) {
            if (settings.stream().noneMatch(setting -> setting.key() == key)) {
                set("", key, value(name).map(value -> value.with(answer)));
            }
        }
    }

    private void open(String name, Key... keys) {
        answer(name, "ask", keys);
        notices.add("%s is followed as far as asking before each call; %s=allow would not ask"
                .formatted(name, keys[0].path()));
    }

    private void unused() {
        var ssh = new TreeSet<String>();
        var defaults = new TreeSet<String>();
        for (var name : values.keySet()) {
            boolean host = name.equals("PROXMOX_SSH_HOST") && !values.containsKey("PROXMOX_SSH_NODE");
            if (host || name.equals("PROXMOX_SSH_MAX_OUTPUT_BYTES")) {
                ssh.add(name);
            } else if (name.contains("_DEFAULT_")) {
                defaults.add(name);
            }
        }
        tell(ssh, NODES_OF_THEIR_OWN + ", and each call bounds its output");
        tell(defaults, LOOKED_UP);
    }

    private void tell(Set<String> names, String why) {
        if (!names.isEmpty()) {
            notices.add("%s: not used, since %s".formatted(String.join(", ", names), why));
        }
    }

    private boolean yes(String name) {
        return value(name).filter(value -> YES.contains(value.lower())).isPresent();
    }

    private Optional<Value> value(String name) {
        return Optional.ofNullable(values.get(name)).map(text -> new Value(text, origins.get(name)));
    }

    /// A URL whose port is 8006 where it names none.
    private Optional<Value> withPort(String name) {
        return value(name).map(url -> {
            var match = Pattern.compile("^(https?://[^/:]+|https?://\\[[^]]+])(/.*)?$")
                    .matcher(url.text);
            return match.matches() ? url.with(match.group(1) + ":8006") : url.with(withoutPath(url.text));
        });
    }

    private static String withoutPath(String url) {
        int slash = url.indexOf('/', Math.max(0, url.indexOf("://")) + 3);
        return slash < 0 ? url : url.substring(0, slash);
    }

    /// `prod-:production,stg-:staging`: how names begin, and which cluster they are of.
    private void names(String cluster, Value patterns) {
        var mine = Loader.split(Key.NAMES, patterns.text).stream()
                .filter(entry -> entry.endsWith(":" + cluster))
                .map(entry -> entry.substring(0, entry.length() - cluster.length() - 1) + "*")
                .toList();
        if (!mine.isEmpty()) {
            settings.add(new Setting(Key.NAMES, cluster, Key.NAMES.path(), mine, patterns.origin));
        }
    }

    private void set(String cluster, Key key, Optional<Value> value) {
        value.ifPresent(present -> settings.add(new Setting(
                key,
                cluster,
                key.path(),
                key.kind().isList() ? Loader.split(key, present.text) : List.of(present.text),
                present.origin)));
    }

    private record Value(String text, String origin) {
        Value with(String other) {
            return new Value(other, origin);
        }

        String lower() {
            return text.toLowerCase(Locale.ROOT);
        }
    }
}
