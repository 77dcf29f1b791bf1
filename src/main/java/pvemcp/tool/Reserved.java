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

    /// Taken by every tool that does more than read, and in no schema: few need them, and all would pay for them.
    private static final List<Param> UNLISTED = List.of(
            Param.optional("destructive", Kind.FLAG, "It is known what is destroyed"),
            Param.optional("snapshot_first", Kind.FLAG, "Take a snapshot first of each guest that is changed"),
            Param.optional("without_backup", Kind.FLAG, "It may go though there is no backup that counts"));

    private Reserved() {}

    /// What every tool of this tier takes besides its own inputs.
    public static List<Param> of(Tier tier) {
        return tier == Tier.READ ? List.of() : List.of(DRY_RUN, CONFIRM);
    }

    /// What every tool of this tier takes without telling.
    public static List<Param> unlisted(Tier tier) {
        return tier == Tier.READ ? List.of() : UNLISTED;
    }
}
