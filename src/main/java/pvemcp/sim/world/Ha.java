package pvemcp.sim.world;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import pvemcp.sim.SimError;
import pvemcp.sim.state.Fields;
import pvemcp.sim.state.Form;
import pvemcp.sim.state.HasFields;

/// High availability: the guests it looks after and the rules it keeps. Mutable; the simulator's lock guards it.
public final class Ha implements HasFields {
    public final SequencedMap<String, HaResource> resources = new TreeMap<>();
    /// rules.cfg by name, in order: the parameters as text, `type` among them.
    public final SequencedMap<String, SequencedMap<String, String>> rules = new LinkedHashMap<>();
    /// groups.cfg by name, as clusters of PVE 8 have it; absent where groups have been turned into rules.
    public Optional<SequencedMap<String, SequencedMap<String, String>>> groups = Optional.empty();
    /// `freeze` or `ignore` while HA is disarmed; empty while it is armed.
    public String disarmed = "";

    /// Puts a guest under HA that has been so for a while.
    ///
    /// @param sid `vm:100` or `ct:101`
    public HaResource manage(String sid) {
        return resources.computeIfAbsent(sid, HaResource::new);
    }

    public static String sid(Guest guest) {
        return (guest.isContainer() ? "ct:" : "vm:") + guest.vmid();
    }

    /// What HA has of a guest, whether it acts on it or not.
    public Optional<HaResource> of(Guest guest) {
        return Optional.ofNullable(resources.get(sid(guest)));
    }

    /// The guest where its power and moves are HA's to decide.
    public Optional<HaResource> managed(Guest guest) {
        return of(guest).filter(HaResource::isManaged);
    }

    /// PVE::QemuServer and PVE::LXC, destroy
    public void requireForgettable(Guest guest, boolean purge) {
        if (!purge && of(guest).isPresent()) {
            throw new SimError("unable to remove %s %d - used in HA resources and purge parameter not set."
                    .formatted(guest.noun(), guest.vmid()));
        }
    }

    /// Takes a guest out of resources and rules; a rule that is left with none goes too.
    public void forget(String sid) {
        resources.remove(sid);
        rules.values()
                .forEach(rule -> rule.computeIfPresent(
                        "resources",
                        (_, sids) -> String.join(
                                ",",
                                Arrays.stream(sids.split(",", -1))
                                        .filter(other -> !other.equals(sid))
                                        .toList())));
        rules.values().removeIf(rule -> rule.getOrDefault("resources", "").isEmpty());
    }

    @Override
    public void fields(Fields fields) {
        fields.map("resources", resources, HaResource.FORM);
        fields.map("rules", rules, Form.TEXTS);
        groups = fields.maybe("groups", groups, Form.TEXT.sorted().sorted());
        disarmed = fields.text("disarmed", disarmed);
    }
}
