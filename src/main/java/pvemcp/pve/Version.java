package pvemcp.pve;

/// The version of PVE on the node that answered: `9.2.11` of release `9.2`.
public record Version(String version, String release, String repoid) {
    /// As `/version` answers.
    public static Version from(Fields f) {
        return new Version(f.text("version"), f.text("release"), f.text("repoid"));
    }

    /// The first number, such as 9; 0 where there is none.
    int major() {
        return number(version.split("[.-]"), 0);
    }

    /// Whether it is `major.minor` or later.
    public boolean isAtLeast(int major, int minor) {
        var parts = version.split("[.-]");
        int first = number(parts, 0);
        return first > major || (first == major && number(parts, 1) >= minor);
    }

    private static int number(String[] parts, int index) {
        return index < parts.length && parts[index].matches("\\d{1,9}") ? Integer.parseInt(parts[index]) : 0;
    }

    @Override
    public String toString() {
        return version;
    }
}
