package pvemcp.lab;

/// How much of a campaign is run: a slice with each build, all of it with `-Pcampaign`, or as much of that as
/// `-Dcampaign.percent` says.
public final class Campaign {
    private Campaign() {}

    public static boolean isOn() {
        return Boolean.getBoolean("campaign");
    }

    public static int of(int slice, int whole) {
        return isOn() ? Math.max(slice, whole * Integer.getInteger("campaign.percent", 100) / 100) : slice;
    }

    /// Figures are asked for in a campaign.
    public static void report(String figures) {
        if (isOn()) {
            System.out.println(figures);
        }
    }
}
