package pvemcp.dispatch;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import pvemcp.audit.Entry;
import pvemcp.audit.Ledger;
import pvemcp.json.Json;
import pvemcp.text.Word;
import pvemcp.tool.ToolResult;
import pvemcp.view.Clean;

/// Finds in the audit log what a call replaced, and what would bring it back as things stand now.
final class Recall {
    private final Ledger ledger;
    private final String principal;

    /// @param principal whose calls may be taken back
    Recall(Ledger ledger, String principal) {
        this.ledger = ledger;
        this.principal = principal;
    }

    /// The end of the call that this line is of, or of the last one that changed something.
    Optional<Entry> end(Optional<Integer> line) throws IOException {
        var found = ledger.last(
                1,
                entry -> entry.event().equals("end")
                        && entry.fields().has("undo")
                        && entry.call().text("principal").equals(Optional.of(principal))
                        && isMeant(entry, line));
        return found.stream().findFirst();
    }

    private static boolean isMeant(Entry entry, Optional<Integer> line) {
        if (line.isEmpty()) {
            return entry.fields().text("result").equals(Optional.of("done"));
        }
        long number = line.get();
        return entry.seq() == number || entry.fields().whole("begin").equals(Optional.of(number));
    }

    /// What takes it back, as the arguments of [pvemcp.tool.Undoes#inverse]; or why nothing does.
    sealed interface Found {
        record Inverse(Json.Obj arguments) implements Found {}

        record Nothing(ToolResult.Failed why) implements Found {}
    }

    static Found inverse(Entry end, Context looking) {
        var undo = end.fields().object("undo").orElse(Json.Obj.EMPTY);
        var part = Part.named(undo.text("kind").orElse(""), undo.text("path").orElse(""));
        if (part.isEmpty()) {
            return nothing(end, undo.text("none").orElse("what it replaced is not known"));
        }
        var was = undo.object("was").orElse(Json.Obj.EMPTY);
        var now = undo.object("now").orElse(Json.Obj.EMPTY);
        var current = part.get().look(looking.wire(), looking.schema());
        var moved = new ArrayList<String>();
        for (var name : Changes.between(was, now)) {
            boolean counts = !name.equals("digest");
            if (counts && !current.get(name).equals(now.get(name))) {
                moved.add("%s was left at %s and is now %s"
                        .formatted(Clean.name(name), shown(now, name), shown(current, name)));
            }
        }
        if (!moved.isEmpty()) {
            return new Found.Nothing(new ToolResult.Failed(
                    "moved_on",
                    "line %d is not taken back, things have changed since: %s"
                            .formatted(end.seq(), String.join("; ", moved)),
                    "look at it as it is, and decide anew what it should be"));
        }
        return switch (part.get().back(was, now, current, looking.schema())) {
            case Part.Way.None(var why) -> nothing(end, why);
            case Part.Way.Request(var verb, var path, var params) ->
                new Found.Inverse(Json.obj(
                        "method", Word.of(verb), "path", path, "params", params, "summary", summary(end, was, now)));
        };
    }

    private static Found nothing(Entry end, String why) {
        return new Found.Nothing(new ToolResult.Failed(
                "no_inverse",
                "line %d (%s) cannot be taken back: %s"
                        .formatted(end.seq(), end.call().text("tool").orElse("?"), Clean.line(why)),
                "a snapshot or a backup from before is the way back, where there is one"));
    }

    private static String summary(Entry end, Json.Obj was, Json.Obj now) {
        var parts = new ArrayList<String>();
        for (var name : Changes.between(was, now)) {
            if (!name.equals("digest") && !name.equals("rules")) {
                parts.add("%s %s → %s".formatted(Clean.name(name), shown(now, name), shown(was, name)));
            }
        }
        var targets = end.call().get("targets").orElse(Json.Arr.EMPTY) instanceof Json.Arr(var items)
                ? items.stream().map(item -> item.scalarText().orElse("")).toList()
                : List.<String>of();
        var what = parts.isEmpty() ? "" : ": " + String.join(", ", parts);
        return Clean.line("take back line %d, %s on %s%s"
                .formatted(end.seq(), end.call().text("tool").orElse("?"), String.join(", ", targets), what));
    }

    private static String shown(Json.Obj state, String name) {
        return state.get(name)
                .map(value -> Clean.name(value.scalarText().orElseGet(value::write)))
                .orElse("not set");
    }
}
