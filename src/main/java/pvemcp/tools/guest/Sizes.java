package pvemcp.tools.guest;

import pvemcp.pve.Bytes;

/// Sizes in the units in which PVE takes them.
final class Sizes {
    private Sizes() {}

    /// What is not a whole number is rounded up.
    static long gibi(Bytes size) {
        long gibi = 1L << 30;
        return (size.count() + gibi - 1) / gibi;
    }

    /// What is not a whole number is rounded down.
    static long mebi(Bytes size) {
        return size.count() >> 20;
    }
}
