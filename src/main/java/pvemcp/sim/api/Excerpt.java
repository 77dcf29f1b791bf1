package pvemcp.sim.api;

import java.util.ArrayList;
import java.util.List;
import pvemcp.json.Json;

/// A part of a file as rows of number and text (PVE::Tools::dump_logfile).
final class Excerpt {
    private Excerpt() {}

    /// The lines from `start`, at most `limit` of them, where 0 means all; the whole count goes beside the data.
    static Json of(Request request, List<String> lines, int defaultLimit) {
        request.beside("total", Json.num(lines.size()));
        long limit = request.whole("limit", defaultLimit);
        int start = (int) Math.min(lines.size(), request.whole("start", 0));
        int end = limit == 0 ? lines.size() : (int) Math.min(lines.size(), start + limit);
        var rows = new ArrayList<Json>();
        for (int i = start; i < end; i++) {
            rows.add(Json.obj("n", i + 1, "t", lines.get(i)));
        }
        return new Json.Arr(rows);
    }
}
