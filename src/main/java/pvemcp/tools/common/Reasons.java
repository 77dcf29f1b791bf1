package pvemcp.tools.common;

import pvemcp.pve.PveFault;
import pvemcp.view.Clean;

/// Why something did not work, in PVE's own words, on a line of a table.
public final class Reasons {
    private Reasons() {}

    public static String of(PveFault fault) {
        return switch (fault) {
            case PveFault.TaskFailed failed -> Clean.line(failed.exit());
            case PveFault.Locked locked -> Clean.line(locked.message());
            case PveFault.Invalid invalid ->
                Clean.line(
                        invalid.problems().isEmpty()
                                ? invalid.message()
                                : invalid.message() + " " + invalid.problems());
            case PveFault.Forbidden forbidden -> Clean.line(forbidden.message());
            case PveFault.Unexpected other -> Clean.line(other.message());
            case PveFault.Missing missing -> Clean.line(missing.message());
            case PveFault.NoWayIn closed -> Clean.line(closed.why());
            case PveFault.Unreachable gone -> Clean.line("cannot be reached: " + gone.why());
            default -> Clean.line(fault.toString());
        };
    }
}
