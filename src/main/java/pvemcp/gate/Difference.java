package pvemcp.gate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What has become of the targets of a call between the yes and the act.
final class Difference {
    private Difference() {}

    /// In words, each to stand by itself; empty where all is as it was.
    static List<String> between(List<Target> agreed, List<Target> now) {
        var differences = new ArrayList<String>();
        var left = byId(now);
        for (var was : agreed) {
            var is = left.remove(key(was));
            if (is == null) {
                differences.add(was + " would no longer be touched, or is gone");
            } else {
                compare(was, is, differences);
            }
        }
        left.values().forEach(more -> differences.add(more + " would be touched too"));
        return differences;
    }

    private static Map<String, Target> byId(List<Target> targets) {
        var byId = new LinkedHashMap<String, Target>();
        targets.forEach(target -> byId.put(key(target), target));
        return byId;
    }

    /// A VM and a container of one id are to be compared; a node and a storage of one name are not.
    private static String key(Target target) {
        return target.isGuest() ? target.id() : target.kind() + " " + target.id();
    }

    private static void compare(Target was, Target is, List<String> differences) {
        if (isAnother(was, is)) {
            differences.add("%s is another guest by now, %s".formatted(was, is));
            return;
        }
        add(was, "node", was.node(), is.node(), differences);
        add(was, "name", was.name(), is.name(), differences);
        add(was, "pool", was.pool(), is.pool(), differences);
        add(was, "tags", String.join(";", was.tags()), String.join(";", is.tags()), differences);
        add(was, "protection", Boolean.toString(was.flagged()), Boolean.toString(is.flagged()), differences);
        for (var fact : was.state().entrySet()) {
            var other = is.state().getOrDefault(fact.getKey(), "");
            if (!other.equals(fact.getValue())) {
                differences.add(changed(was, fact.getKey(), fact.getValue(), other));
            }
        }
    }

    /// What a guest keeps for as long as it lives.
    private static boolean isAnother(Target was, Target is) {
        if (was.kind() != is.kind()) {
            return true;
        }
        for (var mark : List.of("created", "smbios1")) {
            var before = was.state().getOrDefault(mark, "");
            if (!before.isEmpty() && !before.equals(is.state().getOrDefault(mark, ""))) {
                return true;
            }
        }
        return false;
    }

    private static void add(Target target, String fact, String was, String is, List<String> differences) {
        if (!was.equals(is)) {
            differences.add(changed(target, fact, was, is));
        }
    }

    private static String changed(Target target, String fact, String was, String is) {
        return switch (fact) {
            case "config" -> "the configuration of %s was changed".formatted(target);
            case "lock" ->
                is.isEmpty()
                        ? "%s is no longer locked (%s)".formatted(target, was)
                        : "%s is locked by now (%s)".formatted(target, is);
            case "name", "hostname" -> "%s is '%s' by now, no longer '%s'".formatted(target.id(), is, was);
            default -> "%s of %s is '%s' by now, no longer '%s'".formatted(fact, target, is, was);
        };
    }
}
