package pvemcp.sim.world;

/// A second factor of a user.
///
/// @param type `totp` or `recovery`
/// @param secret the TOTP secret in base32, or the remaining recovery keys, blank-separated
/// @param created seconds since 1970
public record SecondFactor(String id, String type, String description, String secret, boolean enabled, long created) {}
