package pvemcp.tool;

import java.util.Optional;

/// A call that stands for another one, which only the audit log can tell: the inverse of something done before. The
/// road finds that call and takes it on like any other; this one is never run itself.
public interface Undoes {
    /// The line of the audit log that tells of the call to take back; empty: the caller's last one that changed
    /// something.
    Optional<Integer> line();

    /// Makes the request that takes it back. Its inputs are `method` (`post`, `put` or `delete`), `path`, `params`
    /// and `summary`.
    Tool<?> inverse();
}
