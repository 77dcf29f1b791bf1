package pvemcp.sim.world;

/// The little Debian inside a VM that its guest agent works on. Mutable; the simulator's lock guards it.
public final class ToyHost {
    private final String name;

    ToyHost(String name) {
        this.name = name;
    }

    public String name() {
        return name;
    }
}
