package pvemcp.cli;

/// What comes of asking a person for a line.
sealed interface Typed {
    record Line(String text) implements Typed {}

    /// What stood there was given up (Ctrl-C).
    record GivenUp() implements Typed {}

    /// The person leaves (Ctrl-D, or the end of the input).
    record End() implements Typed {}
}
