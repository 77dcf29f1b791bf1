package pvemcp.cli;

/// Where the lines of a conversation come from, and what it is shown on.
interface Keyboard extends AutoCloseable {
    /// The next line.
    ///
    /// @param sign what stands before it
    Typed line(String sign);

    /// For what a line does: as wide as the screen is now.
    Console console();

    /// How many lines the screen has; 0 where it has no end.
    int height();

    /// What Ctrl-C does from now on, while no line is typed.
    void onInterrupt(Runnable action);

    @Override
    void close();
}
