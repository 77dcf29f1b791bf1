package pvemcp.sim.world;

import pvemcp.sim.state.Form;

/// An API token of a user.
///
/// @param expire seconds since 1970 after which it is refused; 0 for never
/// @param privsep whether it has only the rights that the ACL gives to itself, within those of its user
public record Token(String id, String secret, String comment, long expire, boolean privsep) {
    static final Form<Token> FORM = Form.value(
            new Token("", "", "", 0, false),
            (fields, token) -> new Token(
                    fields.text("id", token.id),
                    fields.text("secret", token.secret),
                    fields.text("comment", token.comment),
                    fields.whole("expire", token.expire),
                    fields.flag("privsep", token.privsep)));
}
