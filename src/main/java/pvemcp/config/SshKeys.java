package pvemcp.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import pvemcp.remote.SshSettings;
import pvemcp.remote.SshSettings.Account;
import pvemcp.remote.SshSettings.Own;
import pvemcp.remote.SshTarget.HostKey;

/// Puts the keys `ssh.*` together and says what is wrong with them. Nothing is read from disk or sent.
final class SshKeys {
    private final Function<Key, Optional<Setting>> settings;
    private final Surroundings surroundings;
    private final List<String> problems = new ArrayList<>();

    SshKeys(Function<Key, Optional<Setting>> settings, Surroundings surroundings) {
        this.settings = settings;
        this.surroundings = surroundings;
    }

    /// What is wrong; empty where [#read] can be used.
    List<String> problems() {
        read();
        return List.copyOf(problems);
    }

    SshSettings read() {
        problems.clear();
        if (!text(Key.SSH_ENABLED).equals("true")) {
            return SshSettings.OFF;
        }
        var fingerprints = fingerprints();
        var hostKey = fingerprints.isEmpty()
                ? new HostKey.KnownHosts(surroundings.resolve(text(Key.SSH_KNOWN_HOSTS)))
                : new HostKey.Pinned(fingerprints);
        boolean agent = text(Key.SSH_AGENT).equals("true");
        var node = new Account(text(Key.SSH_USER), port(), paths(Key.SSH_KEYS), agent, hostKey);
        var guestUser = text(Key.SSH_GUEST_USER);
        var guestKeys = paths(Key.SSH_GUEST_KEYS);
        var guest = new Account(
                guestUser.isEmpty() ? node.user() : guestUser,
                22,
                guestKeys.isEmpty() ? node.keys() : guestKeys,
                agent,
                hostKey);
        if (node.keys().isEmpty() && guest.keys().isEmpty() && !agent) {
            problems.add("%s: nobody could log in: set ssh.keys, or ssh.agent=true".formatted(origin(Key.SSH_ENABLED)));
        }
        return new SshSettings(true, node, nodes(), guest, guests());
    }

    private List<String> fingerprints() {
        var all = new ArrayList<String>();
        for (var given : list(Key.SSH_FINGERPRINTS)) {
            // As ssh-keygen -l prints them; the word in front is sometimes left out, and padding left on.
            var plain = given.replaceFirst("^SHA256:", "").replaceFirst("=+$", "");
            if (!plain.matches("[A-Za-z0-9+/]{43}")) {
                problems.add("%s: '%s' is not a fingerprint as ssh-keygen -l prints it, SHA256:…"
                        .formatted(origin(Key.SSH_FINGERPRINTS), given));
            }
            all.add("SHA256:" + plain);
        }
        return all;
    }

    private int port() {
        var text = text(Key.SSH_PORT);
        int port = text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : 0;
        if (port < 1 || port > 65_535) {
            problems.add("%s: '%s' is not a port".formatted(origin(Key.SSH_PORT), text));
            return 22;
        }
        return port;
    }

    private Map<String, String> nodes() {
        var nodes = new LinkedHashMap<String, String>();
        for (var entry : list(Key.SSH_NODES)) {
            var parts = entry.split("=", 2);
            if (parts.length == 2 && isHost(parts[1])) {
                nodes.put(parts[0], parts[1]);
            } else {
                problems.add("%s: '%s' is not NODE=HOST".formatted(origin(Key.SSH_NODES), entry));
            }
        }
        return nodes;
    }

    /// `101=admin@192.0.2.7;~/.ssh/web`: user and key may be left out, and the host too.
    private Map<Integer, Own> guests() {
        var guests = new LinkedHashMap<Integer, Own>();
        for (var entry : list(Key.SSH_GUESTS)) {
            int equals = entry.indexOf('=');
            var vmid = equals < 0 ? "" : entry.substring(0, equals);
            var rest = entry.substring(equals + 1).split(";", 2);
            int at = rest[0].indexOf('@');
            var user = at < 0 ? "" : rest[0].substring(0, at);
            var host = rest[0].substring(at + 1);
            if (!vmid.matches("[0-9]{3,9}") || (!host.isEmpty() && !isHost(host))) {
                problems.add("%s: '%s' is not VMID=USER@HOST, with ';' before a key file of its own"
                        .formatted(origin(Key.SSH_GUESTS), entry));
                continue;
            }
            var key = rest.length == 2 ? Optional.of(surroundings.resolve(rest[1])) : Optional.<Path>empty();
            guests.put(Integer.parseInt(vmid), new Own(filled(host), filled(user), key));
        }
        return guests;
    }

    private static Optional<String> filled(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    private static boolean isHost(String text) {
        return text.matches("[A-Za-z0-9:][A-Za-z0-9.:_-]*");
    }

    private List<Path> paths(Key key) {
        return list(key).stream().map(surroundings::resolve).toList();
    }

    private String text(Key key) {
        return settings.apply(key).map(Setting::text).orElse(key.fallback());
    }

    private List<String> list(Key key) {
        return settings.apply(key).map(Setting::texts).orElse(List.of());
    }

    private String origin(Key key) {
        return settings.apply(key).map(Setting::origin).orElse(key.path());
    }
}
