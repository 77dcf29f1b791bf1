package pvemcp.sim;

import java.util.UUID;
import pvemcp.sim.state.Form;
import pvemcp.sim.world.Access;
import pvemcp.sim.world.Acl;
import pvemcp.sim.world.Cluster;
import pvemcp.sim.world.Token;
import pvemcp.sim.world.User;

/// An API token that is ready for use.
///
/// @param id `user@realm!name`
public record Credentials(String id, String secret) {
    static final Form<Credentials> FORM = Form.value(
            new Credentials("", ""),
            (fields, token) -> new Credentials(fields.text("id", token.id), fields.text("secret", token.secret)));

    /// A token of a user who may do everything, as most people make one for a tool. It is not root, so what PVE keeps
    /// for `root@pam` it may not.
    public static Credentials operator(Cluster cluster) {
        var user = new User("mcp@pve");
        cluster.access.users.put(user.id(), user);
        cluster.access.grant(new Acl("/", Acl.Kind.USER, user.id(), "Administrator", true));
        return token(cluster, user.id(), "sim");
    }

    /// A token with the rights of its user.
    public static Credentials token(Cluster cluster, String userId, String name) {
        var secret = new UUID(cluster.random().nextLong(), cluster.random().nextLong()).toString();
        var user = cluster.access.users.computeIfAbsent(userId, User::new);
        user.tokens.put(name, new Token(name, secret, "", 0, false));
        return new Credentials(userId + "!" + name, secret);
    }

    /// Root's own token, which has all rights but those that PVE keeps for `root@pam` itself.
    public static Credentials rootToken(Cluster cluster, String name) {
        return token(cluster, Access.ROOT, name);
    }

    /// The value of the `Authorization` header.
    public String header() {
        return "PVEAPIToken=" + id + "=" + secret;
    }

    /// Without the secret.
    @Override
    public String toString() {
        return id;
    }
}
