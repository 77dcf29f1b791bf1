package pvemcp.dispatch;

import java.util.List;
import pvemcp.gate.Verdict;
import pvemcp.tool.Tier;

/// What policy says of a call that is not made.
///
/// @param targets what it would touch, in words
/// @param verdict with the key or rule that decides
/// @param requests the first it would make, without what is secret; empty for a read and for what is refused before
public record Judgement(String tool, Tier tier, List<String> targets, Verdict verdict, List<String> requests) {
    public Judgement {
        targets = List.copyOf(targets);
        requests = List.copyOf(requests);
    }
}
