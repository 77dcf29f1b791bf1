package pvemcp.gate;

import java.util.List;
import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.tool.Tier;

/// A call that waits for a yes: what the yes is for.
///
/// @param arguments in canonical form
/// @param targets as they were when the call was held, as closely as they can be told apart
public record Held(String principal, String tool, String cluster, Tier tier, Json.Obj arguments, List<Target> targets) {
    public Held {
        targets = List.copyOf(targets);
    }

    /// What makes it this call and no other, its targets' state aside.
    public Json.Obj call() {
        return Json.obj(
                "principal", principal, "tool", tool, "cluster", cluster, "tier", tier.name(), "arguments", arguments);
    }

    /// What a person types along with a yes to what destroys guests: the name of the guest, or how many they are.
    /// Empty where a yes is enough.
    public String typed() {
        if (tier != Tier.DESTROY) {
            return "";
        }
        var guests = targets.stream()
                .filter(target -> target.isGuest() && !target.aside() && !target.isNew())
                .toList();
        return switch (guests.size()) {
            case 0 -> "";
            case 1 ->
                Optional.of(guests.getFirst().name())
                        .filter(name -> !name.isEmpty())
                        .orElse(guests.getFirst().id());
            default -> guests.size() + " guests";
        };
    }

    /// What has become of the targets since they were as in `agreed`; empty where all is as it was.
    public List<String> differencesFrom(List<Target> agreed) {
        return Difference.between(agreed, targets);
    }
}
