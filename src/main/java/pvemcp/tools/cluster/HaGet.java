package pvemcp.tools.cluster;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import pvemcp.pve.Fields;
import pvemcp.pve.GuestRef;
import pvemcp.tool.Aim.OnSeveral;
import pvemcp.tool.Call;
import pvemcp.tool.Doc;
import pvemcp.tool.ToolContext;
import pvemcp.view.Clean;
import pvemcp.view.Units;

/// What HA manages, and how it is.
record HaGet(@Doc("Only this guest") Optional<GuestRef> guest) implements Call<HaGet.HaFacts>, OnSeveral {
    private static final int MOST = 40;

    /// @param more what is left out
    record HaFacts(
            String summary,
            List<ManagedLine> guests,
            String more,
            List<RuleLine> rules,
            List<ManagerLine> managers,
            String next) {}

    @Override
    public List<GuestRef> guests() {
        return guest.stream().toList();
    }

    @Override
    public HaFacts run(ToolContext ctx) {
        var wanted = guest.map(ref -> HaTools.sid(ctx.pve().guest(ref)));
        var status = ctx.pve().rows("/cluster/ha/status/current");
        var names = ctx.pve().guests().stream()
                .collect(Collectors.toMap(row -> row.vmid(), row -> row.name(), (one, _) -> one));
        var guests = status.stream()
                .filter(row -> row.text("type").equals("service"))
                .filter(row -> wanted.map(row.text("sid")::equals).orElse(true))
                .map(row -> ManagedLine.of(row, names.getOrDefault(vmid(row.text("sid")), "")))
                .sorted(Comparator.comparing(ManagedLine::isTroubled).reversed().thenComparing(ManagedLine::guest))
                .toList();
        var shown = guests.subList(0, Math.min(guests.size(), MOST));
        return new HaFacts(
                summary(status, guests, wanted),
                shown,
                shown.size() < guests.size()
                        ? "%d more, none of them in trouble: guest=… shows one".formatted(guests.size() - MOST)
                        : "",
                rules(ctx).stream()
                        .filter(rule -> wanted.map(sid ->
                                        List.of(rule.guests().split(" ", -1)).contains(sid))
                                .orElse(true))
                        .toList(),
                wanted.isPresent() ? List.of() : managers(status),
                next(status, guests));
    }

    private static int vmid(String sid) {
        return sid.matches("(vm|ct):\\d{1,9}") ? Integer.parseInt(sid.substring(3)) : 0;
    }

    private static List<RuleLine> rules(ToolContext ctx) {
        var lines = new ArrayList<RuleLine>();
        var groups = HaTools.groups(ctx);
        if (groups.isPresent()) {
            var resources = ctx.pve().rows(HaTools.RESOURCES);
            groups.get().forEach(row -> lines.add(RuleLine.ofGroup(row, resources)));
        } else {
            ctx.pve().rows(HaTools.RULES).forEach(row -> lines.add(RuleLine.ofRule(row)));
        }
        return lines;
    }

    private static List<ManagerLine> managers(List<Fields> status) {
        return status.stream()
                .filter(row -> Set.of("quorum", "fencing", "master", "lrm").contains(row.text("type")))
                .map(row -> new ManagerLine(
                        Clean.name(row.text("type")), Clean.name(row.text("node")), Clean.line(row.text("status"))))
                .toList();
    }

    private static String summary(List<Fields> status, List<ManagedLine> guests, Optional<String> wanted) {
        if (wanted.isPresent() && guests.isEmpty()) {
            return "%s is not under HA".formatted(wanted.get());
        }
        var counts = new TreeMap<String, Integer>();
        guests.forEach(line -> counts.merge(line.state(), 1, Integer::sum));
        var states = counts.entrySet().stream()
                .map(entry -> "%d %s".formatted(entry.getValue(), entry.getKey()))
                .collect(Collectors.joining(", "));
        var quorum = HaTools.named(status, "type", "quorum")
                .map(row -> row.flag("quorate"))
                .orElse(false);
        return "%s%s; %s%s"
                .formatted(
                        Units.some(guests.size(), "guests under HA"),
                        states.isEmpty() ? "" : ": " + states,
                        quorum ? "quorate" : "NO QUORUM: HA can do nothing",
                        isDisarmed(status) ? "; DISARMED: HA does nothing" : "");
    }

    private static boolean isDisarmed(List<Fields> status) {
        return HaTools.named(status, "type", "fencing")
                .map(row -> row.text("armed-state").startsWith("disarm"))
                .orElse(false);
    }

    private static String next(List<Fields> status, List<ManagedLine> guests) {
        if (isDisarmed(status)) {
            return "pve_api_write POST /cluster/ha/status/arm-ha lets HA act again";
        }
        return guests.stream()
                .filter(ManagedLine::isTroubled)
                .findFirst()
                .map(line -> "pve_why tells what is wrong; after mending it, pve_ha_guest_set state=disabled clears an"
                        + " error and state=started tries again")
                .orElse("");
    }

    // ---- get ----

    /// @param state what HA has made of it, such as `started`, `fence`, `error`
    /// @param wanted what it is asked to make of it
    record ManagedLine(
            String guest, String node, String state, String wanted, String limits, String group, String comment) {
        static ManagedLine of(Fields row, String name) {
            return new ManagedLine(
                    name.isEmpty() ? row.text("sid") : "%s (%s)".formatted(Clean.name(name), row.text("sid")),
                    Clean.name(row.text("node")),
                    Clean.name(row.text("state")),
                    Clean.name(row.text("request_state")),
                    "restart %d, relocate %d"
                            .formatted(
                                    row.whole("max_restart").orElse(1L),
                                    row.whole("max_relocate").orElse(1L)),
                    Clean.name(row.text("group")),
                    Clean.name(row.text("comment")));
        }

        /// Whether it is neither as it is wanted nor on the way there.
        boolean isTroubled() {
            return Set.of("error", "fence", "recovery", "freeze").contains(state);
        }
    }

    record ManagerLine(String what, String node, String status) {}

    /// @param what `on nodes`, `together`, `apart`, or `group`
    record RuleLine(
            String name, String what, String guests, String nodes, boolean strict, boolean enabled, String comment) {
        static RuleLine ofRule(Fields row) {
            var what = row.text("type").equals("node-affinity")
                    ? "on nodes"
                    : row.text("affinity").equals("negative") ? "apart" : "together";
            return new RuleLine(
                    Clean.name(row.text("rule")),
                    what,
                    Clean.name(String.join(" ", row.listed("resources"))),
                    Clean.name(String.join(" ", row.listed("nodes"))),
                    row.flag("strict"),
                    !row.flag("disable"),
                    Clean.name(row.text("comment")));
        }

        static RuleLine ofGroup(Fields row, List<Fields> resources) {
            var name = row.text("group");
            return new RuleLine(
                    Clean.name(name),
                    "group",
                    resources.stream()
                            .filter(resource -> resource.text("group").equals(name))
                            .map(resource -> resource.text("sid"))
                            .collect(Collectors.joining(" ")),
                    Clean.name(String.join(" ", row.listed("nodes"))),
                    row.flag("restricted"),
                    true,
                    Clean.name(row.text("comment")));
        }
    }
}
