package pvemcp.tool;

/// A read that may look at the owner's backup servers, as far as policy lets it. No other call is shown any.
public interface LooksBeside {
    /// Whether this very call does.
    default boolean looksBeside() {
        return true;
    }
}
