package pvemcp.sim.world;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import pvemcp.json.Json;
import pvemcp.sim.SimError;
import pvemcp.sim.state.Fields;
import pvemcp.sim.state.Form;
import pvemcp.sim.state.HasFields;

/// A VM or container: its configuration file, with the pending section and the snapshots, and whether it runs.
/// Mutable; the simulator's lock guards it.
public abstract sealed class Guest implements HasFields permits Vm, Container {
    private final int vmid;
    public String node;
    /// The configuration as text by key, what is in force; for a guest that does not run, all of it.
    public final SequencedMap<String, String> config = new TreeMap<>();
    /// What comes into force at the next start.
    public final SequencedMap<String, String> pending = new TreeMap<>();
    /// The keys that go at the next start; true where the disk behind it is to be destroyed too.
    public final SequencedMap<String, Boolean> removals = new TreeMap<>();
    /// Oldest first.
    public final SequencedMap<String, Snapshot> snapshots = new LinkedHashMap<>();

    public final GuestFirewall firewall = new GuestFirewall();
    /// Since when there is something known about it.
    public Instant created = Instant.EPOCH;
    /// Whether there is an operating system that starts, and answers to a shutdown.
    public boolean hasSystem = true;

    /// What runs in it; made when it is first needed.
    private ToyHost inside;

    /// The share of its CPUs it always uses; made up where it is empty.
    public OptionalDouble load = OptionalDouble.empty();
    /// The share of its memory it always uses; made up where it is empty.
    public OptionalDouble memoryShare = OptionalDouble.empty();
    /// The share of a container's root disk that is in use; made up where it is empty.
    public OptionalDouble diskShare = OptionalDouble.empty();

    private Instant since = Instant.MAX;
    private Instant booting = Instant.MAX;
    private long pid;
    private boolean paused;
    private boolean asleep;

    Guest(int vmid, String node) {
        this.vmid = vmid;
        this.node = node;
    }

    public final int vmid() {
        return vmid;
    }

    public abstract boolean isContainer();

    /// `VM` or `CT`, as PVE's messages have it.
    public abstract String noun();

    /// `qemu` or `lxc`.
    public final String type() {
        return isContainer() ? "lxc" : "qemu";
    }

    public abstract String name();

    /// The keys whose values are volumes, in the order PVE walks them.
    public abstract List<String> diskKeys();

    /// How long its operating system takes until it answers to anything.
    abstract Duration bootTime();

    /// The host inside, as its agent or a shell in it sees it.
    public final ToyHost inside() {
        if (inside == null) {
            inside = new ToyHost(name(), created);
        }
        return inside;
    }

    /// The address its network gives it.
    public final String address() {
        return "192.0.2.%d".formatted(100 + vmid % 150);
    }

    // ---- configuration ----

    public final Optional<String> lock() {
        return Optional.ofNullable(config.get("lock"));
    }

    /// PVE::AbstractConfig::check_lock
    public final void requireUnlocked() {
        lock().ifPresent(lock -> {
            throw new SimError("%s is locked (%s)".formatted(noun(), lock));
        });
    }

    /// PVE::AbstractConfig::check_protection
    public final void requireUnprotected(String what) {
        if (isProtected()) {
            throw new SimError("%s - protection mode enabled".formatted(what));
        }
    }

    public final boolean isProtected() {
        return flag("protection");
    }

    public final boolean isTemplate() {
        return flag("template");
    }

    /// Whether an option is on.
    public final boolean flag(String key) {
        return config.getOrDefault(key, "0").equals("1");
    }

    public final long whole(String key, long fallback) {
        var text = config.get(key);
        return text == null ? fallback : Long.parseLong(text);
    }

    /// The configuration with what is pending.
    public final SequencedMap<String, String> effective() {
        var result = new TreeMap<>(config);
        removals.keySet().forEach(result::remove);
        result.putAll(pending);
        return result;
    }

    public final Snapshot snapshot(String name) {
        var snapshot = snapshots.get(name);
        if (snapshot == null) {
            // PVE::AbstractConfig::snapshot_rollback and its kin
            throw new SimError("snapshot '%s' does not exist".formatted(name));
        }
        return snapshot;
    }

    /// The drives or mount points, by key.
    public final SequencedMap<String, PropertyString> disks() {
        return disksOf(config);
    }

    public final SequencedMap<String, PropertyString> disksOf(Map<String, String> configuration) {
        var result = new LinkedHashMap<String, PropertyString>();
        for (var key : diskKeys()) {
            var value = configuration.get(key);
            if (value != null) {
                result.put(key, parseDisk(value));
            }
        }
        return result;
    }

    /// A drive or mount point out of its text.
    public final PropertyString parseDisk(String value) {
        return PropertyString.parse(value, isContainer() ? "volume" : "file");
    }

    /// The disks that belong to the guest, by key: no CD-ROM, nothing passed through.
    public final SequencedMap<String, VolumeId> ownVolumes() {
        var result = new LinkedHashMap<String, VolumeId>();
        disks().forEach((key, disk) -> {
            if (VolumeId.matches(disk.bare()) && !Vm.isCdrom(disk)) {
                result.put(key, VolumeId.parse(disk.bare()));
            }
        });
        return result;
    }

    /// Puts a volume that is not attached any more under the next free `unused` key.
    public final String addUnused(VolumeId volume) {
        for (var entry : config.entrySet()) {
            if (entry.getKey().startsWith("unused") && entry.getValue().equals(volume.toString())) {
                return entry.getKey();
            }
        }
        int index = 0;
        while (config.containsKey("unused" + index)) {
            index++;
        }
        config.put("unused" + index, volume.toString());
        return "unused" + index;
    }

    /// A volume that is attached again is no longer unused (PVE::QemuServer::write_vm_config, cleanup of `unused`).
    public final void forgetUsedAgain() {
        var used = ownVolumes().values().stream().map(VolumeId::toString).toList();
        config.entrySet().removeIf(entry -> entry.getKey().startsWith("unused") && used.contains(entry.getValue()));
    }

    /// Whether a snapshot still needs that volume.
    public final boolean isInSnapshot(VolumeId volume) {
        return snapshots.values().stream()
                .anyMatch(snapshot -> disksOf(snapshot.config()).values().stream()
                        .anyMatch(disk -> disk.bare().equals(volume.toString())));
    }

    /// The configuration file (PVE::QemuServer::write_vm_config, PVE::LXC::Config::write_pct_config).
    public final String file() {
        var text = new StringBuilder();
        section(text, config);
        if (!pending.isEmpty() || !removals.isEmpty()) {
            text.append("\n[%s]\n".formatted(isContainer() ? "pve:pending" : "PENDING"));
            if (!removals.isEmpty()) {
                text.append("delete: ")
                        .append(String.join(",", removals.keySet()))
                        .append('\n');
            }
            section(text, pending);
        }
        snapshots.forEach((name, snapshot) -> {
            text.append("\n[%s]\n".formatted(name));
            var section = new TreeMap<>(snapshot.config());
            if (!snapshot.description.isEmpty()) {
                section.put("description", snapshot.description);
            }
            if (!snapshot.parent.isEmpty()) {
                section.put("parent", snapshot.parent);
            }
            section.put("snaptime", Long.toString(snapshot.taken().getEpochSecond()));
            section(text, section);
        });
        return text.toString();
    }

    private static void section(StringBuilder text, Map<String, String> values) {
        var description = values.get("description");
        if (description != null) {
            description.lines().forEach(line -> text.append('#').append(line).append('\n'));
        }
        values.forEach((key, value) -> {
            if (!key.equals("description")) {
                text.append(key).append(": ").append(value).append('\n');
            }
        });
    }

    /// SHA-1 of the configuration file, in hex.
    public final String digest() {
        return sha1(file());
    }

    /// SHA-1 in hex, as all of PVE's digests of files are.
    public static String sha1(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-1").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    // ---- running ----

    public final boolean isRunning() {
        return !since.equals(Instant.MAX);
    }

    public final boolean isPaused() {
        return paused;
    }

    public final long pid() {
        return pid;
    }

    /// PVE::QemuServer and PVE::LXC: `VM 101 not running`.
    public final void requireRunning() {
        if (!isRunning()) {
            throw new SimError("%s %d not running".formatted(noun(), vmid));
        }
    }

    /// Starts it; what was pending is in force then.
    public final void start(Instant now) {
        applyPending();
        since = now;
        booting = now;
        paused = false;
        asleep = false;
        pid = 2000L + Math.floorMod(vmid * 7919L + now.getEpochSecond(), 4_000_000);
    }

    /// Takes it as running for a while already, its system up.
    public final void ranSince(Instant moment) {
        start(moment);
        booting = moment.minus(bootTime());
    }

    /// Ends it; what was pending is in force then.
    public final void stop() {
        since = Instant.MAX;
        booting = Instant.MAX;
        paused = false;
        pid = 0;
        applyPending();
    }

    public final void pause() {
        paused = true;
    }

    public final void resume() {
        paused = false;
    }

    /// Its system goes to sleep, the machine goes on; only a reset or a start wakes it.
    public final void sleep() {
        asleep = true;
    }

    /// Its system starts anew, the machine goes on.
    public final void reset(Instant now) {
        asleep = false;
        booting = now;
    }

    public final long uptime(Instant now) {
        return isRunning() ? Math.max(0, Duration.between(since, now).toSeconds()) : 0;
    }

    /// Whether the operating system in it is up and would answer.
    public final boolean isUp(Instant now) {
        return isRunning() && !paused && !asleep && hasSystem && !now.isBefore(booting.plus(bootTime()));
    }

    /// Brings into force what waited for a restart.
    public final void applyPending() {
        removals.keySet().forEach(key -> {
            var disk = config.remove(key);
            if (disk != null && diskKeys().contains(key)) {
                var parsed = parseDisk(disk);
                if (VolumeId.matches(parsed.bare()) && !Vm.isCdrom(parsed)) {
                    addUnused(VolumeId.parse(parsed.bare()));
                }
            }
        });
        removals.clear();
        config.putAll(pending);
        pending.clear();
    }

    // ---- rows ----

    public abstract int cpus();

    /// Bytes.
    public abstract long maxMemory();

    /// Bytes of the root disk as the list shows it.
    public abstract long maxDisk();

    /// The values of a configuration as the API gives them: whole numbers and flags as numbers, all else as text
    /// (PVE::QemuServer::check_type).
    public final Json value(String key, String text) {
        return numericKeys().contains(key) && text.matches("-?\\d{1,18}")
                ? Json.num(Long.parseLong(text))
                : Json.str(text);
    }

    abstract Set<String> numericKeys();

    /// All keys with their values, as the API gives them.
    public final Json.Obj typed(Map<String, String> values) {
        var result = new LinkedHashMap<String, Json>();
        values.forEach((key, text) -> result.put(key, value(key, text)));
        return new Json.Obj(result);
    }

    /// Sorted, lower case, each once, with semicolons (PVE::GuestHelpers::get_unique_tags).
    public static String tags(String given) {
        var tags = new ArrayList<String>();
        for (var tag : given.toLowerCase(Locale.ROOT).split("[,;\\s]+")) {
            if (!tag.isEmpty() && !tags.contains(tag)) {
                tags.add(tag);
            }
        }
        tags.sort(null);
        return String.join(";", tags);
    }

    // ---- saving ----

    static final Form<Guest> FORM = Form.thing(fields -> {
        int vmid = fields.number("vmid", 0);
        return fields.text("type", "").equals("lxc") ? new Container(vmid, "") : new Vm(vmid, "");
    });

    @Override
    public void fields(Fields fields) {
        fields.fixed("vmid", vmid);
        fields.fixed("type", type());
        node = fields.text("node", node);
        fields.texts("config", config);
        fields.texts("pending", pending);
        fields.map("removals", removals, Form.FLAG);
        fields.map("snapshots", snapshots, Snapshot.FORM);
        fields.within("firewall", firewall);
        created = fields.moment("created", created);
        hasSystem = fields.flag("hasSystem", hasSystem);
        inside = fields.maybe("inside", Optional.ofNullable(inside), ToyHost.FORM)
                .orElse(null);
        load = share(fields, "load", load);
        memoryShare = share(fields, "memoryShare", memoryShare);
        diskShare = share(fields, "diskShare", diskShare);
        since = moment(fields, "since", since);
        booting = moment(fields, "booting", booting);
        pid = fields.whole("pid", pid);
        paused = fields.flag("paused", paused);
        asleep = fields.flag("asleep", asleep);
    }

    private static OptionalDouble share(Fields fields, String name, OptionalDouble value) {
        var known = value.isPresent() ? Optional.of(value.getAsDouble()) : Optional.<Double>empty();
        return fields.maybe(name, known, Form.REAL).map(OptionalDouble::of).orElse(OptionalDouble.empty());
    }

    /// Never, which is the end of time in here, is nothing in the file.
    private static Instant moment(Fields fields, String name, Instant value) {
        return fields.maybe(name, Optional.of(value).filter(known -> !known.equals(Instant.MAX)), Form.MOMENT)
                .orElse(Instant.MAX);
    }
}
