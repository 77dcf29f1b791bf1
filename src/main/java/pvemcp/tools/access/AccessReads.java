package pvemcp.tools.access;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import pvemcp.json.Json;
import pvemcp.pve.ApiPath;
import pvemcp.pve.Fields;
import pvemcp.pve.Permissions;
import pvemcp.pve.Verb;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.Kind;
import pvemcp.tool.ToolContext;
import pvemcp.tools.common.ApiAnswer;
import pvemcp.tools.common.Page;
import pvemcp.tools.common.Window;
import pvemcp.view.Clean;

/// Who there is and what they may, as lists and one by one.
final class AccessReads {
    /// What a realm's settings have that nobody is shown (the options of PVE::Auth::Plugin's kinds).
    private static final Set<String> SECRET_SETTINGS = Set.of("client-key", "password", "digest");

    private AccessReads() {}

    enum Subject {
        USERS("users"),
        GROUPS("groups"),
        ROLES("roles"),
        REALMS("realms"),
        ACL("grants"),
        TOKENS("tokens"),
        TFA("second factors"),
        PERMISSIONS("sets of privileges");

        private final String noun;

        Subject(String noun) {
            this.noun = noun;
        }
    }

    /// A line of the access control list.
    ///
    /// @param who a user, a token (`user@realm!name`) or a group
    record AclLine(String path, String role, String who, String kind, boolean propagate) {
        static AclLine of(Fields row) {
            return new AclLine(
                    Clean.name(row.text("path")),
                    Clean.name(row.text("roleid")),
                    Clean.name(row.text("ugid")),
                    Clean.name(row.text("type")),
                    row.flag("propagate"));
        }

        /// Whether it decides something on this path.
        boolean bearsOn(String wanted) {
            return path.equals(wanted) || (propagate && (path.equals("/") || wanted.startsWith(path + "/")));
        }

        String key() {
            return path + " " + who + " " + role;
        }
    }

    /// The lines this token may see, by path.
    static List<AclLine> acl(ToolContext ctx) {
        return ctx.pve().rows("/access/acl").stream()
                .map(AclLine::of)
                .sorted(Comparator.comparing(AclLine::path).thenComparing(AclLine::who))
                .toList();
    }

    record UserLine(
            String user,
            boolean enabled,
            Optional<Instant> expires,
            List<String> groups,
            int tokens,
            String name,
            String comment) {
        static UserLine of(Fields row) {
            return new UserLine(
                    Clean.name(row.text("userid")),
                    row.flag("enable"),
                    row.moment("expire"),
                    row.listed("groups").stream().map(Clean::name).toList(),
                    Fields.list(row.raw("tokens")).size(),
                    fullName(row),
                    Clean.name(row.text("comment")));
        }

        String realm() {
            return user.substring(user.lastIndexOf('@') + 1);
        }
    }

    private static String fullName(Fields row) {
        return Clean.name((row.text("firstname") + " " + row.text("lastname")).strip());
    }

    record User(
            String user,
            boolean enabled,
            Optional<Instant> expires,
            String name,
            String email,
            String comment,
            List<String> groups,
            List<String> secondFactors,
            List<TokenLine> tokens,
            List<AclLine> rights) {}

    record TokenLine(String token, Optional<Instant> expires, boolean ownRightsOnly, String comment) {
        static TokenLine of(String user, String id, Fields row) {
            return new TokenLine(
                    Clean.name(user + "!" + id),
                    row.moment("expire"),
                    row.flag("privsep"),
                    Clean.name(row.text("comment")));
        }
    }

    record GroupLine(String group, List<String> users, String comment) {}

    record Group(String group, String comment, List<String> members, List<AclLine> rights) {}

    record RoleLine(String role, boolean builtIn, int privileges) {}

    record Role(String role, List<String> privileges, List<AclLine> heldBy) {}

    record RealmLine(String realm, String type, boolean standard, String tfa, String comment) {}

    /// @param locked whether wrong codes have locked it; known where all are listed
    record FactorLine(
            String user,
            String type,
            String id,
            boolean enabled,
            boolean locked,
            Optional<Instant> created,
            String description) {}

    /// The same privileges on one or several paths.
    record Rights(List<String> paths, List<String> privileges, List<String> notBelow) {}

    record Get(
            @Doc(value = "What to show", obvious = true) Subject what,

            @Doc(value = "Only this user, group, role, realm, token", obvious = true)
            Optional<String> id,

            @Doc("What bears on it") Optional<String> aclPath,

            @Doc(value = "'next' of the page before", kind = Kind.CURSOR, obvious = true)
            Optional<String> cursor)
            implements Call<Object> {
        @Override
        public Object run(ToolContext ctx) {
            return switch (what) {
                case USERS -> id.isPresent() ? user(ctx, id.get()) : users(ctx);
                case GROUPS -> id.isPresent() ? group(ctx, id.get()) : groups(ctx);
                case ROLES -> id.isPresent() ? role(ctx, id.get()) : roles(ctx);
                case REALMS -> id.isPresent() ? realm(ctx, id.get()) : realms(ctx);
                case ACL -> lines(ctx);
                case TOKENS -> tokens(ctx);
                case TFA -> factors(ctx);
                case PERMISSIONS -> permissions(ctx);
            };
        }

        private <T extends Record> Page.Builder<T> list(Class<T> shape, List<T> rows) {
            return Page.of(what.noun, shape, rows, this);
        }

        private Page users(ToolContext ctx) {
            var rows = ctx.pve().rows("/access/users", Json.obj("full", 1)).stream()
                    .map(UserLine::of)
                    .sorted(Comparator.comparing(UserLine::user))
                    .toList();
            return list(UserLine.class, rows)
                    .counting("enabled", UserLine::enabled)
                    .counting("realm", UserLine::realm)
                    .sortedBy("user")
                    .page(Window.at(cursor), UserLine::user);
        }

        private static User user(ToolContext ctx, String id) {
            var row = ctx.pve().fields(ApiPath.of("/access/users/{userid}", id));
            var groups = names(row.raw("groups"));
            var tokens = new ArrayList<TokenLine>();
            if (row.raw("tokens") instanceof Json.Obj(var all)) {
                all.forEach((name, token) -> tokens.add(TokenLine.of(id, name, Fields.of(token))));
            }
            var factors = ctx.pve().data(Verb.GET, ApiPath.of("/access/tfa/{userid}", id), Json.Obj.EMPTY);
            var rights = acl(ctx).stream()
                    .filter(line -> line.who().equals(id)
                            || line.who().startsWith(id + "!")
                            || (line.kind().equals("group") && groups.contains(line.who())))
                    .toList();
            return new User(
                    Clean.name(id),
                    row.flag("enable"),
                    row.moment("expire"),
                    fullName(row),
                    Clean.name(row.text("email")),
                    Clean.name(row.text("comment")),
                    groups,
                    Fields.list(factors).stream()
                            .map(factor -> Clean.name(factor.text("type")))
                            .distinct()
                            .toList(),
                    tokens,
                    rights);
        }

        private Page groups(ToolContext ctx) {
            var rows = ctx.pve().rows("/access/groups").stream()
                    .map(row -> new GroupLine(
                            Clean.name(row.text("groupid")),
                            row.listed("users").stream().map(Clean::name).toList(),
                            Clean.name(row.text("comment"))))
                    .sorted(Comparator.comparing(GroupLine::group))
                    .toList();
            return list(GroupLine.class, rows).sortedBy("group").page(Window.at(cursor), GroupLine::group);
        }

        private static Group group(ToolContext ctx, String id) {
            var row = ctx.pve().fields(ApiPath.of("/access/groups/{groupid}", id));
            return new Group(
                    Clean.name(id),
                    Clean.name(row.text("comment")),
                    names(row.raw("members")),
                    acl(ctx).stream()
                            .filter(line ->
                                    line.kind().equals("group") && line.who().equals(id))
                            .toList());
        }

        private Page roles(ToolContext ctx) {
            var rows = ctx.pve().rows("/access/roles").stream()
                    .map(row -> new RoleLine(
                            Clean.name(row.text("roleid")),
                            row.flag("special"),
                            row.listed("privs").size()))
                    .sorted(Comparator.comparing(RoleLine::role))
                    .toList();
            return list(RoleLine.class, rows).sortedBy("role").page(Window.at(cursor), RoleLine::role);
        }

        private static Role role(ToolContext ctx, String id) {
            var row = ctx.pve().fields(ApiPath.of("/access/roles/{roleid}", id));
            return new Role(
                    Clean.name(id),
                    row.all().members().keySet().stream()
                            .map(Clean::name)
                            .sorted()
                            .toList(),
                    acl(ctx).stream().filter(line -> line.role().equals(id)).toList());
        }

        private Page realms(ToolContext ctx) {
            var rows = ctx.pve().rows("/access/domains").stream()
                    .map(row -> new RealmLine(
                            Clean.name(row.text("realm")),
                            Clean.name(row.text("type")),
                            row.flag("default"),
                            Clean.name(row.text("tfa")),
                            Clean.name(row.text("comment"))))
                    .sorted(Comparator.comparing(RealmLine::realm))
                    .toList();
            return list(RealmLine.class, rows).sortedBy("realm").page(Window.at(cursor), RealmLine::realm);
        }

        /// Its settings but the secrets among them, which PVE hands out too.
        private static Object realm(ToolContext ctx, String id) {
            var path = ApiPath.of("/access/domains/{realm}", id);
            var settings = ctx.pve().fields(path).all();
            for (var secret : SECRET_SETTINGS) {
                settings = settings.without(secret);
            }
            return ApiAnswer.of(path, settings, List.of(), 0, 1);
        }

        private Page lines(ToolContext ctx) {
            var rows = acl(ctx).stream()
                    .filter(line -> id.isEmpty()
                            || id.get().equals(line.who())
                            || id.get().equals(line.role())
                            || line.who().startsWith(id.get() + "!"))
                    .filter(line -> aclPath.isEmpty() || line.bearsOn(aclPath.get()))
                    .toList();
            return list(AclLine.class, rows)
                    .counting("role", AclLine::role)
                    .sortedBy("path")
                    .page(Window.at(cursor), AclLine::key);
        }

        private Page tokens(ToolContext ctx) {
            var rows = new ArrayList<TokenLine>();
            if (id.isPresent()) {
                ofUser(ctx, id.get(), rows);
            } else {
                for (var user : ctx.pve().rows("/access/users", Json.obj("full", 1))) {
                    for (var token : Fields.list(user.raw("tokens"))) {
                        rows.add(TokenLine.of(user.text("userid"), token.text("tokenid"), token));
                    }
                }
            }
            rows.sort(Comparator.comparing(TokenLine::token));
            return list(TokenLine.class, rows)
                    .counting("own_rights_only", TokenLine::ownRightsOnly)
                    .sortedBy("token")
                    .page(Window.at(cursor), TokenLine::token);
        }

        private static void ofUser(ToolContext ctx, String id, List<TokenLine> rows) {
            int mark = id.indexOf('!');
            if (mark >= 0) {
                var user = id.substring(0, mark);
                var name = id.substring(mark + 1);
                var path = ApiPath.of("/access/users/{userid}/token/{tokenid}", user, name);
                rows.add(TokenLine.of(user, name, ctx.pve().fields(path)));
                return;
            }
            var path = ApiPath.of("/access/users/{userid}/token", id);
            for (var token : ctx.pve().rows(path)) {
                rows.add(TokenLine.of(id, token.text("tokenid"), token));
            }
        }

        private Page factors(ToolContext ctx) {
            var rows = new ArrayList<FactorLine>();
            if (id.isPresent()) {
                var path = ApiPath.of("/access/tfa/{userid}", id.get());
                factors(id.get(), ctx.pve().data(Verb.GET, path, Json.Obj.EMPTY), false, rows);
            } else {
                for (var user : ctx.pve().rows("/access/tfa")) {
                    boolean locked = user.flag("totp-locked")
                            || user.moment("tfa-locked-until")
                                    .filter(ctx.clock().instant()::isBefore)
                                    .isPresent();
                    factors(user.text("userid"), user.raw("entries"), locked, rows);
                }
            }
            return list(FactorLine.class, rows)
                    .counting("type", FactorLine::type)
                    .sortedBy("user")
                    .page(Window.at(cursor), row -> row.user() + " " + row.id());
        }

        private static void factors(String user, Json entries, boolean locked, List<FactorLine> rows) {
            for (var entry : Fields.list(entries)) {
                rows.add(new FactorLine(
                        Clean.name(user),
                        Clean.name(entry.text("type")),
                        Clean.name(entry.text("id")),
                        entry.maybe("enable").map("1"::equals).orElse(true),
                        locked,
                        entry.moment("created"),
                        Clean.name(entry.text("description"))));
            }
        }

        private Page permissions(ToolContext ctx) {
            var params = Json.Obj.EMPTY;
            if (id.isPresent()) {
                params = params.with("userid", id.get());
            }
            if (aclPath.isPresent()) {
                params = params.with("path", aclPath.get());
            }
            return list(Rights.class, grouped(ctx.pve().permissions(params)))
                    .page(Window.at(cursor), row -> row.paths().getFirst());
        }

        /// Somebody who holds a role on `/` has the same privileges on eight paths.
        private static List<Rights> grouped(Permissions permissions) {
            var same = new LinkedHashMap<Map<String, Boolean>, List<String>>();
            permissions.paths().forEach((path, held) -> {
                if (!held.isEmpty()) {
                    same.computeIfAbsent(held, _ -> new ArrayList<>()).add(Clean.name(path));
                }
            });
            var rows = new ArrayList<Rights>();
            same.forEach((held, paths) -> rows.add(new Rights(
                    paths,
                    held.keySet().stream().map(Clean::name).sorted().toList(),
                    held.entrySet().stream()
                            .filter(entry -> !entry.getValue())
                            .map(entry -> Clean.name(entry.getKey()))
                            .sorted()
                            .toList())));
            return rows;
        }
    }

    static List<String> names(Json list) {
        var names = new LinkedHashSet<String>();
        if (list instanceof Json.Arr(var items)) {
            items.forEach(item -> item.scalarText().ifPresent(name -> names.add(Clean.name(name))));
        }
        return List.copyOf(names);
    }
}
