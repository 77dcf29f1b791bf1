package pvemcp.sim.replay;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import pvemcp.json.Json;

/// What the recorded values are called here: task ids, digests, tickets, names made of a time stamp.
///
/// Learned by laying recorded and live answers side by side, applied to the requests that follow.
final class Mapping {
    private static final Pattern UPID = Pattern.compile("UPID:[^:]+:[0-9A-F]{8}:[0-9A-F]{8,9}:[0-9A-F]{8}:.*:");
    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");
    private static final Pattern STAMP = Pattern.compile("\\d{4}_\\d\\d_\\d\\d-\\d\\d_\\d\\d_\\d\\d");
    private static final Pattern MASKED = Pattern.compile("TICKET|VNCTICKET|CSRF|VNCPASS|SECRET");

    private final Map<String, String> known = new LinkedHashMap<>();

    /// The value with its time stamps taken out, so that `vzdump-qemu-140-2026_11_21-04_16_02` is itself on any day.
    static String timeless(String value) {
        return STAMP.matcher(value).replaceAll("<stamp>");
    }

    /// Whether the text is a value that is different each time.
    static boolean isVolatile(String value) {
        return UPID.matcher(value).matches()
                || DIGEST.matcher(value).matches()
                || MASKED.matcher(value).matches();
    }

    void learn(String recorded, String live) {
        if (recorded.equals(live) || recorded.isEmpty()) {
            return;
        }
        boolean upids = UPID.matcher(recorded).matches() && UPID.matcher(live).matches();
        boolean digests =
                DIGEST.matcher(recorded).matches() && DIGEST.matcher(live).matches();
        if (upids || digests || MASKED.matcher(recorded).matches()) {
            known.put(recorded, live);
            return;
        }
        var ours = STAMP.matcher(live);
        var theirs = STAMP.matcher(recorded);
        if (timeless(recorded).equals(timeless(live))) {
            while (theirs.find() && ours.find()) {
                known.put(theirs.group(), ours.group());
            }
        }
    }

    void learnAs(String recorded, String live) {
        known.put(recorded, live);
    }

    String apply(String text) {
        var result = text;
        for (var entry : known.entrySet()) {
            if (result.contains(entry.getKey())) {
                result = result.replace(entry.getKey(), entry.getValue());
            }
        }
        return result;
    }

    /// The same for text in which reserved characters may be percent-encoded.
    String applyEncoded(String path) {
        var result = apply(path);
        for (var entry : known.entrySet()) {
            var encoded = encode(entry.getKey());
            if (result.contains(encoded)) {
                result = result.replace(encoded, encode(entry.getValue()));
            }
        }
        return result;
    }

    Json apply(Json json) {
        return switch (json) {
            case Json.Str(var value) -> Json.str(apply(value));
            case Json.Arr(var items) ->
                new Json.Arr(items.stream().map(this::apply).toList());
            case Json.Obj(var members) -> {
                var copy = new LinkedHashMap<String, Json>();
                members.forEach((name, value) -> copy.put(name, apply(value)));
                yield new Json.Obj(copy);
            }
            case Json.Null _, Json.Bool _, Json.Num _ -> json;
        };
    }

    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A");
    }
}
