package pvemcp.sim.world;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import pvemcp.json.Json;
import pvemcp.sim.SimError;
import pvemcp.sim.state.Fields;
import pvemcp.sim.state.Form;
import pvemcp.sim.state.HasFields;

/// Where PVE tells what happened, and what it tells there (notifications.cfg and priv/notifications.cfg). Mutable;
/// the simulator's lock guards it.
public final class Notifications implements HasFields {
    /// A kind of entry.
    public enum Part {
        SENDMAIL,
        GOTIFY,
        SMTP,
        WEBHOOK,
        MATCHER;

        public boolean isEndpoint() {
            return this != MATCHER;
        }
    }

    private final Map<Part, SequencedMap<String, Json.Obj>> entries = new EnumMap<>(Part.class);
    /// What was sent to which target, in order.
    public final List<String> sent = new ArrayList<>();
    /// Targets whose server does not answer.
    public final TreeSet<String> unreachable = new TreeSet<>();

    Notifications() {
        for (var part : Part.values()) {
            entries.put(part, new TreeMap<>());
        }
        reset("mail-to-root");
        reset("default-matcher");
    }

    /// By name, secrets included.
    public SequencedMap<String, Json.Obj> entries(Part part) {
        return entries.get(part);
    }

    public Json.Obj require(Part part, String name) {
        var found = entries.get(part).get(name);
        if (found == null) {
            throw new SimError(
                    404, "%s '%s' not found".formatted(part.isEndpoint() ? "endpoint" : "matcher", name), Map.of());
        }
        return found;
    }

    /// The endpoint of that name, whatever its kind.
    public Optional<Part> kindOf(String target) {
        return entries.keySet().stream()
                .filter(part -> part.isEndpoint() && entries.get(part).containsKey(target))
                .findFirst();
    }

    /// Puts one of the two that come with PVE back to how they came.
    ///
    /// @return whether it is one of them
    public boolean reset(String name) {
        switch (name) {
            case "mail-to-root" ->
                entries.get(Part.SENDMAIL)
                        .put(
                                name,
                                Json.obj(
                                        "origin", "builtin",
                                        "mailto-user", List.of("root@pam"),
                                        "comment", "Send mails to root@pam's email address"));
            case "default-matcher" ->
                entries.get(Part.MATCHER)
                        .put(
                                name,
                                Json.obj(
                                        "origin", "builtin",
                                        "mode", "all",
                                        "target", List.of("mail-to-root"),
                                        "comment", "Route all notifications to mail-to-root"));
            default -> {
                return false;
            }
        }
        return true;
    }

    /// The matchers that send to a target.
    public List<String> matchersTo(String target) {
        return entries.get(Part.MATCHER).entrySet().stream()
                .filter(entry -> entry.getValue()
                        .array("target")
                        .orElse(Json.Arr.EMPTY)
                        .items()
                        .contains(Json.str(target)))
                .map(Map.Entry::getKey)
                .toList();
    }

    @Override
    public void fields(Fields fields) {
        fields.map("entries", entries, Part::valueOf, Form.OBJECT.sorted());
        fields.texts("sent", sent);
        fields.texts("unreachable", unreachable);
    }
}
