package pvemcp.audit;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Consumer;

/// A call that the ledger has the beginning of, and no end: its process died, or is still at it.
///
/// @param begin the line that announces it
/// @param traces what was written down of it since: `prior` and `task` lines
public record Unended(Entry begin, List<Entry> traces) {
    public Unended {
        traces = List.copyOf(traces);
    }

    /// What the server calls itself that began it; empty where it did not say.
    String writer() {
        return begin.fields().text("process").orElse("");
    }

    /// When it began.
    public Instant since() {
        try {
            return Instant.parse(begin.fields().text("time").orElse(""));
        } catch (DateTimeParseException _) {
            return Instant.EPOCH;
        }
    }

    /// The UPIDs of the tasks it is known to have started.
    public List<String> tasks() {
        return traces.stream()
                .filter(line -> line.event().equals("task"))
                .flatMap(line -> line.fields().text("task").stream())
                .toList();
    }

    /// Finds them in lines that are read in order. For one reading by one thread.
    public static final class Search implements Consumer<Entry> {
        private final SequencedMap<Long, List<Entry>> open = new LinkedHashMap<>();

        @Override
        public void accept(Entry entry) {
            long begin = entry.fields().whole("begin").orElse(0L);
            switch (entry.event()) {
                case "begin" -> open.put(entry.seq(), new ArrayList<>(List.of(entry)));
                case "end" -> open.remove(begin);
                case "prior", "task" ->
                    open.computeIfPresent(begin, (_, lines) -> {
                        lines.add(entry);
                        return lines;
                    });
                default -> {} // Other lines are about no call's beginning or end.
            }
        }

        /// Oldest first.
        public List<Unended> found() {
            return open.values().stream()
                    .map(lines -> new Unended(lines.getFirst(), lines.subList(1, lines.size())))
                    .toList();
        }
    }
}
