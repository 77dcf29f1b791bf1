package pvemcp.tool;

/// An answer that may say that all was so already. What is held is then not asked about: nobody has to agree to
/// nothing.
public interface SoAlready {
    /// Whether there was nothing to do.
    boolean isSoAlready();
}
