package pvemcp.mcp;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import pvemcp.json.Json;

/// Headers out of any text, a line each: refused, or each of them stands there once.
public final class FuzzedHeaders {
    private static final Json.Obj PARAMS = Json.obj("name", "pve_health");

    private FuzzedHeaders() {}

    public static void take(String text) {
        var headers = new TreeMap<String, List<String>>(String.CASE_INSENSITIVE_ORDER);
        text.lines().forEach(line -> {
            int colon = line.indexOf(':');
            if (colon > 0) {
                headers.computeIfAbsent(line.substring(0, colon), _ -> new ArrayList<>())
                        .add(line.substring(colon + 1));
            }
        });
        var wrong = new HeaderRules(headers).check("tools/call", PARAMS);
        boolean whole = List.of(HeaderRules.VERSION, HeaderRules.METHOD, HeaderRules.NAME).stream()
                .allMatch(name -> headers.getOrDefault(name, List.of()).size() == 1);
        if (wrong.isEmpty() && !whole) {
            throw new IllegalStateException("taken though it says nothing or two things: " + headers);
        }
    }
}
