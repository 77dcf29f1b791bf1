package pvemcp.pve;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import pvemcp.pve.Resource.GuestRow;
import pvemcp.text.Nearest;

/// Finds the guest that is meant among those there are.
final class Guests {
    private static final int SUGGESTIONS = 3;

    private Guests() {}

    /// An id is unique in a cluster, so it wins over a guest that has it for its name.
    ///
    /// @throws PveException with [PveFault.Ambiguity] where a name fits several, [PveFault.Missing] where
    ///     nothing fits
    static GuestRow find(GuestRef ref, List<GuestRow> guests) {
        int slash = ref.text().indexOf('/');
        var node = slash < 0 ? "" : ref.text().substring(0, slash);
        var id = ref.text().substring(slash + 1);
        var near = guests.stream()
                .filter(guest -> node.isEmpty() || guest.node().equals(node))
                .toList();
        for (var guest : near) {
            if (Integer.toString(guest.vmid()).equals(id)) {
                return guest;
            }
        }
        var named = near.stream().filter(guest -> guest.name().equals(id)).toList();
        if (named.size() > 1) {
            throw new PveException(new PveFault.Ambiguity(
                    ref.text(), named.stream().map(GuestRow::id).sorted().toList()));
        }
        if (named.isEmpty()) {
            throw missing(ref, node, id, guests);
        }
        return named.getFirst();
    }

    private static PveException missing(GuestRef ref, String node, String id, List<GuestRow> guests) {
        var elsewhere = guests.stream()
                .filter(guest -> !node.isEmpty()
                        && (guest.name().equals(id)
                                || Integer.toString(guest.vmid()).equals(id)))
                .map(GuestRow::id)
                .toList();
        if (!elsewhere.isEmpty()) {
            return new PveException(new PveFault.Missing(
                    "guest " + ref, "no guest '%s': it is %s".formatted(ref, String.join(", ", elsewhere))));
        }
        var similar = similar(id, guests);
        return new PveException(new PveFault.Missing(
                "guest " + ref,
                "no guest '%s'%s"
                        .formatted(
                                ref, similar.isEmpty() ? "" : " (did you mean " + String.join(", ", similar) + "?)")));
    }

    private static List<String> similar(String id, List<GuestRow> guests) {
        record Near(String name, int errors) {}
        var near = new ArrayList<Near>();
        for (var guest : guests) {
            int errors = Nearest.errors(id, guest.name());
            if (!guest.name().isEmpty() && errors <= Nearest.most(id)) {
                near.add(new Near("%s (%d)".formatted(guest.name(), guest.vmid()), errors));
            }
        }
        near.sort(Comparator.comparingInt(Near::errors).thenComparing(Near::name));
        return near.stream().limit(SUGGESTIONS).map(Near::name).toList();
    }
}
