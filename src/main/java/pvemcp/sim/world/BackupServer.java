package pvemcp.sim.world;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import pvemcp.sim.state.Fields;
import pvemcp.sim.state.Form;
import pvemcp.sim.state.HasFields;

/// A Proxmox Backup Server beside the cluster. What the cluster's storages that point to it keep lies in its
/// datastores; what others have put there is in [Datastore#kept]. Mutable; the simulator's lock guards it.
public final class BackupServer implements HasFields {
    /// What storages have for its `server`.
    public String address = "192.0.2.250";
    /// Whether the token was given `DatastoreAudit`.
    public boolean isShown = true;

    public final SequencedMap<String, Datastore> datastores = new TreeMap<>();
    public final List<Job> jobs = new ArrayList<>();

    /// @param total bytes
    public Datastore add(String name, long total, long used) {
        var datastore = new Datastore(total, used);
        datastores.put(name, datastore);
        return datastore;
    }

    /// What is in one namespace of a datastore: first what the cluster has put there.
    public List<Kept> snapshots(Cluster cluster, String datastore, String namespace) {
        var all = new ArrayList<Kept>();
        for (var storage : cluster.storages.values()) {
            if (pointsHere(storage, datastore)
                    && storage.options.getOrDefault("namespace", "").equals(namespace)) {
                storage.volumes("").values().forEach(volume -> all.add(Kept.of(volume, namespace)));
            }
        }
        datastores.get(datastore).kept.stream()
                .filter(kept -> kept.namespace().equals(namespace))
                .forEach(all::add);
        return all;
    }

    /// The root first.
    public List<String> namespaces(Cluster cluster, String datastore) {
        var all = new ArrayList<>(List.of(""));
        cluster.storages.values().stream()
                .filter(storage -> pointsHere(storage, datastore))
                .map(storage -> storage.options.getOrDefault("namespace", ""))
                .forEach(all::add);
        datastores.get(datastore).kept.stream().map(Kept::namespace).forEach(all::add);
        return all.stream().distinct().toList();
    }

    public boolean isServerOf(Storage storage) {
        return storage.type() == StorageType.PBS
                && storage.options.getOrDefault("server", "").equals(address);
    }

    private boolean pointsHere(Storage storage, String datastore) {
        return isServerOf(storage)
                && storage.options.getOrDefault("datastore", "").equals(datastore);
    }

    @Override
    public void fields(Fields fields) {
        address = fields.text("address", address);
        isShown = fields.flag("shown", isShown);
        fields.map("datastores", datastores, Datastore.FORM);
        fields.all("jobs", jobs, Job.FORM);
    }

    /// A place for backups.
    public static final class Datastore implements HasFields {
        static final Form<Datastore> FORM = Form.thing(_ -> new Datastore(0, 0));

        public long total;
        public long used;
        public Optional<Instant> full = Optional.empty();
        public String comment = "";
        /// Such as `type=read-only`; empty: none.
        public String maintenance = "";
        /// Why it cannot be looked at; empty while it can.
        public String broken = "";

        public final List<Kept> kept = new ArrayList<>();

        private Datastore(long total, long used) {
            this.total = total;
            this.used = used;
        }

        @Override
        public void fields(Fields fields) {
            total = fields.whole("total", total);
            used = fields.whole("used", used);
            full = fields.maybe("full", full, Form.MOMENT);
            comment = fields.text("comment", comment);
            maintenance = fields.text("maintenance", maintenance);
            broken = fields.text("broken", broken);
            fields.all("kept", kept, Kept.FORM);
        }
    }

    /// One backup.
    ///
    /// @param kind `vm`, `ct` or `host`
    /// @param verified `ok`, `failed` or empty
    public record Kept(
            String namespace, String kind, String id, Instant made, long size, String verified, String comment) {
        static final Form<Kept> FORM = Form.value(
                new Kept("", "", "", Instant.EPOCH, 0, "", ""),
                (fields, kept) -> new Kept(
                        fields.text("namespace", kept.namespace),
                        fields.text("kind", kept.kind),
                        fields.text("id", kept.id),
                        fields.moment("made", kept.made),
                        fields.whole("size", kept.size),
                        fields.text("verified", kept.verified),
                        fields.text("comment", kept.comment)));

        private static Kept of(Volume volume, String namespace) {
            var parts = volume.name().text().split("/", -1);
            return new Kept(
                    namespace, parts[1], parts[2], volume.created, volume.size, volume.verification, volume.notes);
        }
    }

    /// What runs there by itself.
    ///
    /// @param list where it is listed: `verify`, `gc`, `sync` or `prune`
    /// @param schedule empty: none
    /// @param state how it last ended; empty: never yet
    public record Job(
            String list,
            String id,
            String datastore,
            String schedule,
            Optional<Instant> ended,
            Optional<Instant> next,
            String state) {
        static final Form<Job> FORM = Form.value(
                new Job("", "", "", "", Optional.empty(), Optional.empty(), ""),
                (fields, job) -> new Job(
                        fields.text("list", job.list),
                        fields.text("id", job.id),
                        fields.text("datastore", job.datastore),
                        fields.text("schedule", job.schedule),
                        fields.maybe("ended", job.ended, Form.MOMENT),
                        fields.maybe("next", job.next, Form.MOMENT),
                        fields.text("state", job.state)));
    }
}
