package pvemcp.tools;

import java.util.List;
import pvemcp.json.Json;
import pvemcp.pve.Fields;
import pvemcp.pve.GuestRef;
import pvemcp.pve.Pve;
import pvemcp.pve.PveException;
import pvemcp.pve.PveFault;
import pvemcp.pve.Verb;

/// What the cluster says it has, asked anew each time: guests move, and names are reused.
final class Inventory {
    private Inventory() {}

    static List<GuestRow> guests(Pve pve) {
        return resources(pve, "vm").stream().map(GuestRow::from).toList();
    }

    static List<Fields> resources(Pve pve, String type) {
        return Fields.list(pve.send(Verb.GET, "/cluster/resources", Json.obj("type", type))
                .get("data")
                .orElse(Json.Null.NULL));
    }

    static GuestRow guest(Pve pve, GuestRef ref) {
        int slash = ref.text().indexOf('/');
        var node = slash < 0 ? "" : ref.text().substring(0, slash);
        var id = ref.text().substring(slash + 1);
        var all = guests(pve);
        var fitting = all.stream()
                .filter(row -> node.isEmpty() || node.equals(row.node()))
                .filter(row -> id.equals(Long.toString(row.id())) || id.equals(row.name()))
                .toList();
        for (var row : fitting) {
            if (id.equals(Long.toString(row.id()))) {
                return row;
            }
        }
        if (fitting.isEmpty()) {
            throw new PveException(new PveFault.Missing(ref.text(), "there is no guest '%s'".formatted(ref)));
        }
        if (fitting.size() > 1) {
            throw new PveException(new PveFault.Ambiguity(
                    ref.text(), fitting.stream().map(GuestRow::toString).toList()));
        }
        return fitting.getFirst();
    }
}
