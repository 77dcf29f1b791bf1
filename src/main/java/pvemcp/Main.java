package pvemcp;

/// Where the big pieces meet.
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.err.println("pve-mcp");
    }
}
