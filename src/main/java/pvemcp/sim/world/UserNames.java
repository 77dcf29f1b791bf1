package pvemcp.sim.world;

import java.util.regex.Pattern;
import pvemcp.sim.SimError;

/// What a user may be called (PVE::AccessControl::verify_username).
public final class UserNames {
    private static final Pattern FORM = Pattern.compile("[^\\s:/]+@[A-Za-z][A-Za-z0-9.\\-_]+");
    private static final int SHORTEST = 3;
    private static final int LONGEST = 64;

    private UserNames() {}

    /// A 500, not a 400, as PVE finds it out only while it looks at the caller's rights.
    public static void verify(String name) {
        if (name.length() < SHORTEST) {
            throw new SimError("user name '%s' is too short".formatted(name));
        }
        if (name.length() > LONGEST) {
            throw new SimError("user name '%s' is too long (%d > %d)".formatted(name, name.length(), LONGEST));
        }
        if (!FORM.matcher(name).matches()) {
            throw new SimError("value '%s' does not look like a valid user name".formatted(name));
        }
    }
}
