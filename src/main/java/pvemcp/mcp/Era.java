package pvemcp.mcp;

/// One way of speaking the protocol.
interface Era {
    /// Whether answering needs nothing but memory. Such requests are answered at once and in the order they came, and
    /// spare a thread.
    boolean answersAtOnce(String method);

    /// Answers a request, now or (for one that stays open) later; an [RpcException] where it cannot be answered.
    void handle(Exchange exchange);
}
