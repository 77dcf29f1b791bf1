package pvemcp.dispatch;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import pvemcp.gate.Target;
import pvemcp.pve.PveException;
import pvemcp.pve.PveFault;
import pvemcp.pve.Verb;

/// The last look at a guest that somebody agreed to destroy, with nothing between it and the request that does: what
/// PVE destroys by is the id, and an id may have been given to another guest meanwhile. PVE takes no word along with
/// such a request on which guest it is for, so what happens in the one way to it remains. For one thread.
final class LastLook {
    private static final Pattern OF_GUEST = Pattern.compile("/nodes/[^/]+/(?:qemu|lxc)/([0-9]+)(?:/.*)?");

    /// What of a guest's state does not tell it from another.
    private static final Set<String> PASSING = Set.of("status", "lock", "config");

    private final List<Target> agreed;
    private final Sight sight;
    private final Set<String> looked = new HashSet<>();

    /// @param agreed what would be lost, as it was when somebody agreed; empty where nobody was asked
    LastLook(List<Target> agreed, Sight sight) {
        this.agreed = agreed;
        this.sight = sight;
    }

    /// @throws PveException with [PveFault.Conflict] where another guest is there now
    void before(Wires.Sent request) {
        if (agreed.isEmpty() || request.verb() == Verb.GET) {
            return;
        }
        var guest = OF_GUEST.matcher(request.path());
        if (guest.matches() && looked.add(guest.group(1))) {
            agreed.stream()
                    .filter(target -> target.isGuest() && target.id().equals(guest.group(1)))
                    .forEach(this::look);
        }
    }

    private void look(Target target) {
        var row = sight.row(Integer.parseInt(target.id()));
        if (row.isEmpty()) {
            return; // PVE will say that it is gone.
        }
        var now = Targets.identity(sight.ctx().pve().guest(row.get()).config());
        var other = new ArrayList<String>();
        target.state().forEach((mark, was) -> {
            if (!PASSING.contains(mark) && !was.equals(now.get(mark))) {
                other.add(mark);
            }
        });
        if (!other.isEmpty()) {
            throw new PveException(
                    new PveFault.Conflict("%s is another guest by now, not the one that was agreed on (%s)"
                            .formatted(target.id(), String.join(", ", other))));
        }
    }
}
