package pvemcp.pve;

/// A secret value. It prints as `•••`; only the code that sends it calls [#reveal()].
public record Secret(String reveal) {
    @Override
    public String toString() {
        return "•••";
    }
}
