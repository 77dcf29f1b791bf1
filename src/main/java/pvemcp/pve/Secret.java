package pvemcp.pve;

/// A secret value. It prints as [#MASK]; only the code that sends it calls [#reveal()].
public record Secret(String reveal) {
    /// What stands where a secret would.
    public static final String MASK = "•••";

    @Override
    public String toString() {
        return MASK;
    }
}
