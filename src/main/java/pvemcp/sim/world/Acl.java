package pvemcp.sim.world;

/// One line of the access control list.
///
/// @param ugid the user, group or token (`user@realm!token`) it is for
/// @param propagate whether it holds below the path too
public record Acl(String path, Kind kind, String ugid, String role, boolean propagate) {
    /// Whom a line is for, under the name PVE lists it.
    public enum Kind {
        USER,
        GROUP,
        TOKEN
    }
}
