package pvemcp.sim.world;

import pvemcp.sim.state.Form;

/// A group of users; who is in it is written at the [User].
public record Group(String id, String comment) {
    static final Form<Group> FORM = Form.value(
            new Group("", ""),
            (fields, group) -> new Group(fields.text("id", group.id), fields.text("comment", group.comment)));
}
