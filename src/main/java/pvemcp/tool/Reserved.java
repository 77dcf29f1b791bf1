package pvemcp.tool;

import java.util.List;

/// The inputs that belong to the road and not to a tool: the dispatcher takes them out before a call is bound.
public final class Reserved {
    /// Say what would be done, and change nothing.
    public static final Param DRY_RUN = Param.optional(
                    "dry_run", Kind.FLAG, "Only say what would be done; changes nothing")
            .asObvious();

    /// The ticket of a held call, from a client that cannot ask its user.
    public static final Param CONFIRM = Param.optional(
                    "confirm", Kind.TICKET, "Ticket of the held answer, once the user agreed")
            .asObvious();

    /// Which cluster the call goes to, where there are several.
    public static final Param CLUSTER =
            Param.optional("cluster", Kind.TEXT, "Which cluster; lists and reports: default all");

    private Reserved() {}

    /// What every tool of this tier takes besides its own inputs.
    public static List<Param> of(Tier tier) {
        return tier == Tier.READ ? List.of() : List.of(DRY_RUN, CONFIRM);
    }
}
