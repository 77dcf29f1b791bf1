package pvemcp.tools.access;

import static pvemcp.tool.Tool.execute;
import static pvemcp.tool.Tool.read;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.pve.ApiPath;
import pvemcp.pve.Fields;
import pvemcp.pve.Verb;
import pvemcp.text.Word;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.NotAllowed;
import pvemcp.tool.Planned;
import pvemcp.tool.Preview;
import pvemcp.tool.ToolContext;
import pvemcp.tool.Toolset;
import pvemcp.tools.access.AccessReads.AclLine;
import pvemcp.tools.common.Judged;
import pvemcp.tools.common.Outcome;
import pvemcp.tools.common.Passwords;
import pvemcp.view.Clean;
import pvemcp.view.Units;
import pvemcp.view.View;

/// Who may do what: users, groups, roles, realms, API tokens and the rights that are given on paths.
public final class AccessTools {
    public static final Toolset ACCESS = Toolset.of(
            "access",
            "Users, roles, realms, tokens, rights",
            read("pve_access_get", """
                    Show users, groups, roles, realms, grants, tokens, or what somebody may do.""", AccessReads.Get.class),
            execute("pve_access_set", """
                    Create, change or delete a user, group, role, realm or API token.""", Change.class),
            execute(
                    "pve_access_grant",
                    "Give roles on a path to users, groups or tokens, or revoke them.",
                    Grant.class),
            read("pve_permission_audit", """
                    Judge what a user or token may do, with pveum lines for less.""", PermissionAudit.class));

    private AccessTools() {}

    enum Subject {
        USER,
        GROUP,
        ROLE,
        REALM,
        TOKEN
    }

    enum Action {
        CREATE,
        CHANGE,
        DELETE,
        PASSWORD,
        UNLOCK,
        SYNC
    }

    /// @param secretFile where the secret of a new token is
    record Changed(String outcome, String token, String secretFile, String task, List<View> log, String next) {}

    record Change(
            @Doc(value = "What of", obvious = true) Subject what,

            @Doc(value = "password, unlock: a user; sync: a realm", obvious = true)
            Action action,

            @Doc("Such as joe@pve!ci") String id,

            @Doc("Such as privs; password: secret:FILE") Json.Obj options)
            implements Call<Changed>, Judged, Planned {
        Change {
            boolean fits = switch (action) {
                case CREATE, CHANGE, DELETE -> true;
                case PASSWORD, UNLOCK -> what == Subject.USER;
                case SYNC -> what == Subject.REALM;
            };
            if (!fits) {
                throw new IllegalArgumentException("a %s has no '%s'".formatted(Word.of(what), Word.of(action)));
            }
            if (what == Subject.TOKEN && (id.indexOf('!') <= 0 || id.endsWith("!"))) {
                throw new IllegalArgumentException("argument 'id': write a token as user@realm!name");
            }
        }

        @Override
        public Verb verb() {
            return switch (action) {
                case CREATE, SYNC -> Verb.POST;
                case CHANGE, PASSWORD, UNLOCK -> Verb.PUT;
                case DELETE -> Verb.DELETE;
            };
        }

        @Override
        public String path() {
            return switch (action) {
                case PASSWORD -> "/access/password";
                case UNLOCK -> ApiPath.of("/access/users/{userid}/unlock-tfa", id);
                case SYNC -> ApiPath.of("/access/domains/{realm}/sync", id);
                case CREATE -> what == Subject.TOKEN ? itself() : folder();
                case CHANGE, DELETE -> itself();
            };
        }

        private String folder() {
            return switch (what) {
                case USER -> "/access/users";
                case GROUP -> "/access/groups";
                case ROLE -> "/access/roles";
                case REALM -> "/access/domains";
                case TOKEN -> throw new IllegalStateException("tokens are below their users");
            };
        }

        private String itself() {
            return switch (what) {
                case USER -> ApiPath.of("/access/users/{userid}", id);
                case GROUP -> ApiPath.of("/access/groups/{groupid}", id);
                case ROLE -> ApiPath.of("/access/roles/{roleid}", id);
                case REALM -> ApiPath.of("/access/domains/{realm}", id);
                case TOKEN ->
                    ApiPath.of("/access/users/{userid}/token/{tokenid}", user(), id.substring(id.indexOf('!') + 1));
            };
        }

        private String user() {
            return id.substring(0, id.indexOf('!'));
        }

        /// With the names of secrets in place of them.
        @Override
        public Json.Obj params() {
            boolean named = action == Action.PASSWORD || (action == Action.CREATE && what != Subject.TOKEN);
            if (!named) {
                return options;
            }
            var name = switch (what) {
                case USER -> "userid";
                case GROUP -> "groupid";
                case ROLE -> "roleid";
                case REALM -> "realm";
                case TOKEN -> throw new IllegalStateException("a token is named by its path");
            };
            return options.with(name, id);
        }

        private boolean makesSecret() {
            return what == Subject.TOKEN
                    && (action == Action.CREATE
                            || options.get("regenerate")
                                    .flatMap(Json::scalarText)
                                    .filter(text -> !text.equals("0") && !text.equals("false"))
                                    .isPresent());
        }

        @Override
        public Preview preview(ToolContext ctx) {
            var warnings = new ArrayList<String>();
            if (action == Action.DELETE) {
                lost(ctx).ifPresent(warnings::add);
            }
            var self = ctx.identity();
            if (!self.isEmpty() && (self.equals(id) || self.startsWith(id + "!"))) {
                warnings.add("this is what this server logs in as");
            }
            return new Preview(
                    "%s %s '%s'".formatted(Word.of(action), Word.of(what), Clean.name(id)), List.of(), warnings);
        }

        /// What a deletion costs besides. Users of a realm stay, with their grants (PVE::API2::Domains, delete).
        private Optional<String> lost(ToolContext ctx) {
            if (what == Subject.REALM) {
                var users = ctx.pve().rows("/access/users").stream()
                        .filter(user -> user.text("userid").endsWith("@" + id));
                return counted("locks out %s", users.count(), "users");
            }
            var grants = AccessReads.acl(ctx).stream().filter(this::isOfIt);
            return counted("takes %s along", grants.count(), "grants");
        }

        private static Optional<String> counted(String how, long count, String nouns) {
            return count == 0 ? Optional.empty() : Optional.of(how.formatted(Units.some(count, nouns)));
        }

        private boolean isOfIt(AclLine line) {
            return switch (what) {
                case USER -> line.who().equals(id) || line.who().startsWith(id + "!");
                case GROUP -> line.kind().equals("group") && line.who().equals(id);
                case ROLE -> line.role().equals(id);
                case TOKEN -> line.who().equals(id);
                case REALM -> false;
            };
        }

        @Override
        public Changed run(ToolContext ctx) {
            if (makesSecret()) {
                ctx.vault().requireTokens();
            }
            if (action == Action.PASSWORD && ctx.identity().contains("!")) {
                // PVE::API2::AccessControl, change_password: allowtoken 0
                throw new NotAllowed(
                        "user",
                        "PVE lets no API token set a password",
                        "the owner can set it (pveum passwd %s), or have this server log in as a user".formatted(id));
            }
            var answer = ctx.pve().data(verb(), path(), Passwords.filled(ctx, params()));
            if (makesSecret()) {
                return putAway(ctx, Fields.of(answer));
            }
            var task = ctx.pve().startedBy(answer);
            if (task.isEmpty()) {
                return new Changed("done", "", "", "", List.of(), "");
            }
            var outcome = Outcome.of(ctx, task.get(), Duration.ofSeconds(45));
            // What a sync did stands in its log alone (PVE::API2::Domains, sync).
            var log = outcome.isGoing()
                    ? List.<View>of()
                    : Outcome.quoted("task log", task.get().tail(30));
            return new Changed(outcome.outcome(), "", "", outcome.task(), log, outcome.next());
        }

        private Changed putAway(ToolContext ctx, Fields made) {
            try {
                return new Changed(
                        "done; its secret is in the file alone",
                        id,
                        ctx.vault().hand(id, ".token", made.text("value")).toString(),
                        "",
                        List.of(),
                        action == Action.CREATE ? "pve_access_grant who=%s gives it rights".formatted(id) : "");
            } catch (UncheckedIOException e) {
                var lost = "its secret could not be written (%s)"
                        .formatted(Clean.line(String.valueOf(e.getCause().getMessage())));
                if (action == Action.CREATE) {
                    ctx.pve().data(Verb.DELETE, path(), Json.Obj.EMPTY);
                    return new Changed(
                            "undone: %s, so the token was deleted again".formatted(lost), id, "", "", List.of(), "");
                }
                return new Changed("renewed, but " + lost, id, "", "", List.of(), "renew it again once there is room");
            }
        }
    }

    record Grant(
            @Doc("Such as /vms/101") String aclPath,

            @Doc(value = "Such as PVEAuditor", obvious = true)
            List<String> roles,

            @Doc("Users, groups, tokens") List<String> who,

            @Doc(value = "Take the roles away", obvious = true)
            boolean revoke,

            @Doc(value = "Holds below the path too", or = "true", obvious = true)
            boolean propagate)
            implements Call<Grant.Granted>, Judged, Planned {
        record Granted(String outcome, String path, List<AclLine> here, String next) {}

        Grant {
            roles = List.copyOf(roles);
            who = List.copyOf(who);
            if (roles.isEmpty() || who.isEmpty()) {
                throw new IllegalArgumentException("needed: 'roles' and 'who'");
            }
        }

        @Override
        public Verb verb() {
            return Verb.PUT;
        }

        @Override
        public String path() {
            return "/access/acl";
        }

        @Override
        public Json.Obj params() {
            var params = Json.obj("path", aclPath, "roles", String.join(",", roles));
            for (var kind : Kinds.values()) {
                var named = who.stream().filter(id -> Kinds.of(id) == kind).toList();
                if (!named.isEmpty()) {
                    params = params.with(Word.of(kind), String.join(",", named));
                }
            }
            return revoke ? params.with("delete", 1) : params.with("propagate", propagate ? 1 : 0);
        }

        /// Whom an id names: no group has an `@` in its name (PVE::AccessControl, verify_groupname).
        private enum Kinds {
            USERS,
            GROUPS,
            TOKENS;

            static Kinds of(String id) {
                return id.indexOf('!') >= 0 ? TOKENS : id.indexOf('@') >= 0 ? USERS : GROUPS;
            }
        }

        @Override
        public Preview preview(ToolContext ctx) {
            var warnings = new ArrayList<String>();
            if (!revoke) {
                var lines = AccessReads.acl(ctx);
                who.forEach(id -> hides(lines, id).ifPresent(warnings::add));
            }
            var self = ctx.identity();
            if (who.contains(self) || who.contains(self.split("!", 2)[0])) {
                warnings.add("this %s what this server logs in as"
                        .formatted(revoke ? "takes rights from" : "gives rights to"));
            }
            var summary = "%s %s on %s %s %s"
                    .formatted(
                            revoke ? "take" : "give",
                            String.join(", ", roles),
                            aclPath,
                            revoke ? "from" : "to",
                            String.join(", ", who));
            return new Preview(Clean.oneLine(summary), List.of(), warnings);
        }

        /// The first line for somebody on a path hides all that come down to it (PVE::AccessControl, roles).
        private Optional<String> hides(List<AclLine> lines, String id) {
            var his = lines.stream().filter(line -> line.who().equals(id)).toList();
            if (his.stream().anyMatch(line -> line.path().equals(aclPath))) {
                return Optional.empty();
            }
            return his.stream()
                    .filter(line -> line.bearsOn(aclPath) && !roles.contains(line.role()))
                    .reduce((_, nearest) -> nearest)
                    .map(line -> "there it takes the place of %s, which %s has from %s"
                            .formatted(line.role(), id, line.path()));
        }

        @Override
        public Granted run(ToolContext ctx) {
            ctx.pve().data(verb(), path(), params());
            var here = AccessReads.acl(ctx).stream()
                    .filter(line -> line.path().equals(aclPath))
                    .toList();
            var first = who.getFirst();
            var next = Kinds.of(first) == Kinds.GROUPS
                    ? ""
                    : "pve_access_get what=permissions id=%s acl_path=%s shows what comes of it"
                            .formatted(first, aclPath);
            return new Granted("done", Clean.oneLine(aclPath), here, Clean.oneLine(next));
        }
    }
}
