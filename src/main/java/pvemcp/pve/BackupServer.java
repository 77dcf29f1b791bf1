package pvemcp.pve;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import pvemcp.json.Json;

/// A Proxmox Backup Server, looked at: whatever is asked of it is a GET, and there is no way to say anything else.
/// Makes no request until something is asked. Safe for use by several threads.
///
/// A token sees the datastores and namespaces it has `Datastore.Audit` on, and with `Datastore.Backup` what it made
/// itself; the rest is left out of the answers without a word.
public final class BackupServer {
    private static final String TASKS = "/system/tasks";
    private static final Duration LOOKED_BACK = Duration.ofDays(30);
    private static final int MOST_RUNS = 1_000;

    private final String name;
    private final Address address;
    private final Transport wire;

    /// Where a server is, as far as it tells whether something else means the same one.
    ///
    /// @param hosts names and addresses it is known by, the one of its URL first
    /// @param fingerprints of its certificate, as far as they are pinned
    public record Address(List<String> hosts, int port, List<String> fingerprints) {
        // PVE::Storage::PBSPlugin, port
        private static final int USUAL_PORT = 8007;

        public Address {
            hosts = List.copyOf(hosts);
            fingerprints = List.copyOf(fingerprints);
        }

        /// @param others further names of the same server
        public static Address of(URI url, List<String> others, Connection.Trust trust) {
            var hosts = new ArrayList<>(List.of(bare(url.getHost())));
            others.forEach(other -> hosts.add(bare(other)));
            var pins = trust instanceof Connection.Trust.Fingerprints(var sha256) ? sha256 : List.<String>of();
            return new Address(hosts, url.getPort() < 0 ? 443 : url.getPort(), pins);
        }

        /// Whether a storage of Proxmox VE, by its configuration, keeps its backups here.
        public boolean isMeantBy(Fields storage) {
            var pin = storage.text("fingerprint");
            boolean pinned = fingerprints.stream().anyMatch(pin::equalsIgnoreCase);
            long theirs = storage.whole("port").orElse((long) USUAL_PORT);
            var server = bare(storage.text("server"));
            return pinned || (theirs == port && hosts.stream().anyMatch(server::equalsIgnoreCase));
        }

        private static String bare(String host) {
            return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
        }
    }

    /// @param name what the owner calls it
    public BackupServer(String name, Address address, Transport wire) {
        this.name = name;
        this.address = address;
        this.wire = wire;
    }

    public String name() {
        return name;
    }

    public Address address() {
        return address;
    }

    /// The same server by another way.
    public BackupServer by(UnaryOperator<Transport> way) {
        return new BackupServer(name, address, way.apply(wire));
    }

    public Version version() {
        return Version.from(Fields.of(get("/version", Json.Obj.EMPTY)));
    }

    /// Those the token may see, with how full they are.
    public List<Datastore> datastores() {
        var described = new LinkedHashMap<String, Fields>();
        Fields.list(get("/admin/datastore", Json.Obj.EMPTY)).forEach(row -> described.put(row.text("store"), row));
        return Fields.list(get("/status/datastore-usage", Json.Obj.EMPTY)).stream()
                .map(row -> Datastore.from(row, Optional.ofNullable(described.get(row.text("store")))))
                .toList();
    }

    /// The namespaces of a datastore, at all depths; its root is an empty text.
    public List<String> namespaces(String store) {
        return Fields.list(get(ApiPath.of("/admin/datastore/{store}/namespace", store), Json.Obj.EMPTY)).stream()
                .map(row -> row.text("ns"))
                .toList();
    }

    /// What is kept in one namespace of a datastore, and not in those below it.
    public List<BackupSnapshot> snapshots(String store, String namespace) {
        var params = namespace.isEmpty() ? Json.Obj.EMPTY : Json.obj("ns", namespace);
        return Fields.list(get(ApiPath.of("/admin/datastore/{store}/snapshots", store), params)).stream()
                .map(row -> BackupSnapshot.from(store, namespace, row))
                .toList();
    }

    /// What is to happen there by itself.
    public List<BackupServerJob> jobs(BackupServerJob.Kind kind) {
        return Fields.list(get(kind.path(), Json.Obj.EMPTY)).stream()
                .map(row -> BackupServerJob.from(kind, row))
                .toList();
    }

    /// The latest tasks of a type, newest first; without the right that [#showsAllTasks] is about, only those that
    /// this token or its owner could have started.
    ///
    /// @param type as [BackupServerTask#type]
    /// @param failed whether only those that did not end well are wanted
    public List<BackupServerTask> tasks(String type, boolean failed, Instant since, int most) {
        var params = Json.obj("typefilter", type, "since", since.getEpochSecond(), "limit", most);
        return Fields.list(get("/nodes/localhost/tasks", failed ? params.with("errors", 1) : params)).stream()
                .map(BackupServerTask::from)
                // The filter takes whatever contains it.
                .filter(task -> task.type().equals(type))
                .toList();
    }

    /// How the jobs of a kind went in the last thirty days, the latest thousand runs at most; as [#tasks].
    public List<BackupServerTask> runs(BackupServerJob.Kind kind, Instant now) {
        return tasks(kind.type(), false, now.minus(LOOKED_BACK), MOST_RUNS);
    }

    /// Whether the token is shown the tasks of others: `Sys.Audit` on `/system/tasks`.
    public boolean showsAllTasks() {
        var rights = get("/access/permissions", Json.obj("path", TASKS));
        return rights instanceof Json.Obj by
                && Fields.of(by).raw(TASKS) instanceof Json.Obj there
                && there.get("Sys.Audit").isPresent();
    }

    private Json get(String path, Json.Obj params) {
        return wire.data(Verb.GET, path, params);
    }

    @Override
    public String toString() {
        return name;
    }
}
