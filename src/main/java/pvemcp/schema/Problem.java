package pvemcp.schema;

import java.util.Optional;

/// One thing wrong with a call's arguments.
///
/// @param parameter the parameter's name, or a path into it such as `memory.current` or `vms[0]`
/// @param message what is wrong, in the words PVE would use
/// @param nearest the existing name or value that was probably meant
public record Problem(String parameter, String message, Optional<String> nearest) {
    public Problem(String parameter, String message) {
        this(parameter, message, Optional.empty());
    }
}
