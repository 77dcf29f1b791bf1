package pvemcp.sim.world;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import pvemcp.json.Json;
import pvemcp.sim.SimError;
import pvemcp.sim.state.Fields;
import pvemcp.sim.state.Form;
import pvemcp.sim.state.HasFields;
import pvemcp.sim.time.SimTime;

/// The simulated cluster: all the state there is. It knows no HTTP; what it refuses is a [SimError] in PVE's words.
/// Mutable; the simulator's lock guards it.
public final class Cluster implements HasFields {
    private final SimTime time;
    private final Dice random;

    /// Empty for a single host that was never joined.
    public String name = "";

    public final SequencedMap<String, Node> nodes = new TreeMap<>();
    public final SequencedMap<Integer, Guest> guests = new TreeMap<>();
    public final SequencedMap<String, Storage> storages = new TreeMap<>();
    public final SequencedMap<String, Pool> pools = new TreeMap<>();
    /// cluster.fw, without the security groups
    public final GuestFirewall firewall = new GuestFirewall();

    /// The tickets of VMs' consoles that were opened, by port.
    public final SequencedMap<Integer, String> consoles = new TreeMap<>();

    /// Firewall files of ids that no guest has.
    public final SequencedMap<Integer, GuestFirewall> strayFirewalls = new TreeMap<>();

    /// Security groups by name; a group's comment is among its options.
    public final SequencedMap<String, GuestFirewall> firewallGroups = new TreeMap<>();
    /// What was done before the simulation began, in any order.
    public final List<PastTask> history = new ArrayList<>();
    public final Access access;
    /// What the nodes answer with; a placeholder until the simulator listens.
    public NodeCertificate certificate = new NodeCertificate("", "", "", Instant.EPOCH, Instant.EPOCH);
    /// The scheduled backups (jobs.cfg) by id, each by its parameters as text.
    public final SequencedMap<String, SequencedMap<String, String>> backupJobs = new LinkedHashMap<>();
    public final Ha ha = new Ha();
    /// Scheduled syncs of realms (jobs.cfg) by id, each by its parameters as text.
    public final SequencedMap<String, SequencedMap<String, String>> realmSyncs = new LinkedHashMap<>();
    /// Devices and directories of hosts that guests may use (mapping/*.cfg): `pci`, `usb`, `dir`, then by id.
    public final SequencedMap<String, SequencedMap<String, Json.Obj>> mappings =
            new TreeMap<>(Map.of("pci", new TreeMap<>(), "usb", new TreeMap<>(), "dir", new TreeMap<>()));
    /// Where metrics are sent (status.cfg) by id.
    public final SequencedMap<String, Json.Obj> metricServers = new TreeMap<>();
    /// cpu-models.conf by name, without the prefix `custom-`.
    public final SequencedMap<String, Json.Obj> cpuModels = new TreeMap<>();
    /// Copies of guests' disks kept on other nodes (replication.cfg), by job.
    public final SequencedMap<String, Replication> replications = new TreeMap<>();
    /// Beside the cluster; it has nothing where a scenario puts nothing there.
    public final BackupServer backupServer = new BackupServer();
    public final Acme acme = new Acme();
    public final Notifications notifications = new Notifications();
    /// Empty where Ceph is not installed.
    public Optional<Ceph> ceph = Optional.empty();
    /// /etc/pve/sdn
    public final Sdn sdn = new Sdn();
    /// datacenter.cfg
    public Json.Obj options = Json.Obj.EMPTY;

    /// @param seed of all that is made up: ids, addresses, loads
    public Cluster(SimTime time, long seed) {
        this.time = time;
        this.random = new Dice(seed);
        var key = new byte[32];
        random.nextBytes(key);
        this.access = new Access(pools, new Tickets(key));
    }

    public Instant now() {
        return time.now();
    }

    /// Has something happen later.
    public void after(Duration delay, Runnable happens) {
        time.after(delay, happens);
    }

    /// The one source of made-up values, so that a run can be repeated.
    public Random random() {
        return random;
    }

    /// Adds a host that has been up for a while.
    public Node addNode(String name) {
        var node = new Node(name, nodes.size() + 1, now().minusSeconds(40L * 86400 + random.nextInt(86400)));
        nodes.put(name, node);
        return node;
    }

    /// Whether most of the nodes see one another.
    public boolean isQuorate() {
        long online = nodes.values().stream().filter(node -> node.online).count();
        return online * 2 > nodes.size();
    }

    /// What answers on the network by that name or address: a node that is there, or a guest whose system is up.
    public Optional<ToyHost> reached(String host) {
        var node = nodes.values().stream()
                .filter(each -> each.online && (each.name().equals(host) || each.ip.equals(host)))
                .map(each -> each.inside(this));
        var guest = guests.values().stream()
                .filter(each -> each.isUp(now()) && each.address().equals(host))
                .map(Guest::inside);
        return Stream.concat(node, guest).findFirst();
    }

    /// The guest with that id on any node.
    public Guest guest(int vmid) {
        var guest = guests.get(vmid);
        if (guest == null) {
            // PVE::Cluster::check_vmid_unused and kin word it per call; this is the general one.
            throw new SimError("VM %d does not exist".formatted(vmid));
        }
        return guest;
    }

    /// PVE::Storage::storage_config
    public Storage storage(String id) {
        var storage = storages.get(id);
        if (storage == null) {
            throw new SimError("storage '%s' does not exist".formatted(id));
        }
        return storage;
    }

    /// The storage of a volume, if that node may use it.
    public Storage storageOf(VolumeId volume, String node) {
        return storage(volume.storage()).requireEnabled(node);
    }

    /// Whether a guest on that node can be plugged into that bridge.
    public boolean hasBridge(String node, String bridge) {
        return node(node).bridges.contains(bridge)
                || node(node).host.interfaces.containsKey(bridge)
                || sdn.hasVnet(node, bridge);
    }

    /// A unicast MAC address nobody has, with Proxmox's own prefix.
    public String freshMac() {
        return "BC:24:11:%02X:%02X:%02X".formatted(random.nextInt(256), random.nextInt(256), random.nextInt(256));
    }

    public String freshUuid() {
        return new UUID((random.nextLong() & ~0xF000L) | 0x4000L, (random.nextLong() >>> 2) | Long.MIN_VALUE)
                .toString();
    }

    public Node node(String name) {
        var node = nodes.get(name);
        if (node == null) {
            // PVE::Tools::getaddrinfo_all by PVE::Cluster::remote_node_ip
            throw new SimError(
                    "hostname lookup '%s' failed - failed to get address info for: %s: Name or service not known"
                            .formatted(name, name));
        }
        return node;
    }

    @Override
    public void fields(Fields fields) {
        fields.within("random", random);
        name = fields.text("name", name);
        options = fields.value("options", options, Form.OBJECT);
        fields.map("nodes", nodes, Node.FORM);
        fields.map("storages", storages, Storage.FORM);
        fields.numbered("guests", guests, Guest.FORM);
        fields.map("pools", pools, Pool.FORM);
        fields.within("access", access);
        fields.within("firewall", firewall);
        fields.map("firewallGroups", firewallGroups, GuestFirewall.FORM);
        fields.numbered("strayFirewalls", strayFirewalls, GuestFirewall.FORM);
        fields.numbered("consoles", consoles, Form.TEXT);
        fields.map("backupJobs", backupJobs, Form.TEXTS);
        fields.map("realmSyncs", realmSyncs, Form.TEXTS);
        fields.map("replications", replications, Replication.FORM);
        fields.within("ha", ha);
        fields.map("mappings", mappings, Form.OBJECT.sorted());
        fields.map("metricServers", metricServers, Form.OBJECT);
        fields.map("cpuModels", cpuModels, Form.OBJECT);
        fields.within("acme", acme);
        fields.within("notifications", notifications);
        fields.within("sdn", sdn);
        fields.within("backupServer", backupServer);
        ceph = fields.maybe("ceph", ceph, Ceph.FORM);
    }
}
