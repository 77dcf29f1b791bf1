package pvemcp.audit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/// The lines of a [Chain].
record ChainLines(Chain chain, SigningKey.Pair key) implements Lines {
    private static final int PAGE = 1_000;

    /// More than a minute of a server that has a lot to do.
    private static final int FEWEST = 2_000;

    /// A call without an end that lies longer back is for `audit reconcile`.
    private static final int MOST = 100_000;

    @Override
    public boolean exist() throws IOException {
        return chain.end().seq() > 0;
    }

    @Override
    public void forEach(Reader reader) throws IOException {
        read(0, reader);
    }

    @Override
    public void forEachLately(Reader reader) throws IOException {
        read(chain.lately(FEWEST, MOST), reader);
    }

    private void read(long after, Reader reader) throws IOException {
        long last = after;
        for (var page = chain.after(last, PAGE); !page.isEmpty(); page = chain.after(last, PAGE)) {
            page.forEach(line -> reader.line(chain.place(), line.entry()));
            last = page.getLast().seq();
        }
    }

    @Override
    public List<Entry> last(int count, Predicate<Entry> fitting) throws IOException {
        var found = new ArrayList<Entry>();
        long before = Long.MAX_VALUE;
        for (var page = chain.before(before, PAGE); !page.isEmpty(); page = chain.before(before, PAGE)) {
            for (var line : page) {
                line.entry().filter(fitting).ifPresent(found::add);
                if (found.size() == count) {
                    return found.reversed();
                }
            }
            before = page.getLast().seq();
        }
        return found.reversed();
    }

    @Override
    public Optional<VerifyingKey> verifying() {
        return Optional.of(key.verifying());
    }

    @Override
    public void vouch(Verifier verifier) throws IOException {
        var end = chain.end();
        if (end.seq() == 0 && end.seal().isEmpty()) {
            return;
        }
        var head = new Head(end.seq(), end.hash());
        if (head.isSealed(end.seal(), key.signing())) {
            verifier.reaches(head);
        } else {
            verifier.finding("its head was not sealed with this key: whether the end was cut off cannot be told");
        }
    }

    @Override
    public boolean lives(String writer) throws IOException {
        return chain.lives(writer);
    }
}
