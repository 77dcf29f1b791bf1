package pvemcp.tool;

/// What kind of thing an input is. Decides how it is declared to a client, what completes it, and what is said of it
/// where its own declaration says nothing.
public enum Kind {
    GUEST("string", "guest", "Guest: id, name or node/id"),
    NODE("string", "node", "Node name"),
    STORAGE("string", "storage", "Storage id"),
    POOL("string", "pool", "Pool id"),
    TASK("string", "task", "Task id (UPID)"),
    PATH("string", "path", "API path such as /nodes/pve1/qemu/101/config"),
    BYTES("string", "", "Size such as 32G"),
    DURATION("string", "", "Time span such as 90s, 5m or 1h"),
    COUNT("integer", "", "Whole number"),
    NUMBER("number", "", "Number"),
    FLAG("boolean", "", "true or false"),
    WORD("string", "", "One of the listed words"),
    WORDS("array", "", "List of words"),
    TEXT("string", "", "Text"),
    OBJECT("object", "", "Names and values"),
    CURSOR("string", "", "The 'next' of the page before"),
    TICKET("string", "", "Ticket of the held call");

    private final String json;
    private final String candidates;
    private final String doc;

    Kind(String json, String candidates, String doc) {
        this.json = json;
        this.candidates = candidates;
        this.doc = doc;
    }

    /// The JSON type of its values.
    String json() {
        return json;
    }

    /// The kind of name that completes it, as `Dispatcher.complete` takes it; empty where nothing does.
    public String candidates() {
        return candidates;
    }

    /// What such an input is, for those that do not say more.
    String doc() {
        return doc;
    }
}
