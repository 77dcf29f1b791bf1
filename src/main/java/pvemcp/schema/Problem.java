package pvemcp.schema;

import java.util.Optional;

/// One thing wrong with a call's arguments.
///
/// @param parameter the parameter's name, or a path into it such as `vms[0]` or `oneOf[node-affinity].nodes`
/// @param wire what is wrong in the words PVE sends as `errors.<parameter>`, to the last line feed
/// @param nearest the existing name or value that was probably meant
public record Problem(String parameter, String wire, Optional<String> nearest) {
    public Problem(String parameter, String wire) {
        this(parameter, wire, Optional.empty());
    }

    /// PVE's words without the line feeds at their end.
    public String message() {
        return wire.stripTrailing();
    }
}
