package pvemcp.lab;

/// How much of a campaign is run: a slice with each build, all of it with `-Pcampaign`.
public final class Campaign {
    private Campaign() {}

    public static int of(int slice, int whole) {
        return Boolean.getBoolean("campaign") ? whole : slice;
    }

    /// Figures are asked for when all of it is run.
    public static void report(String figures) {
        if (Boolean.getBoolean("campaign")) {
            System.out.println(figures);
        }
    }
}
