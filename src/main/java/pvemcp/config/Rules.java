package pvemcp.config;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import pvemcp.gate.Care;
import pvemcp.gate.Policy.Answer;
import pvemcp.gate.Rule;
import pvemcp.gate.Rule.Condition;
import pvemcp.gate.Window;
import pvemcp.tool.Tier;

/// The `[[policy.rule]]` tables, read and checked.
final class Rules {
    static final String TABLE = "policy.rule";

    private final List<Setting> settings;

    /// @param settings all there are; those of rules are spelt `policy.rule[1].tags`
    Rules(List<Setting> settings) {
        this.settings = settings;
    }

    List<Rule> read() {
        var rules = new ArrayList<Rule>();
        tables().forEach((number, table) -> rules.add(rule(number, table)));
        return rules;
    }

    /// What keeps a cluster's calls to its highest tier; before all other rules.
    ///
    /// @param alone whether there is no other cluster, so that tools above the tier need not be offered at all
    static Rule atMost(ClusterSettings cluster, boolean alone) {
        var above = EnumSet.noneOf(Tier.class);
        for (var tier : Tier.values()) {
            if (tier.compareTo(cluster.most()) > 0) {
                above.add(tier);
            }
        }
        var conditions = new EnumMap<Condition, List<String>>(Condition.class);
        if (!alone) {
            conditions.put(Condition.CLUSTERS, List.of(cluster.name()));
        }
        var key = cluster.name().equals("default") ? Key.TIER.path() : "clusters.%s.tier".formatted(cluster.name());
        return new Rule(key, Answer.DENY, above, conditions, List.of(), Care.Special.NONE);
    }

    /// All that is wrong with them, and with the owner's windows.
    List<String> problems() {
        var problems = new ArrayList<String>();
        for (var setting : settings) {
            if (setting.key() == Key.WINDOWS) {
                windowProblems(setting.texts(), setting.origin(), problems);
            }
        }
        tables().forEach((number, table) -> {
            var where = "%s: %s[%d]".formatted(table.values().iterator().next().origin(), TABLE, number);
            if (!table.containsKey(Key.RULE_ANSWER)) {
                problems.add(where + " has no 'answer': it is allow, ask or deny");
            } else if (table.get(Key.RULE_ANSWER).text().equals("allow") && !table.containsKey(Key.RULE_TIERS)) {
                problems.add(where + " allows: name the 'tiers' it allows, so that it allows no more than was meant");
            }
            boolean ofGuests = table.containsKey(Key.RULE_TAGS)
                    || table.containsKey(Key.RULE_GUESTS)
                    || table.containsKey(Key.RULE_NAMES);
            if (table.containsKey(Key.RULE_STORAGES) && ofGuests) {
                problems.add(where + " holds for nothing: no guest is a storage; make two rules of it");
            }
            if (table.containsKey(Key.RULE_BACKUP_SERVERS)) {
                backupServerProblems(where, table, problems);
            }
            if (table.containsKey(Key.RULE_WHEN)) {
                var when = table.get(Key.RULE_WHEN);
                windowProblems(when.texts(), when.origin(), problems);
            }
        });
        return problems;
    }

    private static void backupServerProblems(String where, Map<Key, Setting> table, List<String> problems) {
        boolean ofOthers = table.containsKey(Key.RULE_STORAGES)
                || table.containsKey(Key.RULE_NODES)
                || table.containsKey(Key.RULE_POOLS)
                || table.containsKey(Key.RULE_TAGS)
                || table.containsKey(Key.RULE_GUESTS)
                || table.containsKey(Key.RULE_NAMES);
        if (ofOthers) {
            problems.add(where + " holds for nothing: a backup server is no node, storage, pool or guest; make two"
                    + " rules of it");
        }
        if (!tiers(table).contains(Tier.READ)) {
            problems.add(where + " holds for nothing: backup servers are only read, so its tiers are [\"read\"]");
        }
    }

    private static void windowProblems(List<String> texts, String where, List<String> problems) {
        for (var text : texts) {
            try {
                Window.parse(text);
            } catch (IllegalArgumentException e) {
                problems.add(where + ": " + e.getMessage());
            }
        }
    }

    /// @throws IllegalArgumentException for what [#problems] would have told
    static List<Window> windows(List<String> texts) {
        var windows = new ArrayList<Window>();
        texts.forEach(text -> windows.add(Window.parse(text)));
        return windows;
    }

    private Map<Integer, Map<Key, Setting>> tables() {
        var tables = new TreeMap<Integer, Map<Key, Setting>>();
        for (var setting : settings) {
            if (setting.key().ofRule()) {
                tables.computeIfAbsent(setting.table(), _ -> new EnumMap<>(Key.class))
                        .put(setting.key(), setting);
            }
        }
        return tables;
    }

    private static Rule rule(int number, Map<Key, Setting> table) {
        var name = table.containsKey(Key.RULE_NAME)
                ? "%s '%s'".formatted(TABLE, table.get(Key.RULE_NAME).text())
                : "%s %d".formatted(TABLE, number);
        var conditions = new EnumMap<Condition, List<String>>(Condition.class);
        for (var condition : Condition.values()) {
            conditions.put(condition, texts(table, key(condition)));
        }
        var answer = Answer.valueOf(upper(table.get(Key.RULE_ANSWER).text()));
        return new Rule(name, answer, tiers(table), conditions, windows(texts(table, Key.RULE_WHEN)), care(table));
    }

    private static Care.Special care(Map<Key, Setting> table) {
        var first = Optional.ofNullable(table.get(Key.RULE_SNAPSHOT_FIRST)).map(Setting::text);
        var backup = Optional.ofNullable(table.get(Key.RULE_BACKUP_FIRST)).map(Setting::text);
        return first.isEmpty() && backup.isEmpty()
                ? Care.Special.NONE
                : new Care.Special(first.map("true"::equals), backup.map(word -> Care.Backup.valueOf(upper(word))));
    }

    private static Key key(Condition condition) {
        return switch (condition) {
            case TOOLS -> Key.RULE_TOOLS;
            case CLUSTERS -> Key.RULE_CLUSTERS;
            case NODES -> Key.RULE_NODES;
            case POOLS -> Key.RULE_POOLS;
            case TAGS -> Key.RULE_TAGS;
            case GUESTS -> Key.RULE_GUESTS;
            case NAMES -> Key.RULE_NAMES;
            case STORAGES -> Key.RULE_STORAGES;
            case BACKUP_SERVERS -> Key.RULE_BACKUP_SERVERS;
        };
    }

    private static Set<Tier> tiers(Map<Key, Setting> table) {
        var tiers = EnumSet.noneOf(Tier.class);
        texts(table, Key.RULE_TIERS).forEach(word -> tiers.add(Tier.valueOf(upper(word))));
        if (!tiers.isEmpty()) {
            return tiers;
        }
        return table.containsKey(Key.RULE_BACKUP_SERVERS)
                ? EnumSet.of(Tier.READ)
                : EnumSet.complementOf(EnumSet.of(Tier.READ));
    }

    private static List<String> texts(Map<Key, Setting> table, Key key) {
        var setting = table.get(key);
        return setting == null ? List.of() : setting.texts();
    }

    private static String upper(String word) {
        return word.toUpperCase(Locale.ROOT);
    }
}
