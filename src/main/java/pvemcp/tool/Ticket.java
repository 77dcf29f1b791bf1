package pvemcp.tool;

import java.time.Instant;

/// The right to make one held call: sealed, bound to caller, tool, arguments and the state of the targets, good once
/// and for a while.
///
/// @param text what the caller hands back: `confirm=` of the tool, or `requestState` of the protocol
public record Ticket(String text, Instant expires) {}
