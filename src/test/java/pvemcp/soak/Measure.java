package pvemcp.soak;

/// What a server takes of the machine, and beside it the pace of its clients; and how much more of it in the last
/// quarter of a run than in the second is no growth. The first quarter is no yardstick: caches fill, and the JVM
/// compiles.
///
/// Medians are compared, so peaks of a moment count for nothing; the allowance covers what a median of such a load
/// is off by. Between the middles of the two quarters lies half a run: at 70 requests a second for twenty minutes
/// 42,000 requests, so a leak of 150 bytes a request is found by the heap, one descriptor in 2,000 by their number.
enum Measure {
    /// What the clients got done, which is no measure of the server: where it grew, so may all others.
    PACE("deeds a second", 0.20, 1),

    /// The JVM takes room for garbage as it sees fit, and gives little of it back.
    RESIDENT("resident memory, MiB", 0.10, 16),

    /// After a full collection while no call is under way, so that only what is kept counts; in whole MiB.
    HEAP("heap that is kept, MiB", 0.05, 4),

    /// Of the system. The JVM's compilers and collectors come and go.
    THREADS("threads", 0, 4),

    /// While no call is under way: those that listen, and what is left of those that hung up.
    VIRTUAL("virtual threads", 0.10, 20),

    /// Connections of the moment are most of them.
    DESCRIPTORS("open descriptors", 0.10, 20);

    private final String title;
    private final double share;
    private final double more;

    Measure(String title, double share, double more) {
        this.title = title;
        this.share = share;
        this.more = more;
    }

    String title() {
        return title;
    }

    /// The largest median of the last quarter that is no growth over this one of the second.
    double allowed(double second) {
        return second * (1 + share) + more;
    }
}
