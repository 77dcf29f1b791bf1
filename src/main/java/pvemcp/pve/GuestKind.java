package pvemcp.pve;

/// The two kinds of guest.
public enum GuestKind {
    VM("qemu"),
    CONTAINER("lxc");

    private final String segment;

    GuestKind(String segment) {
        this.segment = segment;
    }

    /// What it is called in paths: `qemu` or `lxc`.
    public String segment() {
        return segment;
    }
}
