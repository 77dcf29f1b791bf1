package pvemcp.pve;

import pvemcp.text.Word;

/// What can be done to a guest's power. `SHUTDOWN` and `REBOOT` ask the guest's system, `STOP` and `RESET` do
/// not; `SUSPEND` pauses (a VM) or freezes (a container); `HIBERNATE` saves a VM's RAM to disk and turns it off.
public enum PowerAction {
    START,
    SHUTDOWN,
    REBOOT,
    STOP,
    RESET,
    SUSPEND,
    RESUME,
    HIBERNATE;

    /// The last part of its path, such as `start`.
    public String segment() {
        return this == HIBERNATE ? "suspend" : Word.of(this);
    }

    /// Containers have no reset, and their RAM cannot be saved (PVE::API2::LXC::Status).
    boolean isFor(GuestKind kind) {
        return (this != RESET && this != HIBERNATE) || kind == GuestKind.VM;
    }
}
