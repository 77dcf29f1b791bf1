package pvemcp.sim.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import pvemcp.json.Json;
import pvemcp.schema.Operation;

/// Compares a reply with what PVE's schema says that its operation returns. PVE itself never does.
public final class Replies {
    /// Where a recorded 9.2 answers otherwise than its own schema says (recordings s04 and s08).
    private static final Set<String> OTHERWISE = Set.of(
            "GET /cluster/mapping/dir data[].description",
            "GET /cluster/mapping/pci data[].description",
            "GET /cluster/mapping/usb data[].description",
            "GET /cluster/mapping/usb data[].error",
            "GET /cluster/options data.registered-tags",
            "GET /cluster/sdn/fabrics/all data.fabrics[].id",
            "GET /cluster/sdn/fabrics/all data.fabrics[].protocol");

    private static final Pattern INTEGER = Pattern.compile("-?\\d+");
    private static final Pattern NUMBER = Pattern.compile("-?[\\d.Ee+-]+");
    private static final Pattern BOOLEAN = Pattern.compile("0|1|true|false");

    private final Operation operation;
    private final List<String> differences = new ArrayList<>();

    private Replies(Operation operation) {
        this.operation = operation;
    }

    /// What is not as declared, each with its place, such as `data[].vmid is missing`.
    public static List<String> differences(Operation operation, Json data) {
        var replies = new Replies(operation);
        operation.facts().object("returns").ifPresent(returns -> replies.check("data", returns, data));
        return replies.differences;
    }

    private void check(String where, Json.Obj declared, Json value) {
        if (value instanceof Json.Null) {
            return; // What Perl does not define is null, whatever the type.
        }
        var type = declared.text("type").orElse("any");
        if (!fits(type, declared, value)) {
            differ(where, "is no %s: %s".formatted(type, value.write()));
            return;
        }
        var words = declared.array("enum").orElse(Json.Arr.EMPTY).items();
        if (!words.isEmpty()
                && words.stream().noneMatch(word -> word.scalarText().equals(value.scalarText()))) {
            differ(where, "is none of %s: %s".formatted(new Json.Arr(words).write(), value.write()));
        }
        switch (value) {
            case Json.Arr(var items) ->
                declared.object("items").ifPresent(each -> items.forEach(item -> check(where + "[]", each, item)));
            case Json.Obj object ->
                declared.object("properties").ifPresent(properties -> members(where, properties, object));
            case Json.Null _, Json.Bool _, Json.Num _, Json.Str _ -> {}
        }
    }

    private void members(String where, Json.Obj properties, Json.Obj object) {
        properties.members().forEach((name, type) -> {
            var declared = (Json.Obj) type;
            var member = object.get(name);
            if (member.isPresent()) {
                check(where + "." + name, declared, member.get());
            } else if (!isOptional(declared)) {
                differ(where + "." + name, "is missing");
            }
        });
    }

    /// Where a member has several forms, by its `protocol` for instance, each says for itself.
    private static boolean isOptional(Json.Obj declared) {
        return declared.flag("optional").orElse(false)
                || declared.array("oneOf").orElse(Json.Arr.EMPTY).items().stream()
                        .anyMatch(form -> ((Json.Obj) form).flag("optional").orElse(false));
    }

    private void differ(String where, String how) {
        if (!OTHERWISE.contains(operation + " " + where)) {
            differences.add(where + " " + how);
        }
    }

    private boolean fits(String type, Json.Obj declared, Json value) {
        return switch (type) {
            case "array" -> value instanceof Json.Arr;
            case "object" -> value instanceof Json.Obj;
            case "integer" -> isWord(value, INTEGER);
            case "number" -> isWord(value, NUMBER);
            case "boolean" -> isWord(value, BOOLEAN);
            // A real 9.2 answers some property strings taken apart, such as fleecing of vzdump/defaults (recording
            // s03) and next-id of cluster/options (s04, PVE::DataCenterConfig).
            case "string" -> value.scalarText().isPresent() || (value instanceof Json.Obj && isTakenApart(declared));
            default -> true;
        };
    }

    private boolean isTakenApart(Json.Obj declared) {
        return declared.has("format") || operation.path().equals("/cluster/options");
    }

    private static boolean isWord(Json value, Pattern words) {
        return value.scalarText().filter(text -> words.matcher(text).matches()).isPresent();
    }
}
