package pvemcp.log;

/// The trace that a `traceparent` names (W3C Trace Context §3.2).
public final class TraceId {
    private static final int VERSION = 3;
    private static final int LENGTH = 32;

    private TraceId() {}

    /// 32 hexadecimal digits; empty for what is no `traceparent`.
    public static String of(String traceparent) {
        if (traceparent.length() < VERSION + LENGTH) {
            return "";
        }
        var id = traceparent.substring(VERSION, VERSION + LENGTH);
        for (int i = 0; i < LENGTH; i++) {
            char c = id.charAt(i);
            if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
                return "";
            }
        }
        return id;
    }
}
