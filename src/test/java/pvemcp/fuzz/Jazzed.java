package pvemcp.fuzz;

/// Where Jazzer comes in: it calls these by name.
public final class Jazzed {
    private static Grammar grammar = Grammar.JSON;

    private Jazzed() {}

    /// @param args the name of a [Grammar]
    public static void fuzzerInitialize(String[] args) {
        grammar = Grammar.valueOf(args[0]);
    }

    public static void fuzzerTestOneInput(byte[] data) {
        grammar.take(data);
    }
}
