package pvemcp.sim.world;

import java.util.SequencedMap;
import java.util.TreeMap;
import pvemcp.sim.state.Fields;
import pvemcp.sim.state.Form;
import pvemcp.sim.state.HasFields;

/// A guest that high availability looks after: what is wanted of it (resources.cfg), and what the manager has made of
/// that so far (manager_status). Mutable; the simulator's lock guards it.
public final class HaResource implements HasFields {
    static final Form<HaResource> FORM = Form.thing(fields -> new HaResource(fields.text("sid", "")));

    private final String sid;
    /// The parameters as text: `state`, `comment`, `max_restart`, `max_relocate`, `failback`, `group`.
    public final SequencedMap<String, String> options = new TreeMap<>();
    /// The manager's own word, such as `started` or `error`; empty until it has looked for the first time.
    public String crmState = "started";
    /// Where it is moved to; empty where it stays.
    public String target = "";

    /// @param sid `vm:100` or `ct:101`
    public HaResource(String sid) {
        this.sid = sid;
    }

    public String sid() {
        return sid;
    }

    public int vmid() {
        return Integer.parseInt(sid.substring(3));
    }

    /// `started` unless said otherwise (PVE::HA::Resources).
    public String requested() {
        return options.getOrDefault("state", "started");
    }

    /// Whether power and moves of the guest are HA's to decide (PVE::HA::Config::service_is_ha_managed).
    public boolean isManaged() {
        return !requested().equals("ignored");
    }

    public boolean isWantedOn() {
        return requested().equals("started") || requested().equals("enabled");
    }

    /// What people are shown: the manager's word, unless the wish is newer (PVE::HA::Tools,
    /// get_verbose_service_state).
    public String shown(boolean running) {
        if (!isManaged()) {
            return "ignored";
        }
        return switch (crmState) {
            case "" -> "queued";
            case "stopped" -> isWantedOn() ? "starting" : requested().equals("disabled") ? "disabled" : "stopped";
            case "started" -> !isWantedOn() ? "stopping" : running ? "started" : "starting";
            case "error" -> requested().equals("disabled") ? "clearing error flag" : "error";
            default -> crmState;
        };
    }

    @Override
    public void fields(Fields fields) {
        fields.fixed("sid", sid);
        fields.texts("options", options);
        crmState = fields.text("crmState", crmState);
        target = fields.text("target", target);
    }
}
