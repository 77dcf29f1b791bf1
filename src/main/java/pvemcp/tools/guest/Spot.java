package pvemcp.tools.guest;

import java.util.Optional;
import pvemcp.pve.Pve;
import pvemcp.tools.common.Places;

/// Where a new guest is put.
record Spot(String node, int vmid, String storage) {
    /// What the caller names, and for the rest what suits ([Places]).
    ///
    /// @param content `images` for VMs, `rootdir` for containers
    static Spot of(Pve pve, String content, Optional<String> node, Optional<Integer> vmid, Optional<String> storage) {
        var at = Places.node(pve, node);
        return new Spot(at, Places.id(pve, vmid), Places.storage(pve, at, content, storage));
    }

    /// For the constructors of calls.
    ///
    /// @throws IllegalArgumentException for what PVE takes for no guest's id
    static void requireId(Optional<Integer> vmid) {
        if (vmid.filter(number -> number < 100 || number > 999_999_999).isPresent()) {
            throw new IllegalArgumentException(
                    "argument 'vmid': %d is not within 100 to 999999999".formatted(vmid.get()));
        }
    }

    /// As an answer names the guest.
    String guest(String name) {
        return "%s (%d) on %s".formatted(name, vmid, node);
    }
}
