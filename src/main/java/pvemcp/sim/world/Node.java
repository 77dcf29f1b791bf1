package pvemcp.sim.world;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import pvemcp.sim.state.Fields;
import pvemcp.sim.state.Form;
import pvemcp.sim.state.HasFields;

/// A host of the cluster. Mutable; the simulator's lock guards it.
public final class Node implements HasFields {
    static final Form<Node> FORM = Form.thing(fields ->
            new Node(fields.text("name", ""), fields.number("id", 0), fields.moment("booted", Instant.EPOCH)));

    private final String name;
    private final int id;
    public boolean online = true;
    public Instant booted;
    public int cores = 16;
    public int sockets = 1;
    public String cpuModel = "AMD EPYC 4464P 12-Core Processor";
    public double mhz = 3700;
    /// Bytes.
    public long memory = 64L << 30;

    public long swap = 8L << 30;
    public long rootDisk = 96L << 30;
    public long rootUsed = 11L << 30;
    public String ip;
    /// How far its clock is ahead.
    public Duration clockAhead = Duration.ZERO;
    /// When its certificate ends, where that is not the simulator's own.
    public Optional<Instant> certificateUntil = Optional.empty();
    /// The one that was uploaded or ordered instead of PVE's own, in pveproxy-ssl.pem.
    public Optional<NodeCertificate> customCertificate = Optional.empty();
    /// Whether a package is to be had anew.
    public boolean upToDate;
    public String kernel = "6.17.2-1-pve";
    public final HostSettings host;
    /// host.fw
    public final GuestFirewall firewall = new GuestFirewall();
    /// Made when it is first needed.
    private ToyHost inside;
    /// The bridges that guests can be plugged into.
    public final Set<String> bridges = new LinkedHashSet<>(List.of("vmbr0"));

    /// @param id the number of the node in the cluster, from 1
    public Node(String name, int id, Instant booted) {
        this.name = name;
        this.id = id;
        this.booted = booted;
        this.ip = "192.0.2." + (10 + id);
        this.host = new HostSettings(name, id, ip);
    }

    public String name() {
        return name;
    }

    public int id() {
        return id;
    }

    /// The host itself, as a shell on it sees it.
    ToyHost inside(Cluster cluster) {
        if (inside == null) {
            inside = new ToyHost(name, booted);
        }
        inside.programs.putIfAbsent("pct", Pct.on(cluster, name));
        return inside;
    }

    @Override
    public void fields(Fields fields) {
        fields.fixed("name", name);
        fields.fixed("id", id);
        online = fields.flag("online", online);
        booted = fields.moment("booted", booted);
        cores = fields.number("cores", cores);
        sockets = fields.number("sockets", sockets);
        cpuModel = fields.text("cpuModel", cpuModel);
        mhz = fields.value("mhz", mhz, Form.REAL);
        memory = fields.whole("memory", memory);
        swap = fields.whole("swap", swap);
        rootDisk = fields.whole("rootDisk", rootDisk);
        rootUsed = fields.whole("rootUsed", rootUsed);
        ip = fields.text("ip", ip);
        clockAhead = fields.span("clockAhead", clockAhead);
        certificateUntil = fields.maybe("certificateUntil", certificateUntil, Form.MOMENT);
        customCertificate = fields.maybe("customCertificate", customCertificate, NodeCertificate.FORM);
        upToDate = fields.flag("upToDate", upToDate);
        kernel = fields.text("kernel", kernel);
        fields.within("host", host);
        fields.within("firewall", firewall);
        inside = fields.maybe("inside", Optional.ofNullable(inside), ToyHost.FORM)
                .orElse(null);
        fields.texts("bridges", bridges);
    }
}
