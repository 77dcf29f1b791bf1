package pvemcp.gate;

import java.util.List;

/// What became of a ticket that was handed back.
public sealed interface Redeemed {
    record Good() implements Redeemed {}

    record Expired() implements Redeemed {}

    record Used() implements Redeemed {}

    /// The person it was shown to said no, or closed the question.
    record Declined() implements Redeemed {}

    /// Nobody has answered yet.
    record Open() implements Redeemed {}

    /// Not for this call, or not from us.
    record Other() implements Redeemed {}

    /// What it was agreed on is no longer so.
    ///
    /// @param differences in words
    record Changed(List<String> differences) implements Redeemed {}
}
