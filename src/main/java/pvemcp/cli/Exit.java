package pvemcp.cli;

/// The exit statuses of all commands. A signal ends the process with 128 and its number: 130 for SIGINT, 143 for
/// SIGTERM.
public final class Exit {
    public static final int OK = 0;
    /// A tool failed, or a check found something wrong.
    public static final int FAILED = 1;
    /// The command line or the configuration cannot be used.
    public static final int USAGE = 2;
    /// Policy refused the call, or it wanted a yes and got none.
    public static final int REFUSED = 3;
    /// The cluster cannot be reached, is not trusted or does not let us in.
    public static final int UNREACHABLE = 4;

    private Exit() {}
}
