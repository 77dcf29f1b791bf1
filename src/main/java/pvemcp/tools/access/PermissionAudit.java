package pvemcp.tools.access;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import pvemcp.json.Json;
import pvemcp.pve.ApiPath;
import pvemcp.pve.Permissions;
import pvemcp.text.Word;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.Tier;
import pvemcp.tool.ToolContext;
import pvemcp.tools.access.AccessReads.AclLine;
import pvemcp.tools.common.Probe;
import pvemcp.view.Clean;
import pvemcp.view.Layout;
import pvemcp.view.Shown;
import pvemcp.view.View;

/// What a user or token may do, whether that is more or less than a job needs, and the commands that give just
/// enough.
record PermissionAudit(
        @Doc("Default: this server's") Optional<String> userid,

        @Doc(value = "Such as /pool/shop", obvious = true) List<String> paths,
        @Doc(value = "Wanted there", obvious = true) List<String> privileges)
        implements Call<PermissionAudit.Findings> {
    /// What is worth thinking twice about giving to a program (PVE::AccessControl has them all).
    private static final List<List<String>> GRAVE = List.of(
            List.of("Permissions.Modify", "can give itself every right there"),
            List.of("User.Modify", "can change users, make their tokens and set their passwords"),
            List.of("Realm.AllocateUser", "can make users"),
            List.of("Realm.Allocate", "can decide who logs in"),
            List.of("Sys.Console", "opens consoles of nodes"),
            List.of("Sys.Modify", "can change network, packages and options of nodes"),
            List.of("Sys.AccessNetwork", "lets nodes fetch from addresses of its choice"),
            List.of("VM.GuestAgent.Unrestricted", "runs programs in guests"),
            List.of("VM.Monitor", "runs programs in guests"));

    PermissionAudit {
        paths = List.copyOf(paths);
        privileges = List.copyOf(privileges);
    }

    record TierLine(String on, String read, String operate, String change, String destroy, String execute) {}

    record PathLine(String path, int held, String lacks) {}

    record GraveLine(String privilege, String on, String allows) {}

    /// Just enough for a kind of work.
    ///
    /// @param lacks what is missing for it, as `privilege on path`
    record Recipe(String name, String does, List<String> lacks, List<String> commands) {}

    record Findings(
            String conclusion,
            List<TierLine> may,
            List<PathLine> checked,
            List<GraveLine> grave,
            List<AclLine> grants,
            List<String> unseen,
            List<Recipe> recipes)
            implements Shown {
        @Override
        public View view() {
            var parts = new ArrayList<View>();
            parts.add(new View.Text(conclusion));
            table("it may, on", may, parts);
            table("checked", checked, parts);
            table("worth thinking twice about", grave, parts);
            table("where that comes from", grants, parts);
            if (!unseen.isEmpty()) {
                parts.add(new View.Text("\nnot looked at: " + String.join("; ", unseen)));
            }
            var text =
                    new StringBuilder("\njust enough, as root on a node (rights on a path replace those from above):");
            for (var recipe : recipes) {
                var state = recipe.lacks().isEmpty() ? "held" : "lacks " + String.join(", ", recipe.lacks());
                text.append("\n%s: %s; %s".formatted(recipe.name(), recipe.does(), state));
                recipe.commands().forEach(command -> text.append("\n    ").append(command));
            }
            parts.add(new View.Text(text.toString()));
            return new View.Stack(parts);
        }

        private static void table(String title, List<? extends Record> rows, List<View> parts) {
            if (!rows.isEmpty()) {
                parts.add(new View.Text("\n" + title + ":"));
                parts.add(Layout.view(rows));
            }
        }

        @Override
        public Json data() {
            return Json.obj(
                    "conclusion", conclusion,
                    "may", Layout.data(may),
                    "checked", Layout.data(checked),
                    "grave", Layout.data(grave),
                    "grants", Layout.data(grants),
                    "recipes", Layout.data(recipes));
        }
    }

    @Override
    public Findings run(ToolContext ctx) {
        var roles = new HashMap<String, Set<String>>();
        for (var role : ctx.pve().rows("/access/roles")) {
            roles.put(role.text("roleid"), new TreeSet<>(role.listed("privs")));
        }
        var known = roles.getOrDefault("Administrator", Set.of());
        var granted = ctx.pve().permissions(whose());
        var rights = Rights.of(granted, known.contains("VM.GuestAgent.Unrestricted"));
        var probe = new Probe(ctx);
        var who = userid.orElse(ctx.identity());
        var recipes = recipes(granted, roles, who.contains("@") ? who : "mcp@pve!agent");
        return new Findings(
                conclusion(who, granted, roles, recipes, token(probe, ctx, who)),
                rights.areas().stream().map(area -> tiers(rights, area)).toList(),
                checked(ctx, rights),
                grave(granted),
                grants(probe, ctx, who),
                probe.unseen(),
                recipes);
    }

    private Json.Obj whose() {
        return userid.map(id -> Json.obj("userid", id)).orElse(Json.Obj.EMPTY);
    }

    private static TierLine tiers(Rights rights, Rights.Area area) {
        return new TierLine(
                area.name(),
                Clean.oneLine(rights.may(area, Tier.READ)),
                Clean.oneLine(rights.may(area, Tier.OPERATE)),
                Clean.oneLine(rights.may(area, Tier.CHANGE)),
                Clean.oneLine(rights.may(area, Tier.DESTROY)),
                Clean.oneLine(rights.may(area, Tier.EXECUTE)));
    }

    /// PVE is asked about each path, since pools give rights that no list of grants shows.
    private List<PathLine> checked(ToolContext ctx, Rights rights) {
        var lines = new ArrayList<PathLine>();
        var places = paths.isEmpty() && !privileges.isEmpty()
                ? rights.areas().stream().map(Rights.Area::path).toList()
                : paths;
        for (var path : places) {
            ctx.checkCancelled();
            var held = ctx.pve().permissions(whose().with("path", path)).anywhere();
            var wanted = privileges.isEmpty() ? usual(rights, path) : privileges;
            var lacks = wanted.stream().filter(name -> !held.contains(name)).toList();
            lines.add(new PathLine(
                    Clean.name(path), held.size(), lacks.isEmpty() ? "nothing" : Clean.line(String.join(", ", lacks))));
        }
        return lines;
    }

    /// What calls on such a path usually need, all tiers together.
    private static List<String> usual(Rights rights, String path) {
        var first = path.indexOf('/', 1) < 0 ? path : path.substring(0, path.indexOf('/', 1));
        var all = new LinkedHashSet<String>();
        for (var area : rights.areas()) {
            boolean fits = path.equals("/")
                    || area.path().equals(first)
                    || (first.equals("/pool") && List.of("/vms", "/storage").contains(area.path()));
            if (fits) {
                for (var tier : Tier.values()) {
                    all.addAll(area.needs().getOrDefault(tier, List.of()));
                }
            }
        }
        return List.copyOf(all);
    }

    private static List<GraveLine> grave(Permissions granted) {
        var lines = new ArrayList<GraveLine>();
        for (var each : GRAVE) {
            var places = new ArrayList<String>();
            granted.paths().forEach((path, held) -> {
                // What comes down to a path is told where it comes from.
                boolean inherited = !path.equals("/") && granted.on("/").contains(each.getFirst());
                if (held.containsKey(each.getFirst()) && !inherited) {
                    places.add(Clean.name(path));
                }
            });
            if (!places.isEmpty()) {
                var on = places.size() <= 2 ? String.join(", ", places) : places.size() + " paths";
                lines.add(new GraveLine(each.getFirst(), on, each.getLast()));
            }
        }
        return lines;
    }

    private static List<AclLine> grants(Probe probe, ToolContext ctx, String who) {
        if (!who.contains("@")) {
            return List.of();
        }
        var user = who.split("!", 2)[0];
        var groups = probe.look(
                "groups of " + Clean.name(user),
                () -> ctx.pve()
                        .fields(ApiPath.of("/access/users/{userid}", user))
                        .raw("groups"));
        var names = groups.map(AccessReads::names).orElse(List.of());
        return probe.look("grants", () -> AccessReads.acl(ctx)).orElse(List.of()).stream()
                .filter(line -> line.who().equals(who)
                        || line.who().equals(user)
                        || (line.kind().equals("group") && names.contains(line.who())))
                .limit(20)
                .toList();
    }

    private static Optional<AccessReads.TokenLine> token(Probe probe, ToolContext ctx, String who) {
        int mark = who.indexOf('!');
        if (mark < 0) {
            return Optional.empty();
        }
        var user = who.substring(0, mark);
        var name = who.substring(mark + 1);
        var path = ApiPath.of("/access/users/{userid}/token/{tokenid}", user, name);
        return probe.look("token " + Clean.name(who), () -> ctx.pve().fields(path))
                .map(row -> AccessReads.TokenLine.of(user, name, row));
    }

    private static String conclusion(
            String who,
            Permissions granted,
            Map<String, Set<String>> roles,
            List<Recipe> recipes,
            Optional<AccessReads.TokenLine> token) {
        var parts = new ArrayList<String>();
        var name = who.contains("@") ? Clean.name(who) : "this server's login";
        var most = recipes.reversed().stream()
                .filter(recipe -> recipe.lacks().isEmpty())
                .map(Recipe::name)
                .findFirst();
        parts.add(most.map(job -> "%s has what an %s needs".formatted(name, job))
                .orElse("%s has less than an auditor".formatted(name)));
        var enough = most.map(job -> Job.valueOf(job.toUpperCase(Locale.ROOT)).needs(roles))
                .orElse(Set.of());
        var besides = granted.anywhere().stream()
                .filter(privilege -> !enough.contains(privilege))
                .toList();
        if (!besides.isEmpty() && most.isPresent()) {
            var shown = besides.stream().limit(6).map(Clean::name).toList();
            parts.add("%d privileges besides (%s%s)"
                    .formatted(besides.size(), String.join(", ", shown), besides.size() > 6 ? " …" : ""));
        }
        token.ifPresent(line -> {
            if (!line.ownRightsOnly()) {
                parts.add("all rights of its user, as it has no privilege separation");
            }
            parts.add(line.expires()
                    .map(Instant::toString)
                    .map("ends %s"::formatted)
                    .orElse("never ends"));
        });
        return String.join("; ", parts);
    }

    private List<Recipe> recipes(Permissions granted, Map<String, Set<String>> roles, String who) {
        var whom = Job.whom(who);
        var recipes = new ArrayList<Recipe>();
        var said = new LinkedHashSet<String>();
        for (var job : Job.values()) {
            var lacks = new TreeSet<String>();
            var commands = new ArrayList<String>();
            for (var grant : job.grants()) {
                var wanted = grant.privileges(roles);
                if (grant.makesRole()) {
                    commands.add(grant.making(wanted));
                }
                for (var place : places(grant.path())) {
                    commands.add(grant.giving(place, whom));
                    var held = granted.on(place);
                    wanted.stream()
                            .filter(privilege -> !held.contains(privilege))
                            .forEach(lacks::add);
                }
            }
            recipes.add(new Recipe(
                    Word.of(job),
                    job.does(),
                    brief(lacks),
                    commands.stream().map(Clean::oneLine).filter(said::add).toList()));
        }
        return recipes;
    }

    /// Rights on guests are given where they were asked about.
    private List<String> places(String path) {
        var asked = paths.stream()
                .filter(each -> each.startsWith("/pool/") || each.startsWith("/vms/"))
                .toList();
        return path.equals("/vms") && !asked.isEmpty() ? asked : List.of(path);
    }

    private static List<String> brief(Set<String> names) {
        var shown = new ArrayList<>(names.stream().map(Clean::name).limit(6).toList());
        if (names.size() > 6) {
            shown.add("%d more".formatted(names.size() - 6));
        }
        return shown;
    }
}
