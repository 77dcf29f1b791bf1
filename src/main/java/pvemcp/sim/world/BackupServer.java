package pvemcp.sim.world;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
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
    /// Whether it was given `Audit` on `/system/tasks`.
    public boolean showsTasks = true;

    public final SequencedMap<String, Datastore> datastores = new TreeMap<>();
    public final List<Job> jobs = new ArrayList<>();
    /// Newest first.
    public final List<Run> runs = new ArrayList<>();

    /// @param total bytes
    public Datastore add(String name, long total, long used) {
        var datastore = new Datastore(total, used);
        datastores.put(name, datastore);
        return datastore;
    }

    /// Adds a job that has run once a day.
    ///
    /// @param states how it ended each time, the last time first
    public void add(Job job, List<String> states) {
        jobs.add(job);
        var ended = job.ended().orElseThrow();
        for (var state : states) {
            var started = ended.minus(Duration.ofMinutes(20));
            runs.add(new Run(job.worker(), job.subject(), "root@pam", started, Optional.of(ended), state));
            ended = ended.minus(Duration.ofDays(1));
        }
        runs.sort(Comparator.comparing(Run::started).reversed());
    }

    /// What is in one namespace of a datastore: first what the cluster has put there.
    public List<Kept> snapshots(Cluster cluster, String datastore, String namespace) {
        var all = new ArrayList<Kept>();
        for (var storage : cluster.storages.values()) {
            if (pointsHere(storage, datastore)
                    && storage.options.getOrDefault("namespace", "").equals(namespace)) {
                storage.volumes("").values().forEach(volume -> all.add(Kept.of(volume, storage)));
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
        showsTasks = fields.flag("tasks", showsTasks);
        fields.map("datastores", datastores, Datastore.FORM);
        fields.all("jobs", jobs, Job.FORM);
        fields.all("runs", runs, Run.FORM);
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
    /// @param complete whether it has come to its end
    /// @param key the fingerprint of the key it is encrypted with; empty: none
    public record Kept(
            String namespace,
            String kind,
            String id,
            Instant made,
            long size,
            String verified,
            String comment,
            String owner,
            boolean complete,
            String key) {
        static final Form<Kept> FORM = Form.value(
                new Kept("", "", "", Instant.EPOCH, 0, "", ""),
                (fields, kept) -> new Kept(
                        fields.text("namespace", kept.namespace),
                        fields.text("kind", kept.kind),
                        fields.text("id", kept.id),
                        fields.moment("made", kept.made),
                        fields.whole("size", kept.size),
                        fields.text("verified", kept.verified),
                        fields.text("comment", kept.comment),
                        fields.text("owner", kept.owner),
                        fields.flag("complete", kept.complete),
                        fields.text("key", kept.key)));

        /// One that is complete and not encrypted.
        public Kept(
                String namespace, String kind, String id, Instant made, long size, String verified, String comment) {
            this(namespace, kind, id, made, size, verified, comment, "backup@pbs", true, "");
        }

        private static Kept of(Volume volume, Storage storage) {
            var parts = volume.name().text().split("/", -1);
            return new Kept(
                    storage.options.getOrDefault("namespace", ""),
                    parts[1],
                    parts[2],
                    volume.created,
                    volume.size,
                    volume.verification,
                    volume.notes,
                    storage.options.getOrDefault("username", "root@pam"),
                    true,
                    "");
        }

        public Kept ownedBy(String other) {
            return new Kept(namespace, kind, id, made, size, verified, comment, other, complete, key);
        }

        public Kept encryptedWith(String other) {
            return new Kept(namespace, kind, id, made, size, verified, comment, owner, complete, other);
        }

        /// The same before it has come to its end, or where that never came.
        public Kept begun() {
            return new Kept(namespace, kind, id, made, size, "", "", owner, false, key);
        }
    }

    /// What runs there by itself.
    ///
    /// @param list where it is listed: `verify`, `gc`, `sync` or `prune`
    /// @param schedule empty: none
    /// @param state how it last ended; empty: never yet
    /// @param running since when it runs; empty: it does not
    public record Job(
            String list,
            String id,
            String datastore,
            String schedule,
            Optional<Instant> ended,
            Optional<Instant> next,
            String state,
            Optional<Instant> running) {
        static final Form<Job> FORM = Form.value(
                new Job("", "", "", "", Optional.empty(), Optional.empty(), ""),
                (fields, job) -> new Job(
                        fields.text("list", job.list),
                        fields.text("id", job.id),
                        fields.text("datastore", job.datastore),
                        fields.text("schedule", job.schedule),
                        fields.maybe("ended", job.ended, Form.MOMENT),
                        fields.maybe("next", job.next, Form.MOMENT),
                        fields.text("state", job.state),
                        fields.maybe("running", job.running, Form.MOMENT)));

        /// One that does not run now.
        public Job(
                String list,
                String id,
                String datastore,
                String schedule,
                Optional<Instant> ended,
                Optional<Instant> next,
                String state) {
            this(list, id, datastore, schedule, ended, next, state, Optional.empty());
        }

        /// The type of the tasks in which it runs.
        public String worker() {
            return switch (list) {
                case "verify" -> "verificationjob";
                case "gc" -> "garbage_collection";
                default -> list + "job";
            };
        }

        /// How such a task calls what it works on (proxmox-backup, src/server/*_job.rs and src/api2/pull.rs).
        public String subject() {
            return switch (list) {
                case "verify" -> datastore + ":" + id;
                case "sync" -> "offsite:main:%s::%s".formatted(datastore, id);
                default -> datastore;
            };
        }
    }

    /// A task there.
    ///
    /// @param ended empty while it runs
    /// @param state how it ended; empty while it runs
    public record Run(
            String worker, String subject, String user, Instant started, Optional<Instant> ended, String state) {
        static final Form<Run> FORM = Form.value(
                new Run("", "", "", Instant.EPOCH, Optional.empty(), ""),
                (fields, run) -> new Run(
                        fields.text("worker", run.worker),
                        fields.text("subject", run.subject),
                        fields.text("user", run.user),
                        fields.moment("started", run.started),
                        fields.maybe("ended", run.ended, Form.MOMENT),
                        fields.text("state", run.state)));

        /// As the server names it (pbs-api-types, UPID), with what may not stand in it escaped as systemd does.
        public String upid() {
            return "UPID:pbs:0000A1B2:00C3D4E5:00000001:%08X:%s:%s:%s:"
                    .formatted(started.getEpochSecond(), worker, subject.replace(":", "\\x3a"), user);
        }
    }
}
