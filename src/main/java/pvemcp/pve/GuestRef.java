package pvemcp.pve;

/// A guest as somebody names it: its id (`101`), its name (`web`), or either with its node in front (`pve1/101`).
///
/// Names are not unique and guests move, so a reference is looked up on every call (`Pve.guest`).
///
/// @param text as it was written, without surrounding blanks
public record GuestRef(String text) {
    public GuestRef {
        text = text.strip();
        if (text.isEmpty()) {
            throw new IllegalArgumentException("a guest is named by its id, its name or node/id");
        }
    }

    @Override
    public String toString() {
        return text;
    }
}
