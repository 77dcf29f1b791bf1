package pvemcp.audit;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/// Follows a chain from its first line to its last. Takes the lines in order, for one thread.
final class Verifier {
    private static final int MOST_FINDINGS = 20;

    private final Optional<VerifyingKey> key;
    private final List<String> findings = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private final TreeSet<Long> open = new TreeSet<>();

    private long first;
    private long last;
    private long lines;
    private long checkpoints;
    private long signed;
    private boolean endsSigned;
    private int further;
    private String previous = Hash.START;
    private Optional<Head> head = Optional.empty();

    Verifier(Optional<VerifyingKey> key) {
        this.key = key;
    }

    /// How far the ledger's head says that it reaches.
    void reaches(Head head) {
        this.head = Optional.of(head);
    }

    void entry(Entry entry, String where) {
        if (lines++ == 0) {
            begin(entry);
        } else if (entry.seq() != last + 1) {
            finding("%s: line %d follows on line %d".formatted(where, entry.seq(), last));
        }
        if (!entry.prev().equals(previous)) {
            finding(
                    "%s: line %d does not follow on what stands before it: one of the two was changed, or lines between them are gone"
                            .formatted(where, entry.seq()));
        }
        switch (entry.event()) {
            case "begin" -> open.add(entry.seq());
            case "end" -> entry.fields().whole("begin").ifPresent(open::remove);
            case "checkpoint" -> checkpoint(entry, where);
            case "recovered" ->
                notes.add("%s: line %d: half a line of a crash was taken out here".formatted(where, entry.seq()));
            case "cut" ->
                finding(
                        "%s: line %d: the ledger had reached line %s (by its head), and ended with line %s when it was opened again"
                                .formatted(
                                        where,
                                        entry.seq(),
                                        entry.fields().text("reached").orElse("?"),
                                        entry.fields().text("found").orElse("?")));
            default -> {} // Of other lines only their place in the chain counts.
        }
        if (head.isPresent()
                && head.get().seq() == entry.seq()
                && !head.get().hash().equals(entry.hash())) {
            finding("%s: line %d is not the one that its head knows".formatted(where, entry.seq()));
        }
        endsSigned = signed > 0 && signed == entry.seq() - 1 && entry.event().equals("checkpoint");
        last = entry.seq();
        previous = entry.hash();
    }

    /// Oldest files may have been put elsewhere whole; single lines may not.
    private void begin(Entry entry) {
        first = entry.seq();
        if (entry.event().equals("continued")) {
            // Where it hangs on cannot be told; all that follows can.
            previous = entry.prev();
            notes.add("begins with line %d: the files before it are not here".formatted(first));
        }
    }

    private void checkpoint(Entry entry, String where) {
        checkpoints++;
        var signature = entry.fields().text("signature").orElse("");
        var statement = Checkpoint.statement(entry.seq() - 1, entry.prev());
        if (key.isEmpty()) {
            return;
        }
        if (key.get().hasSigned(statement, signature)) {
            signed = entry.seq() - 1;
        } else {
            finding("%s: the checkpoint in line %d is not signed with this key".formatted(where, entry.seq()));
        }
    }

    void damaged(String where, long after) {
        finding("%s: what stands behind line %d is no entry".formatted(where, after));
    }

    long last() {
        return last;
    }

    void finding(String words) {
        if (findings.size() < MOST_FINDINGS) {
            findings.add(words);
        } else {
            further++;
        }
    }

    void note(String words) {
        notes.add(words);
    }

    Verification done() {
        if (head.isPresent() && head.get().seq() > last) {
            finding("the end was cut off: it had reached line %d, and ends with line %d"
                    .formatted(head.get().seq(), last));
        }
        if (key.isEmpty()) {
            notes.add("no public key here: signatures were not looked at");
        } else if (signed + 1 < last || !endsSigned) {
            notes.add("lines %d to %d are not signed yet".formatted(signed + 1, last));
        }
        if (further > 0) {
            findings.add("and %d more".formatted(further));
        }
        return new Verification(first, last, lines, checkpoints, signed, List.copyOf(open), findings, notes);
    }
}
