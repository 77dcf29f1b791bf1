package pvemcp.sim.world;

import pvemcp.sim.state.Form;

/// One line of the access control list.
///
/// @param ugid the user, group or token (`user@realm!token`) it is for
/// @param propagate whether it holds below the path too
public record Acl(String path, Kind kind, String ugid, String role, boolean propagate) {
    static final Form<Acl> FORM = Form.value(
            new Acl("", Kind.USER, "", "", false),
            (fields, line) -> new Acl(
                    fields.text("path", line.path),
                    fields.value("kind", line.kind, Form.word(Kind.class)),
                    fields.text("ugid", line.ugid),
                    fields.text("role", line.role),
                    fields.flag("propagate", line.propagate)));

    /// Whom a line is for, under the name PVE lists it.
    public enum Kind {
        USER,
        GROUP,
        TOKEN
    }
}
