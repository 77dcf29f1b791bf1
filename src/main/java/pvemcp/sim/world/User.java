package pvemcp.sim.world;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.SequencedMap;
import java.util.SequencedSet;
import pvemcp.sim.state.Fields;
import pvemcp.sim.state.Form;
import pvemcp.sim.state.HasFields;

/// A person or program that may log in, with its tokens and second factors. Mutable; the simulator's lock guards it.
public final class User implements HasFields {
    static final Form<User> FORM = Form.thing(fields -> new User(fields.text("id", "")));

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

    @Override
    public void fields(Fields fields) {
        fields.fixed("id", id);
        enabled = fields.flag("enabled", enabled);
        expire = fields.whole("expire", expire);
        firstname = fields.text("firstname", firstname);
        lastname = fields.text("lastname", lastname);
        email = fields.text("email", email);
        comment = fields.text("comment", comment);
        keys = fields.text("keys", keys);
        password = fields.text("password", password);
        totpLocked = fields.flag("totpLocked", totpLocked);
        fields.texts("groups", groups);
        fields.map("tokens", tokens, Token.FORM);
        fields.map("factors", factors, SecondFactor.FORM);
    }
}
