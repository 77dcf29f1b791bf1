package pvemcp.tool;

/// Something the owner has not opened. The road makes a [ToolResult.Refused] of it.
public final class NotAllowed extends RuntimeException {
    private final transient ToolResult.Refused refusal;

    /// @param rule the key of the configuration that would allow it
    /// @param remedy what the owner would set
    public NotAllowed(String rule, String why, String remedy) {
        super(why);
        this.refusal = new ToolResult.Refused(rule, why, remedy);
    }

    public ToolResult.Refused refusal() {
        return refusal;
    }
}
