package pvemcp.query;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import java.util.function.Function;
import pvemcp.json.Json;
import pvemcp.pve.Abreast;
import pvemcp.pve.BackupServer;
import pvemcp.pve.Fields;
import pvemcp.pve.Transport;
import pvemcp.pve.Verb;

/// What one query reads from the cluster. Asks for each thing once and keeps it; at most [#AT_ONCE] requests are
/// under way. What could not be read (a guest gone meanwhile, a node that is down) is left out and told in [#gaps()].
final class Source {
    /// PVE has three API workers a node, so more at once only queue there.
    private static final int AT_ONCE = 8;

    private final Transport wire;
    private final List<BackupServer> servers;
    private final Map<String, List<Fields>> lists = new HashMap<>();
    private final TreeSet<String> gaps = new TreeSet<>();

    /// Of one cluster.
    Source(Transport wire) {
        this.wire = wire;
        this.servers = List.of();
    }

    /// Of backup servers, which are no cluster's.
    Source(List<BackupServer> servers) {
        this.wire = (verb, path, _) -> {
            throw new IllegalStateException("%s %s is not for a backup server".formatted(verb, path));
        };
        this.servers = List.copyOf(servers);
    }

    /// Reads something below one guest.
    interface GuestReader {
        Fields one(String below);

        List<Fields> many(String below);
    }

    interface VolumeRow<R> {
        /// The row for a volume, or `null` where it has none.
        R of(String storage, String node, Fields volume);
    }

    /// What could not be read, in words; empty where everything was.
    List<String> gaps() {
        return List.copyOf(gaps);
    }

    List<Fields> many(String path) {
        return lists.computeIfAbsent(path, key -> Fields.list(get(key)));
    }

    List<Fields> resources(String type) {
        return many("/cluster/resources").stream()
                .filter(row -> row.text("type").equals(type))
                .toList();
    }

    List<Fields> guests() {
        return many("/cluster/resources").stream()
                .filter(row ->
                        row.text("type").equals("qemu") || row.text("type").equals("lxc"))
                .toList();
    }

    <R> List<R> eachGuest(BiFunction<Fields, GuestReader, List<R>> rows) {
        var jobs = new LinkedHashMap<String, Callable<List<R>>>();
        for (var guest : guests()) {
            var path = "/nodes/%s/%s/%s".formatted(guest.text("node"), guest.text("type"), guest.text("vmid"));
            jobs.put("guest " + guest.text("vmid"), () -> rows.apply(guest, below(path)));
        }
        return atOnce(jobs);
    }

    private GuestReader below(String path) {
        return new GuestReader() {
            @Override
            public Fields one(String below) {
                return Fields.of(get(path + below));
            }

            @Override
            public List<Fields> many(String below) {
                return Fields.list(get(path + below));
            }
        };
    }

    /// A row for each volume of each storage; a shared storage is listed once, by the first node that has it
    /// available.
    <R> List<R> eachStorage(VolumeRow<R> row) {
        var jobs = new LinkedHashMap<String, Callable<List<R>>>();
        var shared = new TreeSet<String>();
        for (var storage : resources("storage")) {
            var name = storage.text("storage");
            var node = storage.text("node");
            if (!storage.text("status").equals("available") || (storage.flag("shared") && !shared.add(name))) {
                continue;
            }
            jobs.put("storage %s on %s".formatted(name, node), () -> {
                var rows = new ArrayList<R>();
                for (var volume : Fields.list(get("/nodes/%s/storage/%s/content".formatted(node, name)))) {
                    var made = row.of(name, node, volume);
                    if (made != null) {
                        rows.add(made);
                    }
                }
                return rows;
            });
        }
        return atOnce(jobs);
    }

    /// @param what is read, for what could not be
    <R> List<R> eachServer(String what, Function<BackupServer, List<R>> rows) {
        return eachServer(List.of(what), word -> word, (server, _) -> rows.apply(server));
    }

    /// The same with several questions to each.
    ///
    /// @param what is read by one, for what could not be
    <K, R> List<R> eachServer(List<K> questions, Function<K, String> what, BiFunction<BackupServer, K, List<R>> rows) {
        var jobs = new LinkedHashMap<String, Callable<List<R>>>();
        for (var server : servers) {
            for (var question : questions) {
                jobs.put(
                        "%s of backup server %s".formatted(what.apply(question), server),
                        () -> rows.apply(server, question));
            }
        }
        return atOnce(jobs);
    }

    /// What each namespace of each datastore has.
    <R> List<R> eachNamespace(NamespaceRows<R> rows) {
        var within = new LinkedHashMap<String, Callable<List<Place>>>();
        for (var place : eachServer("datastores", Source::datastores)) {
            within.put(place.toString(), () -> namespaces(place));
        }
        var jobs = new LinkedHashMap<String, Callable<List<R>>>();
        for (var place : atOnce(within)) {
            jobs.put(place.toString(), () -> rows.of(place.server(), place.datastore(), place.namespace()));
        }
        return atOnce(jobs);
    }

    interface NamespaceRows<R> {
        List<R> of(BackupServer server, String datastore, String namespace);
    }

    private record Place(BackupServer server, String datastore, String namespace) {
        @Override
        public String toString() {
            var within = namespace.isEmpty() ? datastore : datastore + "/" + namespace;
            return "datastore %s of backup server %s".formatted(within, server);
        }
    }

    private static List<Place> datastores(BackupServer server) {
        return server.datastores().stream()
                .filter(datastore -> datastore.error().isEmpty())
                .map(datastore -> new Place(server, datastore.name(), ""))
                .toList();
    }

    private static List<Place> namespaces(Place place) {
        return place.server().namespaces(place.datastore()).stream()
                .map(namespace -> new Place(place.server(), place.datastore(), namespace))
                .toList();
    }

    private <R> List<R> atOnce(SequencedMap<String, Callable<List<R>>> jobs) {
        var round = Abreast.ask(jobs, AT_ONCE);
        gaps.addAll(round.faults().keySet());
        return round.answers().values().stream().flatMap(List::stream).toList();
    }

    private Json get(String pathAndQuery) {
        int question = pathAndQuery.indexOf('?');
        if (question < 0) {
            return wire.data(Verb.GET, pathAndQuery, Json.Obj.EMPTY);
        }
        var params = Json.Obj.EMPTY;
        for (var pair : pathAndQuery.substring(question + 1).split("&", -1)) {
            int equals = pair.indexOf('=');
            params = params.with(pair.substring(0, equals), pair.substring(equals + 1));
        }
        return wire.data(Verb.GET, pathAndQuery.substring(0, question), params);
    }
}
