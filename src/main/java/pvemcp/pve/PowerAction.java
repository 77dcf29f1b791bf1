package pvemcp.pve;

import java.util.Locale;

/// What can be done to a guest's power. `SHUTDOWN` and `REBOOT` ask the guest's system, `STOP` and `RESET` do
/// not; `SUSPEND` pauses (a VM) or freezes (a container).
public enum PowerAction {
    START,
    SHUTDOWN,
    REBOOT,
    STOP,
    RESET,
    SUSPEND,
    RESUME;

    /// The last part of its path, such as `start`.
    public String segment() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// Containers have no reset (PVE::API2::LXC::Status).
    public boolean isFor(GuestKind kind) {
        return this != RESET || kind == GuestKind.VM;
    }
}
