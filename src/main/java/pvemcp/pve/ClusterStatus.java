package pvemcp.pve;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import pvemcp.json.Json;

/// Who is in the cluster and whether it can be written (`/cluster/status`).
///
/// @param name empty for a node that is in no cluster
/// @param quorate a node that is in no cluster always is
public record ClusterStatus(String name, boolean quorate, List<Member> members) {
    public ClusterStatus {
        members = List.copyOf(members);
    }

    /// @param local whether it is the node that answered
    public record Member(String name, boolean online, boolean local, String ip, Optional<Long> nodeId, Json.Obj rest) {
        static Member from(Fields f) {
            return new Member(
                    f.text("name"), f.flag("online"), f.flag("local"), f.text("ip"), f.whole("nodeid"), f.rest());
        }
    }

    static ClusterStatus from(List<Fields> rows) {
        var name = "";
        boolean quorate = true;
        var members = new ArrayList<Member>();
        for (var row : rows) {
            if (row.text("type").equals("cluster")) {
                name = row.text("name");
                quorate = row.flag("quorate");
            } else if (row.text("type").equals("node")) {
                members.add(Member.from(row));
            }
        }
        return new ClusterStatus(name, quorate, members);
    }
}
