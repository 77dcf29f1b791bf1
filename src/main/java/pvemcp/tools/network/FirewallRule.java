package pvemcp.tools.network;

import java.util.ArrayList;
import java.util.List;
import pvemcp.json.Json;
import pvemcp.pve.Fields;
import pvemcp.view.Clean;

/// A rule as it is shown.
///
/// @param match what it is about: protocol, ports, addresses, interface
record FirewallRule(int pos, boolean on, String direction, String action, String match, String comment) {
    static FirewallRule of(Fields row) {
        var match = new ArrayList<String>();
        for (var name : List.of("macro", "iface", "proto", "icmp-type", "source", "sport", "dest", "dport", "log")) {
            row.maybe(name).ifPresent(value -> match.add(name + " " + value));
        }
        if (!(row.raw("errors") instanceof Json.Null)) {
            Fields.of(row.raw("errors"))
                    .all()
                    .members()
                    .forEach((name, why) -> why.scalarText().ifPresent(text -> match.add("broken: " + text.strip())));
        }
        return new FirewallRule(
                row.whole("pos").orElse(0L).intValue(),
                row.flag("enable"),
                Clean.name(row.text("type")),
                Clean.name(row.text("action")),
                Clean.name(String.join(", ", match)),
                Clean.name(row.text("comment")));
    }
}
