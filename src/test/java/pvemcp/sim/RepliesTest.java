package pvemcp.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import pvemcp.json.Json;
import pvemcp.schema.ApiSchema;
import pvemcp.schema.Operation;
import pvemcp.schema.Verb;
import pvemcp.sim.scenario.Scenarios;
import pvemcp.sim.time.SimTime;
import pvemcp.sim.world.Ceph;

/// What is answered has the types that PVE's schema declares for it.
class RepliesTest {
    /// Arguments that a read wants, by path.
    private static final Map<String, String> ARGUMENTS = Map.of(
            "/nodes/{node}/rrddata", "?timeframe=hour",
            "/cluster/sdn/dry-run", "?node=pve1",
            "/nodes/{node}/ceph/cmd-safety", "?service=osd&id=0&action=stop",
            "/nodes/{node}/disks/smart", "?disk=/dev/sda",
            "/nodes/{node}/apt/changelog", "?name=pve-manager");

    private final List<String> wrong = new ArrayList<>();

    @Test
    void every_read_without_further_names_answers_in_the_declared_types() {
        var schema = ApiSchema.builtIn("9.2");
        try (var sim = PveSim.start(Scenarios.homelab(), SimTime.byHand(Worlds.NOON))) {
            var node = sim.ask(cluster -> cluster.nodes.firstEntry().getKey());
            sim.change(cluster -> Ceph.on(cluster, node).fileSystems.put("files", new Ceph.FileSystem("a", "b")));
            int asked = 0;
            for (var operation : schema.operations()) {
                var path = operation.path().replace("{node}", node);
                if (operation.verb() != Verb.GET
                        || path.contains("{")
                        || sim.routes().handler(operation).isEmpty()) {
                    continue;
                }
                var answer = SimClient.of(sim).get(path + ARGUMENTS.getOrDefault(operation.path(), ""));
                if (answer.status() == 200) {
                    asked++;
                    check(operation, answer.data());
                }
            }
            assertThat(wrong).isEmpty();
            assertThat(asked).isGreaterThan(60);
        }
    }

    private void check(Operation operation, Json data) {
        operation.facts().object("returns").ifPresent(returns -> check(operation.path(), returns, data));
    }

    private void check(String where, Json.Obj declared, Json value) {
        if (value instanceof Json.Null) {
            return; // What Perl does not define is null, whatever the type.
        }
        boolean right = switch (declared.text("type").orElse("any")) {
            case "array" -> value instanceof Json.Arr;
            case "object" -> value instanceof Json.Obj;
            case "integer" ->
                value.scalarText().filter(text -> text.matches("-?\\d+")).isPresent();
            case "number" ->
                value.scalarText().filter(text -> text.matches("-?[\\d.Ee+-]+")).isPresent();
            case "boolean" ->
                value.scalarText()
                        .filter(text -> text.matches("0|1|true|false"))
                        .isPresent();
            // A real 9.2 answers some property strings taken apart, such as fleecing of vzdump/defaults (recording
            // s03).
            case "string" -> value.scalarText().isPresent() || (value instanceof Json.Obj && declared.has("format"));
            default -> true;
        };
        if (!right) {
            wrong.add(where + " is no " + declared.text("type").orElse("") + ": " + value.write());
            return;
        }
        switch (value) {
            case Json.Arr(var items) ->
                declared.object("items").ifPresent(each -> items.forEach(item -> check(where + "[]", each, item)));
            case Json.Obj object ->
                declared.object("properties")
                        .ifPresent(properties -> properties.members().forEach((name, type) -> {
                            var member = object.get(name);
                            if (member.isPresent()) {
                                check(where + "." + name, (Json.Obj) type, member.get());
                            } else if (!((Json.Obj) type).flag("optional").orElse(false)) {
                                wrong.add(where + "." + name + " is missing");
                            }
                        }));
            default -> {}
        }
    }
}
