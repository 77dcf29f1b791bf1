package pvemcp.json;

/// Text that is not one JSON value within the limits. The message says what and where, without quoting long input.
public final class JsonException extends RuntimeException {
    public JsonException(String message) {
        super(message);
    }
}
