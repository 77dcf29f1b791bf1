package pvemcp.tools.cluster;

import static pvemcp.tool.Tool.change;
import static pvemcp.tool.Tool.read;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import pvemcp.json.Json;
import pvemcp.pve.ApiPath;
import pvemcp.pve.Fields;
import pvemcp.pve.GuestRef;
import pvemcp.pve.Verb;
import pvemcp.text.Word;
import pvemcp.tool.Aim.OnPath;
import pvemcp.tool.Aim.OnSeveral;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.Kind;
import pvemcp.tool.Operations;
import pvemcp.tool.ToolContext;
import pvemcp.tool.Toolset;
import pvemcp.tools.common.Outcome;
import pvemcp.tools.common.Page;
import pvemcp.tools.common.Steps;
import pvemcp.tools.common.Window;
import pvemcp.view.Clean;

/// Pools: named sets of guests and storages that rights are given on.
public final class PoolTools {
    public static final Toolset POOLS = Toolset.of(
            "pools",
            "Pools and what is in them",
            read("pve_pool_get", "List pools, or show the guests and storages in one.", Get.class),
            change("pve_pool_set", """
                    Create, change or delete a pool, or its members.""", Change.class));

    private PoolTools() {}

    /// @param guests as many as this token sees
    record PoolLine(String pool, int guests, String comment) {}

    /// @param member a guest's id or a storage
    record Member(String member, String kind, String name, String status, String nodes) {}

    record Pool(String pool, String comment, Page members) {}

    record Get(
            @Doc(value = "Only this one", kind = Kind.POOL, obvious = true)
            Optional<String> pool,

            @Doc(value = "'next' of the page before", kind = Kind.CURSOR, obvious = true)
            Optional<String> cursor)
            implements Call<Object> {
        @Override
        public Object run(ToolContext ctx) {
            return pool.isPresent() ? one(ctx, pool.get()) : all(ctx);
        }

        private Page all(ToolContext ctx) {
            var guests = new TreeMap<String, Integer>();
            ctx.pve().guests().forEach(guest -> guests.merge(guest.pool(), 1, Integer::sum));
            var rows = ctx.pve().rows("/pools").stream()
                    .map(row -> new PoolLine(
                            Clean.name(row.text("poolid")),
                            guests.getOrDefault(row.text("poolid"), 0),
                            Clean.name(row.text("comment"))))
                    .sorted(Comparator.comparing(PoolLine::pool))
                    .toList();
            return Page.of("pools", PoolLine.class, rows, this)
                    .sortedBy("pool")
                    .page(Window.at(cursor), PoolLine::pool);
        }

        private Pool one(ToolContext ctx, String id) {
            var found = Form.of(ctx).read(ctx, id);
            var members = new LinkedHashMap<String, Member>();
            for (var row : Fields.list(found.raw("members"))) {
                var member = member(row);
                // A storage has a row for each node.
                members.merge(
                        member.kind() + member.member(),
                        member,
                        (one, other) -> new Member(
                                one.member(), one.kind(), one.name(), one.status(), one.nodes() + " " + other.nodes()));
            }
            var rows = List.copyOf(members.values());
            var page = Page.of("members", Member.class, rows, this)
                    .counting("kind", Member::kind)
                    .page(Window.at(cursor), row -> row.kind() + row.member());
            return new Pool(Clean.name(id), Clean.name(found.text("comment")), page);
        }

        private static Member member(Fields row) {
            boolean storage = row.text("type").equals("storage");
            var kind = storage ? "storage" : row.text("type").equals("lxc") ? "container" : "vm";
            return new Member(
                    Clean.name(storage ? row.text("storage") : row.text("vmid")),
                    kind,
                    Clean.name(row.text("name")),
                    Clean.name(row.text("status")),
                    Clean.name(row.text("node")));
        }
    }

    enum Action {
        CREATE,
        CHANGE,
        ADD,
        REMOVE,
        DELETE
    }

    record Change(
            @Doc(value = "Parent/child where nested", obvious = true)
            String pool,

            @Doc(value = "change: its comment", obvious = true)
            Action action,

            @Doc(value = "Members", obvious = true) List<GuestRef> guests,
            @Doc(value = "Members", obvious = true) List<String> storages,
            @Doc(value = "Its comment", obvious = true) Optional<String> comment,

            @Doc(value = "Out of another pool", obvious = true)
            boolean move)
            implements Call<Outcome>, OnSeveral, OnPath {
        Change {
            guests = List.copyOf(guests);
            storages = List.copyOf(storages);
            boolean members = !guests.isEmpty() || !storages.isEmpty();
            boolean wanted = action == Action.ADD || action == Action.REMOVE;
            if (wanted && !members) {
                throw new IllegalArgumentException(
                        "argument 'guests' or 'storages': needed for '%s'".formatted(Word.of(action)));
            }
            if (members && !wanted && action != Action.CREATE) {
                throw new IllegalArgumentException("'%s' takes no members".formatted(Word.of(action)));
            }
            if (action == Action.CHANGE && comment.isEmpty()) {
                throw new IllegalArgumentException("argument 'comment': needed for 'change'");
            }
        }

        @Override
        public Verb verb() {
            return switch (action) {
                case CREATE -> Verb.POST;
                case CHANGE, ADD, REMOVE -> Verb.PUT;
                case DELETE -> Verb.DELETE;
            };
        }

        /// In the older form, which every release knows; nested pools came with the newer one.
        @Override
        public String path() {
            var form = pool.indexOf('/') >= 0 || action == Action.CREATE ? Form.BY_PARAMETER : Form.BY_PATH;
            return action == Action.CREATE ? "/pools" : form.path(pool);
        }

        @Override
        public Json.Obj params() {
            var params = Json.obj("poolid", pool);
            return storages.isEmpty() ? params : params.with("storage", String.join(",", storages));
        }

        @Override
        public Outcome run(ToolContext ctx) {
            var form = Form.of(ctx);
            var members = members(ctx);
            var steps = new Steps(ctx, Outcome.LONGEST, 2);
            if (action == Action.CREATE) {
                steps.ask("create the pool", Verb.POST, "/pools", commented(Json.obj("poolid", pool)));
                if (members.isEmpty()) {
                    return Outcome.DONE;
                }
                steps.leaving("the pool is there; pve_pool_set action=add puts members into it");
                steps.ask("add its members", Verb.PUT, form.path(pool), form.params(pool, members));
                return Outcome.DONE;
            }
            var params = action == Action.DELETE ? Json.Obj.EMPTY : commented(members);
            steps.ask(Word.of(action), verb(), form.path(pool), form.params(pool, params));
            return Outcome.DONE;
        }

        private Json.Obj commented(Json.Obj params) {
            return comment.map(text -> params.with("comment", text)).orElse(params);
        }

        private Json.Obj members(ToolContext ctx) {
            var params = Json.Obj.EMPTY;
            if (!guests.isEmpty()) {
                var ids = guests.stream()
                        .map(guest -> Integer.toString(ctx.pve().guest(guest).vmid()))
                        .toList();
                params = params.with("vms", String.join(",", ids));
            }
            if (!storages.isEmpty()) {
                params = params.with("storage", String.join(",", storages));
            }
            if (action == Action.REMOVE) {
                params = params.with("delete", 1);
            }
            return move ? params.with("allow-move", 1) : params;
        }
    }

    /// How one pool is named in a request. PVE 8.1 brought the parameter, which nested pools need; 9 still takes the
    /// older form, but says it is going (PVE::API2::Pool).
    private enum Form {
        BY_PARAMETER,
        BY_PATH;

        static Form of(ToolContext ctx) {
            return Operations.find(ctx.schema(), Verb.PUT, "/pools").isPresent() ? BY_PARAMETER : BY_PATH;
        }

        String path(String pool) {
            return this == BY_PARAMETER ? "/pools" : ApiPath.of("/pools/{poolid}", pool);
        }

        Json.Obj params(String pool, Json.Obj others) {
            return this == BY_PARAMETER ? others.with("poolid", pool) : others;
        }

        Fields read(ToolContext ctx, String pool) {
            var data = ctx.pve().data(Verb.GET, path(pool), params(pool, Json.Obj.EMPTY));
            return this == BY_PARAMETER ? Fields.list(data).getFirst() : Fields.of(data);
        }
    }
}
