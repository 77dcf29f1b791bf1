package pvemcp.sim.time;

import java.time.Duration;
import java.time.Instant;
import java.util.PriorityQueue;

/// The simulator's one clock. Nothing runs in the background: what is due happens when somebody looks, in order, each
/// at its own moment ([#catchUp]).
///
/// Not thread-safe: the simulator's lock guards it, but for [ByHand#advance], which only moves the hand.
public abstract sealed class SimTime permits SimTime.Ticking, SimTime.ByHand {
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private Instant moment;
    private long scheduled;

    private SimTime(Instant start) {
        this.moment = start;
    }

    private record Event(Instant due, long order, Runnable happens) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = due.compareTo(other.due);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    /// The wall clock, optionally faster: at `speed` 60 a minute passes each second.
    public static Ticking ticking(Instant start, double speed) {
        return new Ticking(start, speed);
    }

    /// A clock that stands until it is moved.
    public static ByHand byHand(Instant start) {
        return new ByHand(start);
    }

    /// Where the hand points, ahead of what has happened so far.
    protected abstract Instant hand();

    /// The moment the world is at: that of the event which is happening, else that of the last [#catchUp].
    public final Instant now() {
        return moment;
    }

    /// Has `happens` run once the clock reaches `due`, during a [#catchUp]; a past moment means the next one.
    public final void at(Instant due, Runnable happens) {
        events.add(new Event(due, scheduled++, happens));
    }

    public final void after(Duration delay, Runnable happens) {
        at(moment.plus(delay), happens);
    }

    /// Runs everything that is due by the hand, see [#catchUp(Instant)].
    public final void catchUp() {
        catchUp(hand());
    }

    /// Whether nothing is to happen any more unless somebody does something.
    public final boolean isQuiet() {
        return events.isEmpty();
    }

    /// Has the world be at another moment. Only while nothing is to happen in it.
    public final void restart(Instant at) {
        moment = at;
    }

    /// Lets time pass up to the hand, which is put to that moment where it has not come so far.
    public final void reach(Instant at) {
        if (hand().isBefore(at)) {
            move(at);
        }
        catchUp();
    }

    /// Puts the hand there.
    protected abstract void move(Instant to);

    /// Runs everything that is due, in order; what it schedules and is due as well runs too.
    public final void catchUp(Instant until) {
        while (!events.isEmpty() && !events.peek().due().isAfter(until)) {
            var event = events.poll();
            if (event.due().isAfter(moment)) {
                moment = event.due();
            }
            event.happens().run();
        }
        if (until.isAfter(moment)) {
            moment = until;
        }
    }

    /// See [SimTime#ticking].
    public static final class Ticking extends SimTime {
        private final double speed;
        private Instant start;
        private long startedNanos = System.nanoTime();

        private Ticking(Instant start, double speed) {
            super(start);
            this.start = start;
            this.speed = speed;
        }

        @Override
        protected Instant hand() {
            return start.plusNanos((long) ((System.nanoTime() - startedNanos) * speed));
        }

        @Override
        protected void move(Instant to) {
            start = to;
            startedNanos = System.nanoTime();
        }
    }

    /// See [SimTime#byHand].
    public static final class ByHand extends SimTime {
        private volatile Instant hand;

        private ByHand(Instant start) {
            super(start);
            this.hand = start;
        }

        @Override
        protected Instant hand() {
            return hand;
        }

        @Override
        protected synchronized void move(Instant to) {
            hand = to;
        }

        /// Moves the hand; what became due happens at the next look.
        public synchronized void advance(Duration step) {
            hand = hand.plus(step);
        }
    }
}
