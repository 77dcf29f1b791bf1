package pvemcp.sim.world;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.SequencedMap;
import java.util.SequencedSet;

/// A person or program that may log in, with its tokens and second factors. Mutable; the simulator's lock guards it.
public final class User {
    private final String id;
    public boolean enabled = true;
    public long expire;
    public String firstname = "";
    public String lastname = "";
    public String email = "";
    public String comment = "";
    public String keys = "";
    /// Empty where nobody can log in with one.
    public String password = "";

    /// Whether too many wrong codes have locked the TOTP of this user.
    public boolean totpLocked;

    public final SequencedSet<String> groups = new LinkedHashSet<>();
    public final SequencedMap<String, Token> tokens = new LinkedHashMap<>();
    public final SequencedMap<String, SecondFactor> factors = new LinkedHashMap<>();

    public User(String id) {
        this.id = id;
    }

    /// `name@realm`.
    public String id() {
        return id;
    }

    public String realm() {
        return id.substring(id.lastIndexOf('@') + 1);
    }
}
