package pvemcp.sim.world;

/// A group of users; who is in it is written at the [User].
public record Group(String id, String comment) {}
