package pvemcp.pve;

import java.util.Optional;

/// One option of a guest as it is and as it will be (`…/pending`).
///
/// @param value as the guest runs with it
/// @param pending what a restart will make of it
/// @param deleted whether a restart will remove it; a VM's disk may be removed by force, with its data
public record PendingOption(String key, Optional<String> value, Optional<String> pending, boolean deleted) {
    static PendingOption from(Fields f) {
        // PVE::GuestHelpers::config_with_pending_array: delete is 1, or 2 by force.
        return new PendingOption(
                f.text("key"),
                f.maybe("value"),
                f.maybe("pending"),
                f.whole("delete").orElse(0L) > 0);
    }
}
