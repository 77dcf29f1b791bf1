package pvemcp.text;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// Finds the name that was probably meant.
public final class Nearest {
    /// Words that are typed for one another, being right elsewhere: in Proxmox's API, in a shell, in other servers.
    private static final List<Set<String>> SAME = List.of(
            Set.of("vm", "vms", "qemu", "kvm"),
            Set.of("container", "containers", "ct", "cts", "lxc"),
            Set.of("guest", "guests", "vmid", "vmids", "vm", "vms", "ct", "id", "name"),
            Set.of("vmid", "newid"),
            Set.of("node", "host", "hostname", "target"),
            Set.of("storage", "datastore", "store"),
            Set.of("archive", "volid", "backup", "file"),
            Set.of("task", "upid"),
            Set.of("start", "started", "on", "power_on"),
            Set.of("reboot", "restart"),
            Set.of("shutdown", "off", "power_off", "poweroff", "halt"),
            Set.of("stop", "kill"),
            Set.of("delete", "remove", "destroy", "rm"),
            Set.of("add", "create", "new"),
            Set.of("set", "change", "update", "edit", "modify"),
            Set.of("enlarge", "resize", "grow", "extend"),
            Set.of("memory", "mem", "ram"),
            Set.of("disk", "size", "disk_size"),
            Set.of("cores", "cpus", "vcpus", "cpu"),
            Set.of("options", "config", "params", "values"),
            Set.of("action", "operation", "what"),
            Set.of("notes", "comment", "description", "text"),
            Set.of("timeout", "wait"),
            Set.of("query", "search", "text"));

    private Nearest() {}

    /// The candidate that is another word for `typed`, or else the one with the fewest typing errors between them, if
    /// they are few enough to be typing errors.
    public static Optional<String> to(String typed, Iterable<String> candidates) {
        var wanted = plain(typed);
        var same = alike(wanted, candidates);
        return same.isPresent() ? same : misspelt(wanted, candidates);
    }

    private static Optional<String> alike(String wanted, Iterable<String> candidates) {
        for (var words : SAME) {
            for (var candidate : candidates) {
                if (words.contains(wanted) && words.contains(plain(candidate))) {
                    return Optional.of(candidate);
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<String> misspelt(String wanted, Iterable<String> candidates) {
        String best = "";
        int fewest = most(wanted) + 1;
        int nearest = 0;
        for (var candidate : candidates) {
            var name = plain(candidate);
            int distance = distance(wanted, name);
            int errors = begins(wanted, name) ? 1 : distance;
            // Of two that begin so, such as 'local' and 'local-lvm' for 'local-lv', the one that is nearer.
            if (errors < fewest || (errors == fewest && distance < nearest)) {
                fewest = errors;
                nearest = distance;
                best = candidate;
            }
        }
        return best.isEmpty() ? Optional.empty() : Optional.of(best);
    }

    /// How many typing errors there are between two names; 1 where one of three letters or more begins the other.
    public static int errors(String typed, String candidate) {
        var wanted = plain(typed);
        var name = plain(candidate);
        boolean begun = name.length() >= 3 && begins(wanted, name);
        return begun && !wanted.equals(name) ? 1 : distance(wanted, name);
    }

    /// How many errors in a typed word still are typing errors.
    public static int most(String typed) {
        return Math.max(1, typed.length() / 3);
    }

    private static boolean begins(String wanted, String name) {
        return wanted.length() >= 3 && (name.startsWith(wanted) || wanted.startsWith(name));
    }

    /// ` (did you mean 'guest'?)`, or nothing.
    public static String hint(String typed, Iterable<String> candidates) {
        return to(typed, candidates).map(" (did you mean '%s'?)"::formatted).orElse("");
    }

    private static String plain(String text) {
        return text.toLowerCase(Locale.ROOT).replace('-', '_');
    }

    /// Insertions, deletions, replacements and swaps of neighbours (optimal string alignment).
    private static int distance(String a, String b) {
        var before = new int[b.length() + 1];
        var above = new int[b.length() + 1];
        var row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            above[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, Math.min(above[j], row[j - 1]) + 1);
                boolean swapped =
                        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
                if (swapped) {
                    row[j] = Math.min(row[j], before[j - 2] + 1);
                }
            }
            var spare = before;
            before = above;
            above = row;
            row = spare;
        }
        return above[b.length()];
    }
}
