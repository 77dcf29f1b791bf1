package pvemcp.cli;

/// What an output is shown on.
///
/// @param person whether somebody sits before it, who can also be asked
/// @param erases whether what stands there can be written over
/// @param colour whether it may have colours
/// @param width in columns; 0 where it has none
record Screen(boolean person, boolean erases, boolean colour, int width) {
    Screen withColour(boolean wanted) {
        return new Screen(person, erases, wanted, width);
    }
}
