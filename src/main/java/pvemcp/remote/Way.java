package pvemcp.remote;

/// Which way into a guest is wanted.
public enum Way {
    /// A VM by its agent where it has one, else over SSH; a container over SSH to its node.
    AUTO,
    /// The QEMU guest agent, or nothing.
    AGENT,
    /// SSH, or nothing.
    SSH
}
