package pvemcp.sim.replay;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import pvemcp.json.Json;

/// Lays one recorded answer and the simulator's side by side.
///
/// Compared are the status, the words of an error, the fields of objects (both ways) and their JSON types. Values are
/// compared where they are facts about the state (a configuration, a lock, an exit status) and not a measurement, a
/// time or an id. What is learned on the way goes into the [Mapping].
final class Comparison {
    /// By these the rows of a list are paired, the first that all rows have and that tells them apart.
    private static final List<String> ROW_IDS = List.of(
            "key", "subdir", "upid", "volid", "userid", "roleid", "groupid", "tokenid", "poolid", "realm", "id", "vmid",
            "storage", "iface", "name", "node", "n");

    /// Rows of these kinds are complete in a recording, so that one missing is a difference.
    private static final Set<String> COMPLETE = Set.of("key", "subdir");

    private static final Set<String> FACTS = Set.of(
            "status",
            "qmpstatus",
            "lock",
            "exitstatus",
            "type",
            "user",
            "tokenid",
            "tags",
            "template",
            "hasFeature",
            "format",
            "content",
            "volid",
            "vmid",
            "protected",
            "notes",
            "enabled",
            "active",
            "shared",
            "storage",
            "key",
            "subdir",
            "managed",
            "serial",
            "running",
            "description",
            "parent",
            "comment",
            "poolid",
            "userid",
            "roleid",
            "privs",
            "special",
            "realm",
            "propagate",
            "ugid",
            "groupid",
            "enable",
            "expire",
            "privsep",
            "cpus",
            "maxmem",
            "snapstate",
            "delete",
            "agent");

    private static final Set<String> VOLATILE_KEYS =
            Set.of("digest", "smbios1", "vmgenid", "meta", "snaptime", "time", "runningmachine", "runningcpu");

    private static final Pattern CONFIG = Pattern.compile("/nodes/[^/]+/(qemu|lxc)/\\d+/(config|pending|snapshot.*)");
    private static final Pattern MAC = Pattern.compile("BC:24:11(:[0-9A-F]{2}){3}");

    private final Exchange exchange;
    private final Answer answer;
    private final Mapping mapping;
    private final List<Difference> differences = new ArrayList<>();
    private final boolean config;

    private Comparison(Exchange exchange, Answer answer, Mapping mapping) {
        this.exchange = exchange;
        this.answer = answer;
        this.mapping = mapping;
        this.config = CONFIG.matcher(exchange.path()).matches();
    }

    static List<Difference> between(Exchange exchange, Answer answer, Mapping mapping) {
        var comparison = new Comparison(exchange, answer, mapping);
        comparison.compare();
        return comparison.differences;
    }

    private void compare() {
        if (exchange.status() != answer.status()) {
            differ(
                    "status",
                    "recorded %d %s, got %d %s %s"
                            .formatted(
                                    exchange.status(),
                                    shorten(wordsOf(exchange)),
                                    answer.status(),
                                    answer.reason(),
                                    shorten(answer.text())));
            return;
        }
        if (exchange.status() == 0) {
            return;
        }
        if (exchange.status() != 200) {
            error();
            return;
        }
        if (exchange.path().endsWith("/log") && exchange.path().contains("/tasks/")) {
            lastLine();
        }
        value("", exchange.body(), answer.body());
    }

    private static String wordsOf(Exchange exchange) {
        return exchange.body() instanceof Json.Obj obj
                ? obj.text("message").orElse("")
                        + obj.object("errors").map(Json::write).orElse("")
                : exchange.reason();
    }

    private void error() {
        if (!(exchange.body() instanceof Json.Obj recorded)) {
            same("reason", exchange.reason(), answer.reason());
            if (exchange.body() instanceof Json.Str(var text)
                    && text.isEmpty() != answer.text().isEmpty()) {
                differ("body", "recorded '%s', got '%s'".formatted(shorten(text), shorten(answer.text())));
            }
            return;
        }
        if (!(answer.body() instanceof Json.Obj got)) {
            differ("body", "recorded an object, got " + shorten(answer.text()));
            return;
        }
        same(
                "message",
                recorded.text("message").orElse("(none)"),
                got.text("message").orElse("(none)"));
        var theirs = recorded.object("errors").orElse(Json.Obj.EMPTY);
        var ours = got.object("errors").orElse(Json.Obj.EMPTY);
        for (var name : union(theirs, ours)) {
            same(
                    "errors." + name,
                    theirs.text(name).orElse("(none)"),
                    ours.text(name).orElse("(none)"));
        }
    }

    private void lastLine() {
        var recorded = lastOf(exchange.data());
        // Of long logs only the beginning was recorded.
        if (!recorded.startsWith("progress ")) {
            same("log", recorded, lastOf(answer.data()));
        }
    }

    private static String lastOf(Json data) {
        return data instanceof Json.Arr arr && arr.size() > 0 && arr.get(arr.size() - 1) instanceof Json.Obj row
                ? row.text("t").orElse("")
                : "(empty)";
    }

    private void same(String where, String recorded, String got) {
        if (!plain(mapping.apply(recorded)).equals(plain(got))) {
            differ(where, "recorded '%s', got '%s'".formatted(shorten(recorded), shorten(got)));
        }
    }

    private static String plain(String text) {
        return Mapping.timeless(text).strip();
    }

    private void value(String where, Json recorded, Json got) {
        if (!type(recorded).equals(type(got))) {
            differ(where, "recorded %s, got %s".formatted(typed(recorded), typed(got)));
            return;
        }
        switch (recorded) {
            case Json.Obj theirs -> object(where, theirs, (Json.Obj) got);
            case Json.Arr theirs -> array(where, theirs, (Json.Arr) got);
            case Json.Str(var theirs) -> scalar(where, theirs, ((Json.Str) got).value());
            case Json.Num(var theirs) -> {
                if (isFact(where)) {
                    same(where, theirs, ((Json.Num) got).literal());
                }
            }
            case Json.Bool _, Json.Null _ -> {}
        }
    }

    private void object(String where, Json.Obj recorded, Json.Obj got) {
        for (var name : union(recorded, got)) {
            var here = where.isEmpty() ? name : where + "." + name;
            var theirs = recorded.get(name);
            var ours = got.get(name);
            if (ours.isEmpty()) {
                differ(here, "missing, recorded " + typed(theirs.orElseThrow()));
            } else if (theirs.isEmpty()) {
                differ(here, "not recorded, got " + typed(ours.orElseThrow()));
            } else {
                value(here, theirs.orElseThrow(), ours.orElseThrow());
            }
        }
    }

    private void scalar(String where, String recorded, String got) {
        mapping.learn(recorded, got);
        if (recorded.startsWith("UPID:") && got.startsWith("UPID:")) {
            same(where, lasting(recorded), lasting(got));
        } else if (isFact(where) && !Mapping.isVolatile(recorded)) {
            same(where, canonical(where, recorded), canonical(where, got));
        }
    }

    /// Type, id and user of a task: what a UPID says beyond process and time.
    private static String lasting(String upid) {
        var parts = upid.split(":", -1);
        return parts.length < 8 ? upid : String.join(":", Arrays.copyOfRange(parts, 5, parts.length));
    }

    private String canonical(String where, String value) {
        var leaf = leaf(where);
        if (leaf.equals("content") || leaf.equals("privs")) {
            return String.join(",", new TreeSet<>(List.of(value.split(","))));
        }
        return config ? MAC.matcher(value).replaceAll("<mac>") : value;
    }

    private boolean isFact(String where) {
        var leaf = leaf(where);
        if (config && !VOLATILE_KEYS.contains(leaf)) {
            return VOLATILE_KEYS.stream().noneMatch(key -> where.contains("[key=" + key + "]"));
        }
        return FACTS.contains(leaf);
    }

    private static String leaf(String where) {
        return where.substring(where.lastIndexOf('.') + 1);
    }

    private void array(String where, Json.Arr recorded, Json.Arr got) {
        if (recorded.size() == 0 || got.size() == 0) {
            if (recorded.size() != got.size()) {
                differ(where, "recorded %s, got %s".formatted(typed(recorded), typed(got)));
            }
            return;
        }
        boolean allRows = recorded.items().stream().allMatch(Json.Obj.class::isInstance)
                && got.items().stream().allMatch(Json.Obj.class::isInstance);
        if (!allRows) {
            value(where + "[0]", recorded.get(0), got.get(0));
            return;
        }
        for (var id : ROW_IDS) {
            var theirs = byId(recorded, id, true);
            var ours = byId(got, id, false);
            if (!theirs.isEmpty() && !ours.isEmpty()) {
                rows(where, id, theirs, ours);
                return;
            }
        }
        rows(where, "", numbered(recorded), numbered(got));
    }

    private Map<String, Json.Obj> byId(Json.Arr rows, String id, boolean recorded) {
        var result = new LinkedHashMap<String, Json.Obj>();
        for (var row : rows.items()) {
            var value = row instanceof Json.Obj obj ? obj.text(id) : Optional.<String>empty();
            if (value.isEmpty()) {
                return Map.of();
            }
            var name = Mapping.timeless(recorded ? mapping.apply(value.orElseThrow()) : value.orElseThrow());
            if (result.put(name, (Json.Obj) row) != null) {
                return Map.of();
            }
        }
        return result;
    }

    private static Map<String, Json.Obj> numbered(Json.Arr rows) {
        var result = new LinkedHashMap<String, Json.Obj>();
        for (var row : rows.items()) {
            result.put("row " + result.size(), (Json.Obj) row);
        }
        return result;
    }

    private void rows(String where, String id, Map<String, Json.Obj> recorded, Map<String, Json.Obj> got) {
        var theirNames = names(recorded);
        var ourNames = names(got);
        for (var row : recorded.entrySet()) {
            var ours = id.isEmpty() ? null : got.get(row.getKey());
            var here = "%s[%s=%s]".formatted(where, id, row.getKey());
            if (ours != null) {
                object(here, row.getValue(), ours);
            } else if (COMPLETE.contains(id)) {
                differ(here, "missing");
            } else {
                for (var name : row.getValue().members().keySet()) {
                    if (!ourNames.contains(name)) {
                        differ(where + "[]." + name, "missing in all rows");
                    }
                }
            }
        }
        for (var row : got.entrySet()) {
            if (!id.isEmpty() && recorded.containsKey(row.getKey())) {
                continue;
            }
            if (COMPLETE.contains(id)) {
                differ("%s[%s=%s]".formatted(where, id, row.getKey()), "not recorded");
            }
            for (var name : row.getValue().members().keySet()) {
                if (!theirNames.contains(name)) {
                    differ(where + "[]." + name, "in no recorded row");
                }
            }
        }
    }

    private static Set<String> names(Map<String, Json.Obj> rows) {
        var result = new LinkedHashSet<String>();
        rows.values().forEach(row -> result.addAll(row.members().keySet()));
        return result;
    }

    private static Set<String> union(Json.Obj left, Json.Obj right) {
        var names = new TreeSet<>(left.members().keySet());
        names.addAll(right.members().keySet());
        return names;
    }

    private void differ(String where, String what) {
        var difference = new Difference(exchange, where.isEmpty() ? "body" : where, what);
        if (!differences.contains(difference)) {
            differences.add(difference);
        }
    }

    private static String type(Json json) {
        return switch (json) {
            case Json.Null _ -> "null";
            case Json.Bool _ -> "boolean";
            case Json.Num _ -> "number";
            case Json.Str _ -> "string";
            case Json.Arr _ -> "array";
            case Json.Obj _ -> "object";
        };
    }

    private static String typed(Json json) {
        return type(json) + " " + shorten(json.write());
    }

    private static String shorten(String text) {
        var line = text.strip().replace("\n", "\\n");
        return line.length() > 240 ? line.substring(0, 240) + "…" : line;
    }
}
