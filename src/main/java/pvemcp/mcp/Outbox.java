package pvemcp.mcp;

/// The way to a client. Messages arrive whole and in the order in which they were sent; safe for several threads.
///
/// Sending never fails: a client that has gone is noticed where its input ends.
@FunctionalInterface
interface Outbox {
    void send(Message message);

    /// The request this was for has ended without an answer: it was cancelled, or the server closes.
    default void over() {}
}
