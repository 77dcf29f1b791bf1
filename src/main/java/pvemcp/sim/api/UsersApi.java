package pvemcp.sim.api;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import pvemcp.json.Json;
import pvemcp.schema.Verb;
import pvemcp.sim.SimError;
import pvemcp.sim.world.Access;
import pvemcp.sim.world.Acl;
import pvemcp.sim.world.Token;
import pvemcp.sim.world.User;

/// `/access/users` and the tokens below it (PVE::API2::User)
final class UsersApi {
    private UsersApi() {}

    static void add(Routes routes) {
        routes.on(Verb.GET, "/access/users", UsersApi::list)
                .on(Verb.POST, "/access/users", UsersApi::create)
                .on(Verb.GET, "/access/users/{userid}", UsersApi::read)
                .on(Verb.PUT, "/access/users/{userid}", UsersApi::update)
                .on(Verb.DELETE, "/access/users/{userid}", UsersApi::delete)
                .on(Verb.PUT, "/access/users/{userid}/unlock-tfa", UsersApi::unlock)
                .on(Verb.GET, "/access/users/{userid}/token", UsersApi::tokens)
                .on(Verb.GET, "/access/users/{userid}/token/{tokenid}", UsersApi::readToken)
                .on(Verb.POST, "/access/users/{userid}/token/{tokenid}", UsersApi::createToken)
                .on(Verb.PUT, "/access/users/{userid}/token/{tokenid}", UsersApi::updateToken)
                .on(Verb.DELETE, "/access/users/{userid}/token/{tokenid}", UsersApi::deleteToken);
    }

    static User user(Request request, String id) {
        var user = request.cluster().access.users.get(id);
        if (user == null) {
            throw new SimError("no such user ('%s')".formatted(id));
        }
        return user;
    }

    /// Whether the caller may see this user: all, by a group, or because it is himself.
    static boolean visible(Request request, User user) {
        return request.mayAny("/access/groups", "User.Modify", "Sys.Audit")
                || user.id().equals(request.authId())
                || user.groups.stream()
                        .anyMatch(group -> request.mayAny("/access/groups/" + group, "User.Modify", "Sys.Audit"));
    }

    private static Json list(Request request) {
        boolean full = request.flag("full");
        var wanted = request.arguments().flag("enabled");
        var rows = request.cluster().access.users.values().stream()
                .filter(user -> visible(request, user))
                .filter(user -> wanted.isEmpty() || wanted.get() == user.enabled)
                .map(user -> {
                    var row = Rows.of("userid", user.id());
                    describe(row, user);
                    row.putIf(
                            "realm-type",
                            Optional.ofNullable(request.cluster().access.realms.get(user.realm()))
                                    .map(realm -> realm.type()));
                    if (full) {
                        row.put("groups", String.join(",", user.groups)).put("tokens", tokenRows(user));
                    }
                    return row.json();
                })
                .toList();
        return Json.of(rows);
    }

    private static void describe(Rows row, User user) {
        row.put("enable", user.enabled ? 1 : 0)
                .put("expire", user.expire)
                .putText("firstname", user.firstname)
                .putText("lastname", user.lastname)
                .putText("email", user.email)
                .putText("comment", user.comment)
                .putText("keys", user.keys);
    }

    /// A user without tokens has `null` for them.
    private static Json tokenRows(User user) {
        if (user.tokens.isEmpty()) {
            return Json.Null.NULL;
        }
        return Json.of(user.tokens.values().stream()
                .map(token -> describe(Rows.of("tokenid", token.id()), token).json())
                .toList());
    }

    private static Rows describe(Rows row, Token token) {
        return row.put("expire", token.expire())
                .put("privsep", token.privsep() ? 1 : 0)
                .putText("comment", token.comment());
    }

    private static Json create(Request request) {
        var access = request.cluster().access;
        var id = request.text("userid");
        if (access.users.containsKey(id)) {
            throw new SimError("create user failed: user '%s' already exists".formatted(id));
        }
        var user = new User(id);
        try {
            apply(request, user);
        } catch (SimError refused) {
            throw new SimError("create user failed: " + refused.getMessage());
        }
        user.password = request.text("password", "");
        access.users.put(id, user);
        return Json.Null.NULL;
    }

    private static Json read(Request request) {
        var user = user(request, request.text("userid"));
        var row = new Rows();
        describe(row, user);
        row.put("groups", user.groups);
        if (user.tokens.isEmpty()) {
            return row.put("tokens", null).json();
        }
        var tokens = new Rows();
        user.tokens
                .values()
                .forEach(token ->
                        tokens.put(token.id(), describe(new Rows(), token).json()));
        return row.put("tokens", tokens.json()).json();
    }

    private static Json update(Request request) {
        apply(request, user(request, request.text("userid")));
        return Json.Null.NULL;
    }

    private static void apply(Request request, User user) {
        var groups = new LinkedHashSet<>(request.list("groups"));
        for (var group : groups) {
            if (!request.cluster().access.groups.containsKey(group)) {
                throw new SimError("no such group '%s'".formatted(group));
            }
        }
        if (request.has("groups")) {
            if (!request.flag("append")) {
                user.groups.clear();
            }
            user.groups.addAll(groups);
        }
        user.enabled = request.arguments().flag("enable").orElse(user.enabled);
        user.expire = request.whole("expire", user.expire);
        user.firstname = request.text("firstname", user.firstname);
        user.lastname = request.text("lastname", user.lastname);
        user.email = request.text("email", user.email);
        user.comment = request.text("comment", user.comment);
        user.keys = request.text("keys", user.keys);
    }

    private static Json delete(Request request) {
        var access = request.cluster().access;
        var user = user(request, request.text("userid"));
        if (user.id().equals(Access.ROOT)) {
            throw new SimError("delete user failed: cannot delete 'root@pam'");
        }
        access.users.remove(user.id());
        access.forget(line -> line.ugid().equals(user.id()) || line.ugid().startsWith(user.id() + "!"));
        return Json.Null.NULL;
    }

    /// Answers whether there was something to unlock.
    private static Json unlock(Request request) {
        var user = user(request, request.text("userid"));
        boolean was = user.totpLocked;
        user.totpLocked = false;
        return Json.num(was ? 1 : 0);
    }

    private static Json tokens(Request request) {
        var rows = tokenRows(user(request, request.text("userid")));
        return rows instanceof Json.Arr ? rows : Json.Arr.EMPTY;
    }

    private static Token token(Request request) {
        var user = user(request, request.text("userid"));
        var id = request.text("tokenid");
        var token = user.tokens.get(id);
        if (token == null) {
            throw new SimError("no such token '%s' for user '%s'".formatted(id, user.id()));
        }
        return token;
    }

    private static Json readToken(Request request) {
        return describe(new Rows(), token(request)).json();
    }

    private static String newSecret(Request request) {
        var random = request.cluster().random();
        return new UUID(random.nextLong(), random.nextLong()).toString();
    }

    /// What was given, as it was given: PVE echoes the parameters, so numbers of a form come back as text.
    private static Rows echo(Request request, Token token) {
        return new Rows()
                .put("privsep", request.arguments().get("privsep").orElse(Json.num(token.privsep() ? 1 : 0)))
                .putIf("expire", request.arguments().get("expire"))
                .putText("comment", token.comment());
    }

    private static Json createToken(Request request) {
        var user = user(request, request.text("userid"));
        var id = request.text("tokenid");
        if (user.tokens.containsKey(id)) {
            throw new SimError(400, "Parameter verification failed.", Map.of("tokenid", "Token already exists."));
        }
        var token = new Token(
                id,
                newSecret(request),
                request.text("comment", ""),
                request.whole("expire", 0),
                request.arguments().flag("privsep").orElse(true));
        user.tokens.put(id, token);
        return Json.obj(
                "full-tokenid",
                user.id() + "!" + id,
                "value",
                token.secret(),
                "info",
                echo(request, token).json());
    }

    private static Json updateToken(Request request) {
        var user = user(request, request.text("userid"));
        var old = token(request);
        var dropped = request.list("delete");
        boolean renewed = request.flag("regenerate");
        var token = new Token(
                old.id(),
                renewed ? newSecret(request) : old.secret(),
                dropped.contains("comment") ? "" : request.text("comment", old.comment()),
                dropped.contains("expire") ? 0 : request.whole("expire", old.expire()),
                request.arguments().flag("privsep").orElse(old.privsep()));
        user.tokens.put(token.id(), token);
        var answer = echo(request, token).putIf(!request.has("expire"), "expire", token.expire());
        if (renewed) {
            answer.put("full-tokenid", user.id() + "!" + token.id()).put("value", token.secret());
        }
        return answer.json();
    }

    private static Json deleteToken(Request request) {
        var user = user(request, request.text("userid"));
        var token = token(request);
        user.tokens.remove(token.id());
        var id = user.id() + "!" + token.id();
        request.cluster()
                .access
                .forget(line -> line.kind() == Acl.Kind.TOKEN && line.ugid().equals(id));
        return Json.Null.NULL;
    }

    /// The members of a group, in order.
    static List<String> members(Access access, String group) {
        return access.users.values().stream()
                .filter(user -> user.groups.contains(group))
                .map(User::id)
                .toList();
    }
}
