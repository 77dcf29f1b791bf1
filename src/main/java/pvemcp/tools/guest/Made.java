package pvemcp.tools.guest;

import pvemcp.tools.common.Outcome;

/// What became of a new guest.
///
/// @param guest as it can be named from now on
/// @param chosen what the caller had left open
record Made(String guest, String chosen, Outcome outcome, String next) implements OfTask {}
