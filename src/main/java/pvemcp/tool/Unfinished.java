package pvemcp.tool;

/// An answer whose work may go on after the call: it names the task that does it.
public interface Unfinished {
    /// The task's id; empty where there is none.
    String task();

    /// Whether the task went on when the call ended.
    boolean isGoing();

    /// A call with an input `task` that answers how the task ended.
    interface Follows {}

    /// A call with an input `task` that stops it.
    interface Stops {}
}
