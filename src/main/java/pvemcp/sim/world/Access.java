package pvemcp.sim.world;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import pvemcp.sim.state.Fields;
import pvemcp.sim.state.HasFields;

/// Who there is and what they may: users, groups, roles, the ACL, realms (PVE::AccessControl).
/// Mutable; the simulator's lock guards it.
public final class Access implements HasFields {
    public static final String ROOT = "root@pam";

    public final SequencedMap<String, User> users = new TreeMap<>();
    public final SequencedMap<String, Group> groups = new TreeMap<>();
    public final SequencedMap<String, Role> roles = Role.builtIn();
    public final SequencedMap<String, Realm> realms = new TreeMap<>();
    /// What the directory services of realms would tell.
    public final SequencedMap<String, Directory> directories = new TreeMap<>();

    private final Map<String, List<Acl>> acl = new TreeMap<>();
    private final Map<String, Pool> pools;
    private Tickets tickets;

    Access(Map<String, Pool> pools, Tickets tickets) {
        this.pools = pools;
        this.tickets = tickets;
        users.put(ROOT, new User(ROOT));
        realms.put("pam", new Realm("pam", "pam", "Linux PAM standard authentication"));
        realms.put("pve", new Realm("pve", "pve", "Proxmox VE authentication server"));
    }

    public Tickets tickets() {
        return tickets;
    }

    /// Whether the user exists, is enabled and has not expired.
    public boolean mayLogIn(String userId, Instant now) {
        var user = users.get(userId);
        return user != null && user.enabled && (user.expire == 0 || user.expire > now.getEpochSecond());
    }

    /// All lines of the ACL, ordered by path.
    public List<Acl> acl() {
        return acl.values().stream().flatMap(List::stream).toList();
    }

    /// Adds a line, or replaces the one for the same path, owner and role.
    public void grant(Acl line) {
        revoke(line);
        acl.computeIfAbsent(line.path(), _ -> new ArrayList<>()).add(line);
    }

    /// Removes the line for this path, owner and role, whether it propagates or not.
    public void revoke(Acl line) {
        var lines = acl.getOrDefault(line.path(), new ArrayList<>());
        lines.removeIf(other -> other.kind() == line.kind()
                && other.ugid().equals(line.ugid())
                && other.role().equals(line.role()));
        if (lines.isEmpty()) {
            acl.remove(line.path());
        }
    }

    /// Removes the lines of an owner or role that is no more.
    public void forget(Predicate<Acl> gone) {
        acl.values().forEach(lines -> lines.removeIf(gone));
        acl.values().removeIf(List::isEmpty);
    }

    /// The token `user@realm!name`.
    public Optional<Token> token(String id) {
        int mark = id.indexOf('!');
        return mark < 0
                ? Optional.empty()
                : Optional.ofNullable(users.get(id.substring(0, mark)))
                        .map(user -> user.tokens.get(id.substring(mark + 1)));
    }

    /// The rights of one user or token, for as long as nobody changes them: a request.
    public Rights rights(String authId) {
        return new Rights(authId);
    }

    @Override
    public void fields(Fields fields) {
        tickets = fields.value("tickets", tickets, Tickets.FORM);
        fields.map("users", users, User.FORM);
        fields.map("groups", groups, Group.FORM);
        fields.map("roles", roles, Role.FORM);
        fields.map("realms", realms, Realm.FORM);
        fields.map("directories", directories, Directory.FORM);
        var lines = fields.value("acl", acl(), Acl.FORM.list());
        acl.clear();
        lines.forEach(this::grant);
    }

    /// What one user or token may. Not to be kept beyond the request it was made for.
    public final class Rights {
        private final String authId;
        private final Map<String, Map<String, Boolean>> known = new HashMap<>();
        private final Map<Map<String, Boolean>, Map<String, Boolean>> ofRoles = new HashMap<>();
        private Map<String, Map<String, Boolean>> poolRoles;
        private Rights owner;

        private Rights(String authId) {
            this.authId = authId;
        }

        public String authId() {
            return authId;
        }

        /// Whether this is root itself, not one of root's tokens.
        public boolean isRoot() {
            return authId.equals(ROOT);
        }

        /// Whether it has all of these privileges there.
        public boolean has(String path, String... privileges) {
            if (isRoot()) {
                return true;
            }
            return privileges(path).keySet().containsAll(List.of(privileges));
        }

        /// Whether it has one of these privileges there.
        public boolean hasAny(String path, Iterable<String> privileges) {
            if (isRoot()) {
                return true;
            }
            var held = privileges(path);
            for (var privilege : privileges) {
                if (held.containsKey(privilege)) {
                    return true;
                }
            }
            return false;
        }

        /// The first of these privileges that is missing there.
        public Optional<String> missing(String path, Iterable<String> privileges) {
            if (isRoot()) {
                return Optional.empty();
            }
            var held = privileges(path);
            for (var privilege : privileges) {
                if (!held.containsKey(privilege)) {
                    return Optional.of(privilege);
                }
            }
            return Optional.empty();
        }

        /// The privileges on a path, each with whether it holds below (PVE::RPCEnvironment::permissions).
        public Map<String, Boolean> privileges(String path) {
            return known.computeIfAbsent(path, this::compute);
        }

        private Map<String, Boolean> compute(String path) {
            if (isRoot()) {
                return privilegesOf(Map.of("Administrator", true));
            }
            int mark = authId.indexOf('!');
            if (mark < 0) {
                return privilegesOf(rolesWithPools(path));
            }
            var token = token(authId);
            if (token.isEmpty()) {
                return Map.of();
            }
            if (owner == null) {
                owner = rights(authId.substring(0, mark));
            }
            var ofUser = owner.privileges(path);
            if (!token.get().privsep()) {
                return ofUser;
            }
            var ofToken = new TreeMap<String, Boolean>();
            privilegesOf(rolesWithPools(path)).forEach((privilege, propagate) -> {
                if (ofUser.containsKey(privilege)) {
                    ofToken.put(privilege, propagate && ofUser.get(privilege));
                }
            });
            return ofToken;
        }

        /// The same few roles hold on thousands of paths.
        private Map<String, Boolean> privilegesOf(Map<String, Boolean> held) {
            return ofRoles.computeIfAbsent(held, this::union);
        }

        private Map<String, Boolean> union(Map<String, Boolean> held) {
            var privileges = new TreeMap<String, Boolean>();
            held.forEach((id, propagate) -> Optional.ofNullable(roles.get(id))
                    .ifPresent(role ->
                            role.privileges().forEach(name -> privileges.merge(name, propagate, Boolean::logicalOr))));
            return privileges;
        }

        private Map<String, Boolean> rolesWithPools(String path) {
            if (!path.startsWith("/vms/") && !path.startsWith("/storage/")) {
                return roles(path);
            }
            var held = new LinkedHashMap<>(roles(path));
            if (poolRoles == null) {
                poolRoles = poolRoles();
            }
            // What a pool gives does not propagate and never overrides (PVE::RPCEnvironment, compile_acl_path).
            poolRoles.getOrDefault(path, Map.of()).forEach((role, _) -> held.putIfAbsent(role, false));
            return held;
        }

        private Map<String, Map<String, Boolean>> poolRoles() {
            var byPath = new HashMap<String, Map<String, Boolean>>();
            for (var pool : pools.values()) {
                var held = roles("/pool/" + pool.id());
                if (!held.isEmpty()) {
                    pool.guests.forEach(vmid -> byPath.computeIfAbsent("/vms/" + vmid, _ -> new HashMap<>())
                            .putAll(held));
                    pool.storages.forEach(storage -> byPath.computeIfAbsent("/storage/" + storage, _ -> new HashMap<>())
                            .putAll(held));
                }
            }
            return byPath;
        }

        /// The nearest line wins; on one level a token's or user's own line wins over its groups'
        /// (PVE::AccessControl::roles).
        private Map<String, Boolean> roles(String path) {
            var kind = authId.contains("!") ? Acl.Kind.TOKEN : Acl.Kind.USER;
            Map<String, Boolean> held = Map.of();
            for (var level : levels(path)) {
                boolean exact = level.equals(path);
                var lines = acl.getOrDefault(level, List.of());
                var own = held(
                        lines, exact, line -> line.kind() == kind && line.ugid().equals(authId));
                if (own.isEmpty() && kind == Acl.Kind.USER) {
                    own = held(lines, exact, line -> line.kind() == Acl.Kind.GROUP && memberOf(line.ugid()));
                }
                if (!own.isEmpty()) {
                    held = own;
                }
            }
            return held.containsKey("NoAccess") ? Map.of("NoAccess", held.get("NoAccess")) : held;
        }

        private boolean memberOf(String group) {
            var user = users.get(authId);
            return user != null && user.groups.contains(group);
        }

        private static Map<String, Boolean> held(List<Acl> lines, boolean exact, Predicate<Acl> mine) {
            var held = new LinkedHashMap<String, Boolean>();
            for (var line : lines) {
                if (mine.test(line) && (exact || line.propagate())) {
                    held.put(line.role(), line.propagate());
                }
            }
            return held;
        }

        /// `/`, `/vms`, `/vms/100` for `/vms/100`.
        private static List<String> levels(String path) {
            var levels = new ArrayList<String>();
            levels.add("/");
            for (int slash = path.indexOf('/', 1); slash > 0; slash = path.indexOf('/', slash + 1)) {
                levels.add(path.substring(0, slash));
            }
            if (path.length() > 1) {
                levels.add(path);
            }
            return levels;
        }
    }
}
