package pvemcp.tools.network;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.pve.Fields;
import pvemcp.pve.Verb;
import pvemcp.text.Word;
import pvemcp.tool.BadArguments;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.Planned;
import pvemcp.tool.Preview;
import pvemcp.tool.ToolContext;

/// A rule that is added, changed, moved or deleted.
record FirewallRuleChange(
        FirewallScope scope,
        @Doc(value = "What to do", obvious = true) Action action,

        @Doc(value = "Its position; for add: where, default first", min = 0, obvious = true)
        Optional<Integer> pos,

        @Doc(value = "For move", min = 0, obvious = true) Optional<Integer> to,

        @Doc("type (in, out, forward, group), action, macro, proto, dport, source, dest, enable")
        Json.Obj rule,

        @Doc(value = "Keys to take off", obvious = true) List<String> unset,

        @Doc(value = "Digest of the rules as you saw them", obvious = true)
        Optional<String> digest)
        implements Call<FirewallRuleChange.Changed>, FirewallChanges, Planned {
    record Changed(String outcome, String of, List<FirewallRule> rules) {}

    private record Step(Verb verb, String below, Json.Obj params) {}

    @Override
    public Preview preview(ToolContext ctx) {
        var door = scope.door(ctx);
        var rows = rows(door);
        var lines = new ArrayList<String>();
        steps(door, rows)
                .forEach(step -> lines.add("%s %s%s%s"
                        .formatted(
                                step.verb(),
                                door.path(),
                                step.below(),
                                step.params().isEmpty()
                                        ? ""
                                        : " " + step.params().write())));
        var warnings = new ArrayList<String>();
        if (scope.guardsNodes()) {
            var now = LockOut.now(ctx, scope);
            var after = new ArrayList<>(now.rules());
            apply(after);
            warnings.addAll(now.warnings(now.with(after)));
        }
        if (action == Action.ADD && !enabled()) {
            warnings.add("the new rule is off until enable=1");
        }
        var what = "%s a firewall rule of %s".formatted(Word.of(action), door);
        return new Preview(what, lines, warnings);
    }

    @Override
    public Changed run(ToolContext ctx) {
        var door = scope.door(ctx);
        for (var step : steps(door, rows(door))) {
            var params = step.params();
            if (params.text("digest").orElse("").equals(FRESH)) {
                params = params.with("digest", digestOf(door.ruleRows()));
            }
            door.send(step.verb(), step.below(), params);
        }
        return new Changed(
                outcome(),
                door.toString(),
                door.ruleRows().stream().map(FirewallRule::of).toList());
    }

    // Stands for the digest that the step before leaves behind.
    private static final String FRESH = "(as the step before leaves it)";

    private String outcome() {
        return switch (action) {
            case ADD -> enabled() ? "added, and on" : "added, but off: change it with enable=1";
            case CHANGE -> "changed";
            case MOVE -> "moved";
            case DELETE -> "deleted; the rules behind it have moved up";
        };
    }

    private boolean enabled() {
        return rule.whole("enable").orElseGet(() -> rule.flag("enable").orElse(false) ? 1L : 0L) > 0;
    }

    /// The rules as they are, where they are still the ones the caller saw.
    private List<Fields> rows(FirewallScope.Door door) {
        var rows = door.ruleRows();
        var now = digestOf(rows);
        if (digest.isPresent() && !digest.get().equals(now)) {
            throw new BadArguments(List.of(
                    "argument 'digest': the rules have changed since; pve_firewall_get shows them as they are"));
        }
        if (action != Action.ADD && position() >= rows.size()) {
            throw new BadArguments(List.of(
                    "argument 'pos': there is no rule %d; %s has %d, from 0".formatted(position(), door, rows.size())));
        }
        if (action == Action.ADD && pos.orElse(0) > rows.size()) {
            throw new BadArguments(List.of("argument 'pos': at most %d, behind the last rule".formatted(rows.size())));
        }
        return rows;
    }

    private static String digestOf(List<Fields> rows) {
        return rows.isEmpty() ? "" : rows.getFirst().text("digest");
    }

    private int position() {
        return pos.orElseThrow(() -> new BadArguments(List.of("missing argument 'pos' (which rule, from 0)")));
    }

    private int target() {
        return to.orElseThrow(() -> new BadArguments(List.of("missing argument 'to' (its new position)")));
    }

    private List<Step> steps(FirewallScope.Door door, List<Fields> rows) {
        var digested = rows.isEmpty() ? Json.Obj.EMPTY : Json.obj("digest", digestOf(rows));
        return switch (action) {
            case ADD -> adding(door);
            case CHANGE -> {
                var params = rule;
                if (!unset.isEmpty()) {
                    params = params.with("delete", String.join(",", unset));
                }
                if (params.isEmpty()) {
                    throw new BadArguments(List.of("arguments 'rule', 'unset': name what is to change"));
                }
                yield List.of(new Step(Verb.PUT, at(door, position()), params.with("digest", digestOf(rows))));
            }
            // PVE inserts before that index, counted with the rule still in its old place.
            case MOVE ->
                List.of(new Step(
                        Verb.PUT,
                        at(door, position()),
                        digested.with("moveto", target() <= position() ? target() : target() + 1)));
            case DELETE -> List.of(new Step(Verb.DELETE, at(door, position()), digested));
        };
    }

    /// PVE puts every new rule first. One that belongs elsewhere stays off until it is there.
    private List<Step> adding(FirewallScope.Door door) {
        if (!rule.has("type") || !rule.has("action")) {
            throw new BadArguments(
                    List.of(
                            "argument 'rule': needs type and action, such as {\"type\":\"in\",\"action\":\"ACCEPT\",\"macro\":\"SSH\"}"));
        }
        int place = pos.orElse(0);
        var steps = new ArrayList<Step>();
        steps.add(new Step(Verb.POST, door.rules(), rule.with("enable", enabled() && place == 0 ? 1 : 0)));
        if (place > 0) {
            steps.add(new Step(Verb.PUT, at(door, 0), Json.obj("moveto", place + 1, "digest", FRESH)));
            if (enabled()) {
                steps.add(new Step(Verb.PUT, at(door, place), Json.obj("enable", 1, "digest", FRESH)));
            }
        }
        return steps;
    }

    private static String at(FirewallScope.Door door, int position) {
        return door.rules() + "/" + position;
    }

    /// Does to a list of rules what the call would do.
    private void apply(List<Json.Obj> rules) {
        switch (action) {
            case ADD -> rules.add(pos.orElse(0), rule.with("enable", enabled() ? 1 : 0));
            case CHANGE -> {
                var changed = rules.get(position());
                for (var name : unset) {
                    changed = changed.without(name);
                }
                rules.set(position(), changed.with(rule));
            }
            case MOVE -> rules.add(Math.min(target(), rules.size() - 1), rules.remove(position()));
            case DELETE -> rules.remove(position());
        }
    }

    enum Action {
        ADD,
        CHANGE,
        MOVE,
        DELETE
    }
}
