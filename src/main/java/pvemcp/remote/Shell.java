package pvemcp.remote;

/// A way to run commands inside one guest. Safe for use by several threads; every command is on its own.
public interface Shell {
    /// Runs a command to its end, or until its time is up.
    ///
    /// @throws pvemcp.pve.PveException with [pvemcp.pve.PveFault.NoWayIn] where the guest cannot be entered. A
    ///     command that fails is an [Output] like any other.
    /// @throws java.util.concurrent.CancellationException once nobody waits for the command any more; it says what
    ///     goes on in the guest
    Output run(Command command, RunLimits limits);

    /// How this shell gets in, in a few words, such as `guest agent` or `ssh root@pve1, pct exec 105`.
    String way();
}
