package pvemcp.mcp;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// Messages on their way to one client over HTTP: put in by whoever has something to say, taken out by the connection
/// that is there at the moment, or by the next one after that has broken. Safe for several threads.
final class Mailbox implements Outbox {
    /// A message and its place in this box, from 1 on.
    record Letter(long number, Message message) {
        /// Whether it ends the request it belongs to.
        boolean answers() {
            return message instanceof Message.Result
                    || message instanceof Message.Prepared
                    || message instanceof Message.Failure;
        }
    }

    /// So many are kept for a client that reads slowly or comes back. The oldest goes first: of progress, the newest
    /// counts, and the answer is the last of all.
    private static final int MOST = 1_000;

    private final boolean endsWithAnswer;

    // Guarded by this, which also tells of each change.
    private final Deque<Letter> letters = new ArrayDeque<>();
    private long last;
    private long delivered;
    private boolean closed;
    private int readers;

    /// @param endsWithAnswer whether it closes with the answer to a request
    Mailbox(boolean endsWithAnswer) {
        this.endsWithAnswer = endsWithAnswer;
    }

    @Override
    public synchronized void send(Message message) {
        if (closed) {
            return;
        }
        var letter = new Letter(++last, message);
        letters.add(letter);
        if (letters.size() > MOST) {
            letters.removeFirst();
        }
        closed = endsWithAnswer && letter.answers();
        notifyAll();
    }

    /// Nothing more will be put in.
    @Override
    public synchronized void over() {
        closed = true;
        notifyAll();
    }

    /// What has come after that number, once something has or the box is closed; empty where nothing came in time.
    synchronized List<Letter> after(long number, Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        for (long left = patience.toNanos(); last <= number && !closed && left > 0; left = end - System.nanoTime()) {
            wait(left / 1_000_000, (int) (left % 1_000_000));
        }
        var found = new ArrayList<Letter>();
        for (var letter : letters) {
            if (letter.number() > number) {
                found.add(letter);
            }
        }
        return found;
    }

    /// The client has what is in here up to that number, as far as can be told.
    ///
    /// @param keep whether it may yet ask for it again
    synchronized void delivered(long number, boolean keep) {
        delivered = Math.max(delivered, number);
        while (!keep && !letters.isEmpty() && letters.getFirst().number() <= number) {
            letters.removeFirst();
        }
    }

    /// The number of the last message that the client has.
    synchronized long delivered() {
        return delivered;
    }

    /// Whether there is nothing after that number, and never will be.
    synchronized boolean endsAfter(long number) {
        return closed && last <= number;
    }

    /// Takes the place of whoever reads at the moment.
    ///
    /// @return what [#reading] takes
    synchronized int startReading() {
        readers++;
        notifyAll();
        return readers;
    }

    /// Whether nobody has come later: each message goes to one connection only.
    synchronized boolean reading(int reader) {
        return reader == readers;
    }
}
