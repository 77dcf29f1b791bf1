package pvemcp.audit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A place outside this machine where several servers keep one chain of lines: it stores and orders them, and
/// knows nothing of hashes. Safe for use by several threads and servers.
public interface Chain {
    /// A line as it is kept.
    ///
    /// @param event what kind of line it is, for finding it
    /// @param begin the number of the line that began the same call; 0 where there is none
    /// @param text the line itself, whose exact characters count
    record Line(long seq, String event, long begin, String text) {
        Optional<Entry> entry() {
            return Entry.read(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    /// How far the chain has come.
    ///
    /// @param hash of the line with this number
    /// @param seal shows that both were written by somebody with the key; empty before the first line
    /// @param unsigned how many lines stand behind the last checkpoint
    /// @param since when the first of them was written
    record End(long seq, String hash, String seal, int unsigned, Instant since) {}

    /// Lines that follow on the end, and the end after them.
    record Growth(List<Line> lines, End end) {
        public Growth {
            lines = List.copyOf(lines);
        }
    }

    /// Says what follows, knowing that nobody else writes meanwhile.
    interface Extension {
        /// @param last the line with the highest number, which costs a look; empty where there is none
        Growth after(End end, Look<Optional<Line>> last) throws IOException;
    }

    /// Something that has to be asked for.
    interface Look<T> {
        T look() throws IOException;
    }

    /// Adds lines, alone and all or none of them.
    ///
    /// @param durable whether they have to be safe from a failure of the place itself when this comes back
    void extend(boolean durable, Extension extension) throws IOException;

    End end() throws IOException;

    /// At most so many lines with higher numbers than this, in order.
    List<Line> after(long seq, int most) throws IOException;

    /// At most so many lines with lower numbers than this, the last one first.
    List<Line> before(long seq, int most) throws IOException;

    /// The number of the line before the oldest that still matters to whoever looks for calls without an end: at
    /// least `fewest` lines follow it where there are that many, and at most `most`.
    long lately(int fewest, int most) throws IOException;

    /// A name for this server, that lives as long as it does.
    String writer() throws IOException;

    /// Whether the server of this name lives, as far as can be told from elsewhere.
    boolean lives(String writer) throws IOException;

    /// The place, for a sentence.
    String place();
}
