package pvemcp.audit;

import java.util.List;

/// What a look at a whole ledger found.
///
/// @param first the number of the first line that is there; later than 1 where older files were put elsewhere
/// @param last the number of the last line
/// @param checkpoints how many signed ones there are
/// @param signed the number of the last line that a good signature covers; 0 where there is none
/// @param open the numbers of intents without an outcome: calls under way, or of a process that died
/// @param findings what is wrong: with any of these the ledger is not what was written
/// @param notes what is worth knowing and no sign of tampering
public record Verification(
        long first,
        long last,
        long lines,
        long checkpoints,
        long signed,
        List<Long> open,
        List<String> findings,
        List<String> notes) {
    public Verification {
        open = List.copyOf(open);
        findings = List.copyOf(findings);
        notes = List.copyOf(notes);
    }

    public boolean good() {
        return findings.isEmpty();
    }
}
