package pvemcp.tools.monitor;

import static pvemcp.tool.Tool.execute;
import static pvemcp.tool.Tool.read;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.pve.ApiPath;
import pvemcp.pve.Fields;
import pvemcp.pve.PveException;
import pvemcp.pve.PveFault;
import pvemcp.pve.Verb;
import pvemcp.text.Word;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.ToolContext;
import pvemcp.tool.Toolset;
import pvemcp.tools.common.ApiAnswer;
import pvemcp.tools.common.Entrusted;
import pvemcp.tools.common.Outcome;
import pvemcp.tools.common.Write;
import pvemcp.view.Clean;

/// Where Proxmox VE tells what happened, and which matchers decide what is told where.
public final class NotificationTools {
    public static final Toolset NOTIFICATIONS = Toolset.of(
            "notifications",
            "Notification targets and matchers",
            read("pve_notification_get", """
                    Show notification targets or matchers.""", NotificationGet.class),
            execute("pve_notification_set", """
                    Create, change, delete or test a notification target or matcher.""", NotificationSet.class));

    private static final String BASE = "/cluster/notifications";

    private NotificationTools() {}

    enum Shows {
        TARGETS,
        MATCHERS,
        FIELDS
    }

    record TargetLine(String name, String type, String state, String origin, String comment) {
        static TargetLine of(Fields row) {
            return new TargetLine(
                    Clean.name(row.text("name")),
                    Clean.name(row.text("type")),
                    row.flag("disable") ? "disabled" : "enabled",
                    Clean.name(row.text("origin")),
                    Clean.name(row.text("comment")));
        }
    }

    /// @param matches what a notification must be, all or any of it
    record MatcherLine(String name, String state, String targets, String matches, String origin, String comment) {
        static MatcherLine of(Fields row) {
            var rules = new ArrayList<String>();
            for (var kind : List.of("match-severity", "match-field", "match-calendar")) {
                items(row, kind).forEach(rule -> rules.add(kind.substring("match-".length()) + " " + rule));
            }
            var matches = rules.isEmpty()
                    ? "everything"
                    : (row.flag("invert-match") ? "not " : "")
                            + row.maybe("mode").orElse("all") + " of: " + String.join("; ", rules);
            return new MatcherLine(
                    Clean.name(row.text("name")),
                    row.flag("disable") ? "disabled" : "enabled",
                    Clean.line(String.join(", ", items(row, "target"))),
                    Clean.line(matches),
                    Clean.name(row.text("origin")),
                    Clean.name(row.text("comment")));
        }

        private static List<String> items(Fields row, String name) {
            var items = new ArrayList<String>();
            if (row.raw(name) instanceof Json.Arr(var all)) {
                all.forEach(item -> item.scalarText().ifPresent(items::add));
            }
            return items;
        }
    }

    record NotificationGet(
            @Doc(value = "Which", or = "targets", obvious = true)
            Shows what,

            @Doc(value = "Only this one, in full", obvious = true)
            Optional<String> name)
            implements Call<Object> {
        @Override
        public Object run(ToolContext ctx) {
            return switch (what) {
                case TARGETS -> name.isPresent() ? target(ctx, name.get()) : targets(ctx);
                case MATCHERS -> name.isPresent() ? matcher(ctx, name.get()) : matchers(ctx);
                case FIELDS -> fields(ctx);
            };
        }

        private static List<TargetLine> targets(ToolContext ctx) {
            return rows(ctx, "/targets").stream().map(TargetLine::of).toList();
        }

        private static List<MatcherLine> matchers(ToolContext ctx) {
            return rows(ctx, "/matchers").stream().map(MatcherLine::of).toList();
        }

        /// Only its kind's own list tells how a target is set up; secrets PVE keeps to itself.
        private static Object target(ToolContext ctx, String target) {
            var kind = rows(ctx, "/targets").stream()
                    .filter(row -> row.text("name").equals(target))
                    .findFirst()
                    .orElseThrow(() -> new PveException(new PveFault.Missing(
                            "notification target " + target, "target '%s' not found".formatted(target))));
            return ApiAnswer.of(
                    "notification target",
                    data(ctx, ApiPath.of("/endpoints/{kind}/{name}", kind.text("type"), target)),
                    List.of(),
                    0,
                    1);
        }

        private static Object matcher(ToolContext ctx, String matcher) {
            return ApiAnswer.of(
                    "notification matcher", data(ctx, ApiPath.of("/matchers/{name}", matcher)), List.of(), 0, 1);
        }

        /// Each field that a matcher can look at, with the values that are known.
        private static Object fields(ToolContext ctx) {
            var values = rows(ctx, "/matcher-field-values");
            var lines = new ArrayList<String>();
            for (var field : rows(ctx, "/matcher-fields")) {
                var known = values.stream()
                        .filter(row -> row.text("field").equals(field.text("name")))
                        .map(row -> row.text("value"))
                        .toList();
                lines.add(Clean.line("%s: %s".formatted(field.text("name"), String.join(", ", known))));
            }
            return lines;
        }

        private static List<Fields> rows(ToolContext ctx, String below) {
            return Fields.list(data(ctx, below));
        }

        private static Json data(ToolContext ctx, String below) {
            return ctx.pve().data(Verb.GET, BASE + below, Json.Obj.EMPTY);
        }
    }

    enum NotificationPart {
        SENDMAIL,
        GOTIFY,
        SMTP,
        WEBHOOK,
        MATCHER
    }

    enum NotificationAction {
        CREATE,
        CHANGE,
        DELETE,
        TEST
    }

    record NotificationSet(
            @Doc(value = "What it is", obvious = true) NotificationPart what,
            @Doc(value = "What to do", obvious = true) NotificationAction action,
            @Doc(value = "Its name", obvious = true) String name,

            @Doc("Such as mailto; token, password: secret:FILE")
            Json.Obj options)
            implements Write {
        @Override
        public Verb verb() {
            return switch (action) {
                case CREATE, TEST -> Verb.POST;
                case CHANGE -> Verb.PUT;
                case DELETE -> Verb.DELETE;
            };
        }

        @Override
        public String path() {
            if (action == NotificationAction.TEST) {
                return ApiPath.of(BASE + "/targets/{name}/test", name);
            }
            var list = what == NotificationPart.MATCHER ? BASE + "/matchers" : BASE + "/endpoints/" + Word.of(what);
            return action == NotificationAction.CREATE ? list : ApiPath.of(list + "/{name}", name);
        }

        @Override
        public Json.Obj params() {
            return action == NotificationAction.CREATE ? options.with("name", name) : options;
        }

        @Override
        public Outcome run(ToolContext ctx) {
            // Headers are no place for secrets: PVE shows them. They can name one: {{ secrets.KEY }}.
            var params = Entrusted.filled(ctx, params(), List.of("token", "password"));
            var outcome = send(ctx, Entrusted.valued(ctx, params, "secret"));
            return action == NotificationAction.TEST
                    ? new Outcome("sent, as far as PVE can tell", "", Optional.empty(), List.of(), "")
                    : outcome;
        }
    }
}
