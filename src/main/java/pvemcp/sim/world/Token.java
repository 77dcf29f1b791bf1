package pvemcp.sim.world;

/// An API token of a user.
///
/// @param expire seconds since 1970 after which it is refused; 0 for never
/// @param privsep whether it has only the rights that the ACL gives to itself, within those of its user
public record Token(String id, String secret, String comment, long expire, boolean privsep) {}
