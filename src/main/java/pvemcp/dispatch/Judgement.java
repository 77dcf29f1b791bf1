package pvemcp.dispatch;

import java.util.ArrayList;
import java.util.List;
import pvemcp.gate.Verdict;
import pvemcp.tool.Tier;

/// What policy says of a call that is not made.
///
/// @param targets what it would touch, in words
/// @param leaves what it may not look at along its way, each with the reason
/// @param verdict with the key or rule that decides
/// @param requests the first it would make, without what is secret; empty for a read and for what is refused before
public record Judgement(
        String tool, Tier tier, List<String> targets, List<String> leaves, Verdict verdict, List<String> requests) {
    public Judgement {
        targets = List.copyOf(targets);
        leaves = List.copyOf(leaves);
        requests = List.copyOf(requests);
    }

    /// The same of a call that looks at these besides.
    Judgement besides(Beside servers) {
        var touched = new ArrayList<>(targets);
        servers.open().forEach(server -> touched.add("backup server " + server.name()));
        var left = new ArrayList<>(leaves);
        left.addAll(servers.closed());
        return new Judgement(tool, tier, touched, left, verdict, requests);
    }
}
