package pvemcp.mcp;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import pvemcp.dispatch.Dispatcher;
import pvemcp.tool.ToolResult;

/// Counts what a server over HTTP does, for Prometheus to fetch at `/metrics`. Safe for several threads.
public final class Metrics {
    /// Upper ends in seconds: from what is answered from memory to what waits for a task.
    private static final double[] BUCKETS = {0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300};

    /// The labels in their order of comparison, so that the same counts make the same page.
    private final Map<String, LongAdder> calls = new ConcurrentHashMap<>();

    private final Map<Integer, LongAdder> answers = new ConcurrentHashMap<>();
    private final AtomicLongArray durations = new AtomicLongArray(BUCKETS.length + 1);
    private final LongAdder nanos = new LongAdder();

    /// The same dispatcher, with its calls counted.
    public Dispatcher around(Dispatcher dispatcher) {
        return new Measured(dispatcher, this);
    }

    void called(String principal, String tool, ToolResult result, long took) {
        var outcome = switch (result) {
            case ToolResult.Done _ -> "outcome=\"done\",code=\"\"";
            case ToolResult.Held _ -> "outcome=\"held\",code=\"\"";
            case ToolResult.Refused refused -> "outcome=\"refused\",code=\"" + escaped(refused.rule()) + '"';
            case ToolResult.Failed failed -> "outcome=\"failed\",code=\"" + escaped(failed.code()) + '"';
        };
        called(principal, tool, outcome, took);
    }

    void broke(String principal, String tool, long took) {
        called(principal, tool, "outcome=\"failed\",code=\"bug\"", took);
    }

    private void called(String principal, String tool, String outcome, long took) {
        var labels = "principal=\"" + escaped(principal) + "\",tool=\"" + escaped(tool) + "\"," + outcome;
        calls.computeIfAbsent(labels, _ -> new LongAdder()).increment();
        nanos.add(took);
        int bucket = 0;
        while (bucket < BUCKETS.length && took > BUCKETS[bucket] * 1e9) {
            bucket++;
        }
        durations.incrementAndGet(bucket);
    }

    void answered(int status) {
        answers.computeIfAbsent(status, _ -> new LongAdder()).increment();
    }

    /// In the text format of Prometheus, version 0.0.4.
    ///
    /// @param underWay requests that are being served, this one included
    /// @param sessions of the older revisions that are open
    String page(int underWay, int sessions) {
        var page = new StringBuilder();
        head(page, "pve_mcp_tool_calls_total", "counter", "Tool calls that have ended, by how.");
        new TreeMap<>(calls).forEach((labels, count) -> row(page, "pve_mcp_tool_calls_total", labels, count.sum()));
        head(page, "pve_mcp_tool_call_seconds", "histogram", "How long tool calls took.");
        long sum = 0;
        for (int i = 0; i <= BUCKETS.length; i++) {
            sum += durations.get(i);
            var end = i == BUCKETS.length ? "+Inf" : number(BUCKETS[i]);
            row(page, "pve_mcp_tool_call_seconds_bucket", "le=\"" + end + '"', sum);
        }
        page.append("pve_mcp_tool_call_seconds_sum ").append(nanos.sum() / 1e9).append('\n');
        page.append("pve_mcp_tool_call_seconds_count ").append(sum).append('\n');
        head(page, "pve_mcp_http_answers_total", "counter", "Answers to HTTP requests, by status.");
        new TreeMap<>(answers)
                .forEach((status, count) ->
                        row(page, "pve_mcp_http_answers_total", "status=\"" + status + '"', count.sum()));
        gauge(page, "pve_mcp_http_requests_in_flight", "HTTP requests being served, streams included.", underWay);
        gauge(page, "pve_mcp_sessions", "Open sessions of the older revisions.", sessions);
        var memory = Runtime.getRuntime();
        gauge(page, "pve_mcp_heap_used_bytes", "Java heap in use.", memory.totalMemory() - memory.freeMemory());
        gauge(page, "pve_mcp_heap_max_bytes", "The largest the Java heap may become.", memory.maxMemory());
        return page.toString();
    }

    private static void gauge(StringBuilder page, String name, String help, long value) {
        head(page, name, "gauge", help);
        page.append(name).append(' ').append(value).append('\n');
    }

    private static void head(StringBuilder page, String name, String type, String help) {
        page.append("# HELP ").append(name).append(' ').append(help).append('\n');
        page.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    private static void row(StringBuilder page, String name, String labels, long value) {
        page.append(name).append('{').append(labels).append("} ").append(value).append('\n');
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    private static String escaped(String label) {
        return label.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
    }
}
