package pvemcp.sim.world;

import java.util.TreeSet;

/// A named set of guests and storages that rights can be given on. Mutable; the simulator's lock guards it.
public final class Pool {
    private final String id;
    public String comment = "";
    public final TreeSet<Integer> guests = new TreeSet<>();
    public final TreeSet<String> storages = new TreeSet<>();

    public Pool(String id) {
        this.id = id;
    }

    /// The name; with slashes where it is nested.
    public String id() {
        return id;
    }
}
