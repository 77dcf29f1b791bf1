package pvemcp.soak;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/// Clients that do one [Deed] after the other, drawn by lot, at a steady rate: who falls behind leaves out what they
/// have missed, so a machine that is busy otherwise lowers the rate and brings no flood.
final class Load implements AutoCloseable {
    private static final int CLIENTS = 16;
    private static final int MOST_COMPLAINTS = 20;

    private final ExecutorService work = Executors.newVirtualThreadPerTaskExecutor();
    private final ExecutorService asides = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Client> clients = new ArrayList<>();
    private final List<Deed> lots = new ArrayList<>();
    private final Map<Deed, LongAdder> done = new EnumMap<>(Deed.class);
    private final Queue<String> complaints = new ConcurrentLinkedQueue<>();
    private final long gap;
    private volatile boolean over;

    /// Held by all who are at something, and by who wants nobody to be.
    private final ReadWriteLock doing = new ReentrantReadWriteLock(true);

    /// @param tokens of those who call
    /// @param rate deeds a second, of all together
    /// @param longest a client stays at a stream
    Load(int port, List<String> tokens, Client.Fleet fleet, int rate, Duration longest) {
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(new Client(port, tokens.get(i % tokens.size()), fleet, this::aside, longest, i));
        }
        for (var deed : Deed.values()) {
            done.put(deed, new LongAdder());
            for (int i = 0; i < deed.share(); i++) {
                lots.add(deed);
            }
        }
        gap = 1_000_000_000L * CLIENTS / rate;
    }

    /// Each deed once, and then as they come.
    void start() {
        int next = 0;
        for (var deed : Deed.values()) {
            var client = clients.get(next++ % CLIENTS);
            work.execute(() -> perform(client, deed));
        }
        for (var client : clients) {
            work.execute(() -> goOn(client));
        }
    }

    private void goOn(Client client) {
        // Seeded as the client's own is, and another one: its deeds draw from that as well.
        var random = new Random(client.random().nextLong());
        var due = System.nanoTime() + random.nextLong(gap);
        while (!over) {
            perform(client, lots.get(random.nextInt(lots.size())));
            due = Math.max(due + gap, System.nanoTime() - gap);
            pause(due - System.nanoTime());
        }
    }

    private static void pause(long nanos) {
        try {
            Thread.sleep(Duration.ofNanos(nanos));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void perform(Client client, Deed deed) {
        doing.readLock().lock();
        try {
            complaining(deed.name(), () -> deed.act().by(client));
            done.get(deed).increment();
        } finally {
            doing.readLock().unlock();
        }
    }

    /// Does it while all clients hold still; those who listen go on listening.
    void still(Aside.Act act) throws Exception {
        doing.writeLock().lock();
        try {
            act.go();
        } finally {
            doing.writeLock().unlock();
        }
    }

    private void aside(Aside.Act act) {
        asides.execute(() -> complaining("aside", act));
    }

    private void complaining(String what, Aside.Act act) {
        try {
            act.go();
        } catch (Exception | AssertionError e) {
            if (complaints.size() < MOST_COMPLAINTS) {
                complaints.add(what + ": " + e);
            }
        }
    }

    /// How often each was done.
    Map<Deed, Long> done() {
        var counts = new EnumMap<Deed, Long>(Deed.class);
        done.forEach((deed, count) -> counts.put(deed, count.sum()));
        return counts;
    }

    /// How many there were by now.
    long total() {
        return done.values().stream().mapToLong(LongAdder::sum).sum();
    }

    /// What was answered otherwise than it should.
    List<String> complaints() {
        return List.copyOf(complaints);
    }

    /// Waits for what is under way.
    void end() {
        over = true;
        work.close();
        asides.close();
    }

    @Override
    public void close() {
        over = true;
        work.shutdownNow();
        asides.shutdownNow();
        clients.forEach(Client::close);
    }
}
