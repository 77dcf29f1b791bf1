package pvemcp.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import pvemcp.gate.Policy;
import pvemcp.gate.Reach;
import pvemcp.json.Json;
import pvemcp.lab.Campaign;
import pvemcp.lab.Lab;
import pvemcp.lab.Scenes;
import pvemcp.pve.Connection;
import pvemcp.pve.HttpTransport;
import pvemcp.pve.Pve;
import pvemcp.pve.Secret;
import pvemcp.pve.Waiting;
import pvemcp.schema.ApiSchema;
import pvemcp.sim.Credentials;
import pvemcp.sim.world.Acl;
import pvemcp.tool.Tier;
import pvemcp.tool.Tool;
import pvemcp.tool.ToolResult;
import pvemcp.tools.Catalog;
import pvemcp.view.Markdown;

/// Many callers at once, each with credentials of their own that see one guest: none is answered with another's.
@Timeout(1800)
class ManyCallersTest {
    private static final Pattern CANARY = Pattern.compile("canary-[0-9]+");

    private static final Map<String, Tool<?>> TOOLS =
            Catalog.tools(Catalog.Surface.ALL, List.of()).stream().collect(Collectors.toMap(Tool::name, tool -> tool));

    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();

    @Test
    void each_is_told_of_what_is_theirs() throws Exception {
        int callers = Campaign.of(20, 200);
        int calls = Campaign.of(6, 500);
        var transports = new ArrayList<HttpTransport>();
        try (var lab = Lab.of(Scenes.small()).owner("policy.limit.repeats = 0\n");
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var road = (Road) lab.dispatcher();
            var looking = new ArrayList<Future<?>>();
            for (int i = 0; i < callers; i++) {
                var transport = entering(lab, 1000 + i);
                transports.add(transport);
                var own = road.within(
                        new Reach("caller " + i, Tier.EXECUTE, Policy.Protection.NONE), List.of(cluster(transport)));
                int vmid = 1000 + i;
                looking.add(threads.submit(() -> {
                    for (int call = 0; call < calls; call++) {
                        look(own, vmid, call);
                    }
                }));
            }
            for (var each : looking) {
                each.get();
            }
        }
        transports.forEach(HttpTransport::close);
        Campaign.report("%d callers, %d calls".formatted(callers, callers * calls));
        assertThat(wrong).isEmpty();
    }

    /// The wire of a token that sees the guest of this id alone.
    private static HttpTransport entering(Lab lab, int vmid) {
        var token = lab.sim().<Credentials>ask(cluster -> {
            Scenes.vm(cluster, vmid, "pve1", "canary-" + vmid);
            var made = Credentials.token(cluster, "caller%d@pve".formatted(vmid), "t");
            cluster.access.grant(
                    new Acl("/vms/" + vmid, Acl.Kind.USER, "caller%d@pve".formatted(vmid), "PVEAuditor", true));
            return made;
        });
        var connection = new Connection(
                "default",
                List.of(URI.create(lab.sim().url())),
                new Connection.Credential.Token(token.id(), new Secret(token.secret())),
                new Connection.Trust.Fingerprints(List.of(lab.sim().fingerprint())),
                Duration.ofSeconds(60));
        return new HttpTransport(connection, lab.clock(), Waiting.REAL);
    }

    private static Cluster cluster(HttpTransport transport) {
        var schema = ApiSchema.builtIn("9.2");
        return new Cluster("default", "", transport, wire -> new Pve(wire, Waiting.REAL), () -> schema);
    }

    private void look(Road own, int vmid, int call) {
        var asked = switch (call % 3) {
            case 0 -> own.call(tool("pve_guest_list"), Json.Obj.EMPTY, new Quiet("caller " + vmid));
            case 1 ->
                own.call(tool("pve_api_read"), Json.obj("path", "/cluster/resources"), new Quiet("caller " + vmid));
            default -> own.call(tool("pve_guest_config"), Json.obj("guest", vmid), new Quiet("caller " + vmid));
        };
        var answer = asked instanceof ToolResult.Done done
                ? Markdown.render(done.view()) + done.data().write()
                : asked.toString();
        var seen = CANARY.matcher(answer)
                .results()
                .map(MatchResult::group)
                .distinct()
                .toList();
        if (!seen.equals(List.of("canary-" + vmid))) {
            wrong.add("%d in call %d: %s".formatted(vmid, call, seen.isEmpty() ? answer : seen));
        }
    }

    private static Tool<?> tool(String name) {
        return TOOLS.get(name);
    }
}
