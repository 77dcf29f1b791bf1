package pvemcp.tools.common;

import pvemcp.pve.Guest;
import pvemcp.pve.GuestConfig;
import pvemcp.pve.GuestKind;
import pvemcp.pve.PveException;
import pvemcp.pve.PveFault;
import pvemcp.view.Clean;

/// Whether a guest is the one that was meant. The list of the cluster's resources may be 10 s old, and an id can be
/// given to another guest in that time; what cannot be undone is not done on its word alone.
public final class Identity {
    private Identity() {}

    /// @param config as its node has it now
    /// @throws PveException with [PveFault.Conflict] where the guest of this id has another name by now
    public static void require(Guest found, GuestConfig config) {
        var name =
                config.get(found.kind() == GuestKind.VM ? "name" : "hostname").orElse("");
        // A guest without a name is shown as 'VM 101' or 'CT 101' (PVE::API2Tools::extract_vm_stats).
        if (!name.isEmpty() && !found.name().isEmpty() && !name.equals(found.name())) {
            throw new PveException(
                    new PveFault.Conflict("%d is '%s' by now, no longer '%s': another guest has taken its id"
                            .formatted(found.vmid(), Clean.name(name), Clean.name(found.name()))));
        }
    }
}
