package pvemcp.sim.world;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import pvemcp.json.Json;
import pvemcp.sim.SimError;
import pvemcp.sim.state.Fields;
import pvemcp.sim.state.Form;
import pvemcp.sim.state.HasFields;

/// Software-defined networks: what is written down, what the nodes were last told to run, and what each of them does
/// (PVE::Network::SDN). Mutable; the simulator's lock guards it.
public final class Sdn implements HasFields {
    /// A file of `/etc/pve/sdn`. Of some, the changes wait until they are applied.
    public enum Part {
        ZONES,
        VNETS,
        SUBNETS,
        CONTROLLERS,
        FABRICS,
        /// By `fabric_node`.
        FABRIC_NODES,
        /// In effect at once, as `DNS`.
        IPAMS,
        DNS;

        public boolean waits() {
            return this != IPAMS && this != DNS;
        }
    }

    /// An address that was given out, by a zone's own IPAM.
    ///
    /// @param mac empty where only the address is reserved
    public record Address(String zone, String vnet, String subnet, String ip, String mac, Optional<Integer> vmid) {
        static final Form<Address> FORM = Form.value(
                new Address("", "", "", "", "", Optional.empty()),
                (fields, address) -> new Address(
                        fields.text("zone", address.zone),
                        fields.text("vnet", address.vnet),
                        fields.text("subnet", address.subnet),
                        fields.text("ip", address.ip),
                        fields.text("mac", address.mac),
                        fields.maybe("vmid", address.vmid, Form.NUMBER)));
    }

    private final Map<Part, SequencedMap<String, Json.Obj>> written = new EnumMap<>(Part.class);
    private final Map<Part, SequencedMap<String, Json.Obj>> running = new EnumMap<>(Part.class);
    private final Map<String, Loaded> onNode = new HashMap<>();
    private int version;
    private Optional<String> lock = Optional.empty();

    /// What a node runs, and the number of the configuration it is.
    private record Loaded(int version, Map<Part, SequencedMap<String, Json.Obj>> parts) {
        static final Form<Loaded> FORM = Form.value(new Loaded(0, Map.of()), (fields, loaded) -> {
            var parts = new HashMap<>(loaded.parts);
            Sdn.parts(fields, "parts", parts);
            return new Loaded(fields.number("version", loaded.version), parts);
        });
    }

    public final List<Address> addresses = new ArrayList<>();
    /// Nodes whose network does not take the next configuration.
    public final Set<String> stuck = new TreeSet<>();

    Sdn() {
        for (var part : Part.values()) {
            written.put(part, new TreeMap<>());
            running.put(part, new TreeMap<>());
        }
        objects(Part.IPAMS).put("pve", Json.obj("type", "pve"));
    }

    /// As written down, by id.
    public SequencedMap<String, Json.Obj> objects(Part part) {
        return written.get(part);
    }

    /// As last applied, by id.
    public SequencedMap<String, Json.Obj> running(Part part) {
        return part.waits() ? running.get(part) : written.get(part);
    }

    private boolean hasPending() {
        return !written.equals(asWritten(running));
    }

    /// The running parts with those that never wait as they are.
    private Map<Part, SequencedMap<String, Json.Obj>> asWritten(Map<Part, SequencedMap<String, Json.Obj>> parts) {
        var all = new EnumMap<Part, SequencedMap<String, Json.Obj>>(Part.class);
        parts.forEach((part, objects) -> all.put(part, part.waits() ? objects : written.get(part)));
        return all;
    }

    /// Makes what is written down the one to run. Nodes take it on when they reload.
    public void commit() {
        copy(written, running);
        version++;
    }

    public void rollback() {
        copy(running, written);
    }

    private static void copy(
            Map<Part, SequencedMap<String, Json.Obj>> from, Map<Part, SequencedMap<String, Json.Obj>> to) {
        for (var part : Part.values()) {
            if (part.waits()) {
                to.put(part, new TreeMap<>(from.get(part)));
            }
        }
    }

    public int version() {
        return version;
    }

    /// A node has come to run what was last applied.
    public void load(String node) {
        var parts = new EnumMap<Part, SequencedMap<String, Json.Obj>>(Part.class);
        copy(running, parts);
        onNode.put(node, new Loaded(version, parts));
    }

    /// What a node runs, by id; empty where it never came to run anything.
    public Optional<SequencedMap<String, Json.Obj>> onNode(String node, Part part) {
        return Optional.ofNullable(onNode.get(node))
                .map(loaded -> loaded.parts().get(part));
    }

    /// PVE::Network::SDN::Zones::status: whether the node runs what it was told to.
    public String status(String node) {
        var loaded = onNode.get(node);
        if (loaded != null && loaded.version() == version) {
            return "available";
        }
        return stuck.contains(node) ? "error" : "pending";
    }

    /// Whether a zone is to be on that node.
    public static boolean isOn(Json.Obj zone, String node) {
        var nodes = zone.text("nodes").orElse("");
        return nodes.isEmpty() || List.of(nodes.split("[,; ]+", -1)).contains(node);
    }

    /// Whether guests of that node can be plugged into that virtual network.
    public boolean hasVnet(String node, String vnet) {
        var found = Optional.ofNullable(running(Part.VNETS).get(vnet));
        return found.flatMap(settings -> settings.text("zone"))
                .map(running(Part.ZONES)::get)
                .filter(zone -> isOn(zone, node))
                .isPresent();
    }

    /// Whether an address is one of a network's; both are literals.
    public static boolean contains(String cidr, String ip) {
        int slash = cidr.indexOf('/');
        var network = bits(cidr.substring(0, slash));
        var address = bits(ip);
        int length = Integer.parseInt(cidr.substring(slash + 1));
        return network.length() == address.length()
                && network.substring(0, length).equals(address.substring(0, length));
    }

    private static String bits(String ip) {
        try {
            var text = new StringBuilder();
            for (byte part : InetAddress.getByName(ip).getAddress()) {
                text.append(Integer.toBinaryString((part & 0xff) | 0x100).substring(1));
            }
            return text.toString();
        } catch (UnknownHostException _) {
            throw new SimError("not an address: " + ip);
        }
    }

    /// @param token what the new owner will show
    public void lock(String token, boolean allowPending) {
        requireLock("");
        if (!allowPending && hasPending()) {
            throw new SimError("configuration has pending changes");
        }
        lock = Optional.of(token);
    }

    /// PVE::Network::SDN::lock_sdn_config
    public void requireLock(String token) {
        if (lock.isPresent() && !lock.get().equals(token)) {
            throw new SimError("invalid lock token provided! at /usr/share/perl5/PVE/Network/SDN.pm line 291.");
        }
    }

    public void unlock() {
        lock = Optional.empty();
    }

    @Override
    public void fields(Fields fields) {
        parts(fields, "written", written);
        parts(fields, "running", running);
        fields.map("onNode", onNode, Loaded.FORM);
        version = fields.number("version", version);
        lock = fields.maybe("lock", lock, Form.TEXT);
        fields.all("addresses", addresses, Address.FORM);
        fields.texts("stuck", stuck);
    }

    private static void parts(Fields fields, String name, Map<Part, SequencedMap<String, Json.Obj>> parts) {
        fields.map(name, parts, Part::valueOf, Form.OBJECT.sorted());
    }
}
