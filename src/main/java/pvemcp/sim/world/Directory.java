package pvemcp.sim.world;

import java.util.List;
import java.util.SequencedMap;
import java.util.TreeMap;
import pvemcp.sim.state.Form;

/// What the directory service of a realm would tell: who is there, without the realm, and who is in which group.
public record Directory(List<String> users, SequencedMap<String, List<String>> groups) {
    static final Form<Directory> FORM = Form.value(
            new Directory(List.of(), new TreeMap<>()),
            (fields, directory) -> new Directory(
                    fields.value("users", directory.users, Form.TEXT.list()),
                    fields.value("groups", directory.groups, Form.TEXT.list().map())));

    public Directory {
        users = users.stream().sorted().toList();
        groups = new TreeMap<>(groups);
    }
}
