package pvemcp.sim.world;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import pvemcp.json.Json;
import pvemcp.sim.SimError;
import pvemcp.sim.state.Fields;
import pvemcp.sim.state.Form;
import pvemcp.sim.state.HasFields;

/// A Ceph cluster on the nodes: its services, and what they keep. Mutable; the simulator's lock guards it.
public final class Ceph implements HasFields {
    /// What a service does.
    public enum Kind {
        MON,
        MGR,
        MDS
    }

    /// A monitor, manager or metadata server.
    public static final class Daemon implements HasFields {
        static final Form<Daemon> FORM =
                Form.thing(fields -> new Daemon(fields.text("name", ""), fields.text("node", "")));

        private final String name;
        private final String node;
        public boolean running = true;

        Daemon(String name, String node) {
            this.name = name;
            this.node = node;
        }

        @Override
        public void fields(Fields fields) {
            fields.fixed("name", name);
            fields.fixed("node", node);
            running = fields.flag("running", running);
        }

        public String name() {
            return name;
        }

        public String node() {
            return node;
        }
    }

    /// A disk that keeps objects.
    public static final class Osd implements HasFields {
        static final Form<Osd> FORM = Form.thing(fields -> new Osd(
                fields.number("id", 0),
                fields.text("node", ""),
                fields.text("device", ""),
                fields.text("deviceClass", ""),
                fields.whole("size", 0)));

        private final int id;
        private final String node;
        private final String device;
        public final String deviceClass;
        /// Bytes.
        public final long size;

        public long used;
        public boolean in = true;
        public boolean up = true;

        Osd(int id, String node, String device, String deviceClass, long size) {
            this.id = id;
            this.node = node;
            this.device = device;
            this.deviceClass = deviceClass;
            this.size = size;
        }

        @Override
        public void fields(Fields fields) {
            fields.fixed("id", id);
            fields.fixed("node", node);
            fields.fixed("device", device);
            fields.fixed("deviceClass", deviceClass);
            fields.fixed("size", size);
            used = fields.whole("used", used);
            in = fields.flag("in", in);
            up = fields.flag("up", up);
        }

        public int id() {
            return id;
        }

        public String node() {
            return node;
        }

        public String device() {
            return device;
        }
    }

    /// @param metadata the pool of its directory tree
    /// @param data the pool of its files
    public record FileSystem(String metadata, String data) {
        static final Form<FileSystem> FORM = Form.value(
                new FileSystem("", ""),
                (fields, files) ->
                        new FileSystem(fields.text("metadata", files.metadata), fields.text("data", files.data)));
    }

    static final Form<Ceph> FORM = Form.thing(fields -> new Ceph(fields.text("fsid", "")));

    private final String fsid;
    private final Map<Kind, SequencedMap<String, Daemon>> daemons = new EnumMap<>(Kind.class);
    public final SequencedMap<Integer, Osd> osds = new TreeMap<>();
    /// Name to settings, with `id` and `bytes_used` among them.
    public final SequencedMap<String, Json.Obj> pools = new TreeMap<>();

    public final SequencedMap<String, FileSystem> fileSystems = new TreeMap<>();
    /// Such as `noout`.
    public final TreeSet<String> flags = new TreeSet<>();
    /// Services that crashed and were not looked at, as `ceph crash ls-new` names them.
    public final List<String> crashes = new ArrayList<>();

    private int nextPool = 1;

    private Ceph(String fsid) {
        this.fsid = fsid;
        for (var kind : Kind.values()) {
            daemons.put(kind, new TreeMap<>());
        }
    }

    /// A healthy one on these nodes: a monitor and a manager on each, two OSDs of 1 TiB on each.
    public static Ceph on(Cluster cluster, String... nodes) {
        var ceph = in(cluster);
        for (var node : nodes) {
            ceph.add(Kind.MON, node, node);
            ceph.add(Kind.MGR, node, node);
            for (var device : List.of("/dev/sdx", "/dev/sdy")) {
                ceph.addOsd(node, device, "ssd", 1L << 40).used = 200L << 30;
            }
        }
        return ceph;
    }

    /// One that has nothing yet but the pool `.mgr`.
    public static Ceph in(Cluster cluster) {
        var name = cluster.name.getBytes(StandardCharsets.UTF_8);
        var ceph = new Ceph(UUID.nameUUIDFromBytes(name).toString());
        ceph.addPool(".mgr", Json.obj("pg_num", 1, "application", "mgr"));
        cluster.ceph = Optional.of(ceph);
        return ceph;
    }

    public String fsid() {
        return fsid;
    }

    public SequencedMap<String, Daemon> daemons(Kind kind) {
        return daemons.get(kind);
    }

    public Daemon add(Kind kind, String name, String node) {
        var daemon = new Daemon(name, node);
        daemons.get(kind).put(name, daemon);
        return daemon;
    }

    public Osd addOsd(String node, String device, String deviceClass, long size) {
        int id = 0;
        while (osds.containsKey(id)) {
            id++;
        }
        var osd = new Osd(id, node, device, deviceClass, size);
        osds.put(id, osd);
        return osd;
    }

    /// PVE::API2::Ceph::Pool's defaults, with these settings besides.
    public void addPool(String name, Json.Obj settings) {
        var pool = Json.obj(
                "id",
                nextPool++,
                "size",
                3,
                "min_size",
                2,
                "pg_num",
                128,
                "pg_autoscale_mode",
                "warn",
                "application",
                "rbd",
                "crush_rule",
                "replicated_rule",
                "bytes_used",
                0);
        pools.put(name, pool.with(settings));
    }

    /// PVE::API2::Ceph::OSD, get_osd_status
    public Osd osd(String id) {
        var osd = id.chars().allMatch(Character::isDigit) ? osds.get(Integer.parseInt(id)) : null;
        if (osd == null) {
            throw new SimError("no such OSD '%s'".formatted(id));
        }
        return osd;
    }

    public long total() {
        return osds.values().stream().mapToLong(osd -> osd.size).sum();
    }

    public long used() {
        return osds.values().stream().mapToLong(osd -> osd.used).sum();
    }

    /// The manager that does the work; the others stand by.
    public Optional<Daemon> activeManager() {
        return daemons.get(Kind.MGR).values().stream()
                .filter(daemon -> daemon.running)
                .findFirst();
    }

    /// What Ceph's own health checks say, by their codes: severity and summary.
    public SequencedMap<String, String> checks() {
        var checks = new TreeMap<String, String>();
        long down = osds.values().stream().filter(osd -> osd.in && !osd.up).count();
        if (down > 0) {
            checks.put("OSD_DOWN", "%d osds down".formatted(down));
        }
        if (!flags.isEmpty()) {
            checks.put("OSDMAP_FLAGS", "%s flag(s) set".formatted(String.join(",", flags)));
        }
        var monitors = daemons.get(Kind.MON).values();
        long lost = monitors.stream().filter(daemon -> !daemon.running).count();
        if (lost > 0) {
            checks.put("MON_DOWN", "%d/%d mons down".formatted(lost, monitors.size()));
        }
        if (!crashes.isEmpty()) {
            checks.put("RECENT_CRASH", "%d daemons have recently crashed".formatted(crashes.size()));
        }
        return checks;
    }

    @Override
    public void fields(Fields fields) {
        fields.fixed("fsid", fsid);
        fields.map("daemons", daemons, Kind::valueOf, Daemon.FORM.sorted());
        fields.numbered("osds", osds, Osd.FORM);
        fields.map("pools", pools, Form.OBJECT);
        fields.map("fileSystems", fileSystems, FileSystem.FORM);
        fields.texts("flags", flags);
        fields.texts("crashes", crashes);
        nextPool = fields.number("nextPool", nextPool);
    }
}
