package pvemcp.mcp;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

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

    // A lock and not a monitor: virtual threads that wait for a monitor are woken by way of a thread of the JVM.
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // Guarded by the lock.
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
    public void send(Message message) {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            var letter = new Letter(++last, message);
            letters.add(letter);
            if (letters.size() > MOST) {
                letters.removeFirst();
            }
            closed = endsWithAnswer && letter.answers();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Nothing more will be put in.
    @Override
    public void over() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// What has come after that number, once something has or the box is closed; empty where nothing came in time.
    List<Letter> after(long number, Duration patience) throws InterruptedException {
        lock.lock();
        try {
            for (long left = patience.toNanos(); last <= number && !closed && left > 0; ) {
                left = changed.awaitNanos(left);
            }
            var found = new ArrayList<Letter>();
            for (var letter : letters) {
                if (letter.number() > number) {
                    found.add(letter);
                }
            }
            return found;
        } finally {
            lock.unlock();
        }
    }

    /// The client has what is in here up to that number, as far as can be told.
    ///
    /// @param keep whether it may yet ask for it again
    void delivered(long number, boolean keep) {
        lock.lock();
        try {
            delivered = Math.max(delivered, number);
            while (!keep && !letters.isEmpty() && letters.getFirst().number() <= number) {
                letters.removeFirst();
            }
        } finally {
            lock.unlock();
        }
    }

    /// The number of the last message that the client has.
    long delivered() {
        lock.lock();
        try {
            return delivered;
        } finally {
            lock.unlock();
        }
    }

    /// Whether there is nothing after that number, and never will be.
    boolean endsAfter(long number) {
        lock.lock();
        try {
            return closed && last <= number;
        } finally {
            lock.unlock();
        }
    }

    /// Takes the place of whoever reads at the moment.
    ///
    /// @return what [#reading] takes
    int startReading() {
        lock.lock();
        try {
            readers++;
            changed.signalAll();
            return readers;
        } finally {
            lock.unlock();
        }
    }

    /// Whether nobody has come later: each message goes to one connection only.
    boolean reading(int reader) {
        lock.lock();
        try {
            return reader == readers;
        } finally {
            lock.unlock();
        }
    }
}
