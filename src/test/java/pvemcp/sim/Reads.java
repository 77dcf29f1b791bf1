package pvemcp.sim;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import pvemcp.json.Json;
import pvemcp.schema.ApiSchema;
import pvemcp.schema.Operation;
import pvemcp.schema.Verb;

/// Everything that can be read from a simulator: each read of the schema that is simulated, with the names of the
/// things that are there.
final class Reads {
    /// What a read wants to be told besides.
    private static final Map<String, String> ARGUMENTS = Map.of(
            "/nodes/{node}/rrddata", "?timeframe=hour",
            "/nodes/{node}/qemu/{vmid}/rrddata", "?timeframe=hour",
            "/nodes/{node}/lxc/{vmid}/rrddata", "?timeframe=hour",
            "/nodes/{node}/storage/{storage}/rrddata", "?timeframe=hour",
            "/nodes/{node}/qemu/{vmid}/feature", "?feature=snapshot",
            "/cluster/sdn/dry-run", "?node=pve1",
            "/nodes/{node}/ceph/cmd-safety", "?service=osd&id=0&action=stop",
            "/nodes/{node}/disks/smart", "?disk=/dev/sda",
            "/nodes/{node}/apt/changelog", "?name=pve-manager",
            "/nodes/{node}/qemu/{vmid}/cloudinit/dump", "?type=user");

    /// So many things of a list are looked at: its first and its last ones.
    private static final int EACH_WAY = 1;

    private static final ApiSchema SCHEMA = ApiSchema.builtIn("9.2");

    private final SimClient client;
    private final SequencedMap<String, String> answers = new TreeMap<>();
    private final Map<String, List<String>> listed = new LinkedHashMap<>();

    private Reads(SimClient client) {
        this.client = client;
    }

    /// Each path with the status and the body of its answer.
    static SequencedMap<String, String> of(PveSim sim) {
        try (var client = SimClient.of(sim).keepingAlive()) {
            var reads = new Reads(client);
            for (var operation : SCHEMA.operations()) {
                // It takes away what it tells.
                boolean again = !operation.path().endsWith("/exec-status");
                if (operation.verb() == Verb.GET
                        && again
                        && sim.routes().handler(operation).isPresent()) {
                    reads.read(operation);
                }
            }
            return reads.answers;
        }
    }

    private void read(Operation operation) {
        var paths = List.of("");
        var template = "";
        for (var segment : operation.path().substring(1).split("/", -1)) {
            var list = template;
            paths = paths.stream()
                    .flatMap(path -> segment.startsWith("{")
                            ? names(path, list).map(name -> path + "/" + name)
                            : Stream.of(path + "/" + segment))
                    .toList();
            template += "/" + segment;
        }
        for (var path : paths) {
            var answer = client.get(path + ARGUMENTS.getOrDefault(operation.path(), ""));
            answers.put(path, answer.status() + " " + answer.reason() + " " + answer.text());
        }
    }

    /// What is in a list, by the member of its rows that the schema names as what a path goes on with.
    private Stream<String> names(String path, String template) {
        var child = SCHEMA.operation(Verb.GET, template)
                .flatMap(list -> list.facts().object("returns"))
                .flatMap(returns -> returns.text("child"))
                .orElse("{name}");
        return listed.computeIfAbsent(path, _ -> names(client.get(path), child)).stream();
    }

    private static List<String> names(SimClient.Answer answer, String child) {
        if (answer.status() != 200 || !(answer.data() instanceof Json.Arr(var rows))) {
            return List.of();
        }
        var names = rows.stream()
                .flatMap(row -> ((Json.Obj) row).text(child.substring(1, child.length() - 1)).stream())
                .map(name -> name.replace("/", "%2F"))
                .toList();
        var some = new ArrayList<>(names.subList(0, Math.min(EACH_WAY, names.size())));
        some.addAll(names.subList(Math.max(some.size(), names.size() - EACH_WAY), names.size()));
        return some;
    }
}
