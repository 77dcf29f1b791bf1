package pvemcp.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import pvemcp.text.Nearest;

/// The `[[principal]]` tables, read and checked.
final class Principals {
    static final String TABLE = "principal";

    private final List<ClusterSettings> clusters;
    private final Checks checks;
    private final List<String> problems;

    /// @param clusters as the server itself enters them
    /// @param problems what is wrong is added here
    Principals(List<ClusterSettings> clusters, Checks checks, List<String> problems) {
        this.clusters = clusters;
        this.checks = checks;
        this.problems = problems;
    }

    /// @param settings of tables, also of other kinds; those of a principal are spelt `principal[1].token_id`
    List<Principal> read(List<Setting> settings) {
        var tables = new TreeMap<Integer, List<Setting>>();
        for (var setting : settings) {
            if (setting.key().ofPrincipal()) {
                tables.computeIfAbsent(setting.table(), _ -> new ArrayList<>()).add(setting);
            }
        }
        var found = new LinkedHashMap<String, Principal>();
        tables.forEach((number, table) -> {
            var where = "%s: %s[%d]".formatted(table.getFirst().origin(), TABLE, number);
            var name = of(table, Key.PRINCIPAL_NAME, "").map(Setting::text).orElse("");
            if (name.isBlank()) {
                problems.add(where + " has no 'name': it says whose credentials these are");
            }
            var own = own(table, where);
            if (found.put(name, new Principal(name, own)) != null && !name.isBlank()) {
                problems.add("%s: '%s' has a table already".formatted(where, name));
            }
        });
        return List.copyOf(found.values());
    }

    private List<ClusterSettings> own(List<Setting> table, String where) {
        Map<String, ClusterSettings> known = new LinkedHashMap<>();
        clusters.forEach(cluster -> known.put(cluster.name(), cluster));
        var own = new ArrayList<ClusterSettings>();
        var named = new ArrayList<String>();
        for (var setting : table) {
            if (setting.key() != Key.PRINCIPAL_NAME && !named.contains(setting.cluster())) {
                named.add(setting.cluster());
            }
        }
        if (named.isEmpty()) {
            problems.add(where + " has no credentials: set token_id, and token_secret_file or one of its kin");
        }
        for (var name : named) {
            var id = of(table, Key.PRINCIPAL_TOKEN_ID, name);
            var secret = of(table, Key.PRINCIPAL_TOKEN_SECRET, name);
            var cluster = cluster(name, known, where);
            if (id.isEmpty() || secret.isEmpty()) {
                problems.add("%s: token_id and token_secret%s go together: set both"
                        .formatted(where, name.isEmpty() ? "" : " of clusters." + name));
            } else if (cluster.isPresent()) {
                checks.token(id.get(), secret.get()).map(cluster.get()::as).ifPresent(own::add);
            }
        }
        return own;
    }

    /// What is said without a cluster is meant for the only one there is.
    private Optional<ClusterSettings> cluster(String name, Map<String, ClusterSettings> known, String where) {
        if (name.isEmpty() && known.size() > 1 && !known.containsKey("default")) {
            problems.add("%s: there are several clusters: write clusters.NAME.token_id for one of %s"
                    .formatted(where, String.join(", ", known.keySet())));
            return Optional.empty();
        }
        if (name.isEmpty()) {
            return known.containsKey("default") || known.isEmpty()
                    ? Optional.ofNullable(known.get("default"))
                    : Optional.of(known.values().iterator().next());
        }
        if (!known.containsKey(name) && !known.isEmpty()) {
            problems.add("%s: there is no cluster '%s'%s".formatted(where, name, Nearest.hint(name, known.keySet())));
        }
        return Optional.ofNullable(known.get(name));
    }

    private static Optional<Setting> of(List<Setting> table, Key key, String cluster) {
        return table.stream()
                .filter(setting -> setting.key() == key && setting.cluster().equals(cluster))
                .findFirst();
    }
}
