package pvemcp.pve;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import pvemcp.json.Json;

/// What the caller may do, by path of the access tree (`/vms/101`, `/storage/local`), as `/access/permissions`
/// computes it from roles, groups, pools and the token's own limits.
///
/// @param paths privileges by path, and whether each holds below that path too
public record Permissions(Map<String, Map<String, Boolean>> paths) {
    public Permissions {
        var copy = new TreeMap<String, Map<String, Boolean>>();
        paths.forEach((path, privileges) -> copy.put(path, Map.copyOf(privileges)));
        paths = Collections.unmodifiableMap(copy);
    }

    /// As `/access/permissions` answers.
    public static Permissions from(Fields f) {
        var paths = new LinkedHashMap<String, Map<String, Boolean>>();
        f.all().members().forEach((path, privileges) -> {
            if (privileges instanceof Json.Obj object) {
                var held = new TreeMap<String, Boolean>();
                object.members()
                        .keySet()
                        .forEach(name -> held.put(name, object.flag(name).orElse(false)));
                paths.put(path, held);
            }
        });
        return new Permissions(paths);
    }

    /// Whether the privilege is held on the path.
    public boolean has(String path, String privilege) {
        return on(path).contains(privilege);
    }

    /// The privileges held on the path: PVE names the path itself, or the nearest one above it decides, with what it
    /// hands down.
    public Set<String> on(String path) {
        var exact = paths.get(path);
        if (exact != null) {
            return Collections.unmodifiableSet(new TreeSet<>(exact.keySet()));
        }
        for (var above = path; above.length() > 1; ) {
            int slash = above.lastIndexOf('/');
            above = slash <= 0 ? "/" : above.substring(0, slash);
            var privileges = paths.get(above);
            if (privileges != null) {
                var held = new TreeSet<String>();
                privileges.forEach((privilege, propagates) -> {
                    if (propagates) {
                        held.add(privilege);
                    }
                });
                return Collections.unmodifiableSet(held);
            }
        }
        return Set.of();
    }

    /// All privileges that are held somewhere.
    public Set<String> anywhere() {
        var all = new TreeSet<String>();
        paths.values().forEach(privileges -> all.addAll(privileges.keySet()));
        return Collections.unmodifiableSet(all);
    }
}
