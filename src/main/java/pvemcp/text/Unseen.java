package pvemcp.text;

/// Characters that nobody sees where they stand: they steer, hide, turn the reading direction round, or take no room.
public final class Unseen {
    private Unseen() {}

    /// @param c a code point
    public static boolean is(int c) {
        return switch (Character.getType(c)) {
            // C0, C1 and DEL; bidi controls, zero-width characters and tag characters; halves of a pair; private use
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED -> true;
            default -> isFiller(c);
        };
    }

    /// Letters and marks that take no room: variation selectors, Hangul fillers, the combining grapheme joiner.
    private static boolean isFiller(int c) {
        return (c >= 0xFE00 && c <= 0xFE0F)
                || (c >= 0xE0100 && c <= 0xE01EF)
                || c == 0x034F
                || c == 0x115F
                || c == 0x1160
                || c == 0x17B4
                || c == 0x17B5
                || c == 0x3164
                || c == 0xFFA0
                || (c >= 0x180B && c <= 0x180F);
    }
}
