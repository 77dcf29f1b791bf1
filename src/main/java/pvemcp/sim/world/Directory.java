package pvemcp.sim.world;

import java.util.List;
import java.util.SequencedMap;
import java.util.TreeMap;

/// What the directory service of a realm would tell: who is there, without the realm, and who is in which group.
public record Directory(List<String> users, SequencedMap<String, List<String>> groups) {
    public Directory {
        users = users.stream().sorted().toList();
        groups = new TreeMap<>(groups);
    }
}
