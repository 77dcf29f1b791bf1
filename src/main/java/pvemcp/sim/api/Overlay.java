package pvemcp.sim.api;

import java.util.Set;
import pvemcp.json.Json;

/// What a section of one of PVE's configuration files is after a call (PVE::SectionConfig::update_config).
final class Overlay {
    private static final Set<String> NOT_KEPT = Set.of("delete", "digest");

    private Overlay() {}

    /// The section with the call's arguments in it, and without those that its `delete` names.
    ///
    /// @param id the argument that names the section
    static Json.Obj over(Request request, Json.Obj before, String id) {
        var after = before;
        for (var argument : request.arguments().members().entrySet()) {
            if (!argument.getKey().equals(id) && !NOT_KEPT.contains(argument.getKey())) {
                after = after.with(argument.getKey(), typed(request, argument.getKey(), argument.getValue()));
            }
        }
        for (var gone : request.list("delete")) {
            after = after.without(gone);
        }
        return after;
    }

    /// A form has only texts; what PVE keeps is what the schema calls it.
    private static Json typed(Request request, String name, Json value) {
        var type = request.operation()
                .facts()
                .object("params")
                .flatMap(params -> params.object(name))
                .flatMap(declared -> declared.text("type"))
                .orElse("");
        return switch (type) {
            case "integer" -> Json.num(request.whole(name, 0));
            case "boolean" -> Json.num(request.flag(name) ? 1 : 0);
            default -> value;
        };
    }
}
