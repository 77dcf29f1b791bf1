package pvemcp.untrusted;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pvemcp.gate.Policy;
import pvemcp.json.Json;
import pvemcp.lab.Campaign;
import pvemcp.lab.Lab;
import pvemcp.sim.scenario.Scenarios;
import pvemcp.sim.world.Pool;
import pvemcp.sim.world.Token;
import pvemcp.sim.world.User;
import pvemcp.tool.ToolResult;
import pvemcp.view.Clean;

/// Whatever the text of a cluster and its guests says: no answer has characters that hide, move or turn anything, no
/// text leaves its cell or its fence, nothing becomes a line of ours, and no answer grows without bounds.
class UntrustedTextTest {
    private static final int LONGEST = 120_000;

    private static final Hostile.Payload PAYLOAD = new Hostile.Payload();
    private static Lab lab;

    @BeforeAll
    static void a_cluster_with_much_to_say() {
        lab = Lab.of(Scenarios.troubled())
                .asRoot()
                .policy(UntrustedTextTest::withoutLimits)
                .through(wire -> new Hostile(wire, PAYLOAD));
        lab.with(cluster -> {
            var guest = cluster.guest(101);
            guest.config.put("agent", "1");
            guest.config.put("description", "some notes");
            guest.config.put("tags", "a");
            guest.start(cluster.now());
            guest.inside().put("/etc/motd", "welcome");
            var rule = new TreeMap<String, String>();
            rule.put("type", "in");
            rule.put("action", "ACCEPT");
            rule.put("enable", "1");
            rule.put("comment", "a comment");
            guest.firewall.rules.add(rule);
            cluster.firewall.rules.add(new TreeMap<>(rule));
            cluster.firewall.aliases.put("here", new TreeMap<>(Map.of("cidr", "192.0.2.0/24", "comment", "a comment")));
        });
        lab.with(cluster -> {
            var shop = new Pool("shop");
            shop.comment = "a comment";
            cluster.pools.put("shop", shop);
            var user = cluster.access.users.computeIfAbsent("joe@pve", User::new);
            user.comment = "a comment";
            user.tokens.put("ci", new Token("joe@pve!ci", "s", "a comment", 0, true));
        });
        lab.advance(Duration.ofMinutes(5)); // The guest has booted, and its agent answers.
        lab.call("pve_snapshot_create", "guest", "101", "name", "before", "description", "some words");
    }

    static Policy withoutLimits(Policy policy) {
        return new Policy(
                policy.tiers(),
                policy.rules(),
                policy.protect(),
                policy.restraints(),
                new Policy.Limits(0, 0, 0, 0, 0, 0, 0, Duration.ZERO),
                policy.toolsets(),
                policy.unasked());
    }

    @AfterAll
    static void end() {
        lab.close();
    }

    record Surface(String tool, Json.Obj arguments) {
        static Surface of(String tool, Object... arguments) {
            return new Surface(tool, Json.obj(arguments));
        }

        @Override
        public String toString() {
            return tool + arguments.write();
        }
    }

    static List<Surface> surfaces() {
        var node = lab.ask(cluster -> cluster.guest(101).node);
        var surfaces = new ArrayList<>(List.of(
                Surface.of("pve_guest_list"),
                Surface.of("pve_guest_list", "detail", "full"),
                Surface.of("pve_guest_get", "guest", "101"),
                Surface.of("pve_guest_config", "guest", "101"),
                Surface.of("pve_guest_info", "guest", "101"),
                Surface.of("pve_guest_exec", "guest", "101", "command", List.of("cat", "/etc/motd")),
                Surface.of("pve_guest_file_read", "guest", "101", "path", "/etc/motd"),
                Surface.of("pve_snapshot_list", "guest", "101"),
                Surface.of("pve_firewall_get", "guest", "101"),
                Surface.of("pve_firewall_get", "guest", "101", "show", "log"),
                Surface.of("pve_firewall_get"),
                Surface.of("pve_firewall_get", "show", "aliases"),
                Surface.of("pve_node_get", "node", node),
                Surface.of("pve_node_log", "node", node),
                Surface.of("pve_node_disks", "node", node),
                Surface.of("pve_node_system", "node", node, "what", "certificates"),
                Surface.of("pve_node_system", "node", node, "what", "pci"),
                Surface.of("pve_node_system", "node", node, "what", "report"),
                Surface.of("pve_backup_list", "detail", "full"),
                Surface.of("pve_template_list", "node", node),
                Surface.of("pve_pool_get"),
                Surface.of("pve_access_get", "what", "users"),
                Surface.of("pve_pool_get", "pool", "shop"),
                Surface.of("pve_access_get", "what", "tokens"),
                Surface.of("pve_access_get", "what", "realms"),
                Surface.of("pve_failed_tasks"),
                Surface.of("pve_health"),
                Surface.of("pve_why", "guest", "101"),
                Surface.of("pve_backup_audit"),
                Surface.of("pve_security_audit"),
                Surface.of("pve_report"),
                Surface.of("pve_query", "sql", "select name, tags from guests"),
                Surface.of("pve_api_read", "path", "/nodes/" + node + "/qemu/101/config"),
                Surface.of("pve_api_read", "path", "/nodes/" + node + "/qemu/101/snapshot"),
                Surface.of("pve_api_read", "path", "/cluster/resources"),
                Surface.of("pve_guest_power", "guest", "101", "action", "stop", "dry_run", true),
                Surface.of("pve_guest_set", "guest", "101", "memory", "1G", "dry_run", true)));
        surfaces.add(Surface.of("pve_storage_content", "storage", "pbs", "fields", List.of("volume", "notes")));
        return surfaces;
    }

    private static ToolResult call(Surface surface, String says) {
        PAYLOAD.text = says;
        return lab.call(surface.tool(), surface.arguments());
    }

    @ParameterizedTest
    @MethodSource("surfaces")
    void no_text_of_others_is_more_than_text(Surface surface) {
        var benign = Reading.text(call(surface, "plain"));
        int lines = Reading.outside(benign).size();
        var payloads = Campaign.isOn() ? Payloads.all() : Payloads.some(1);
        for (var payload : payloads) {
            var result = call(surface, payload);
            var text = Reading.text(result);
            assertThat(Reading.hidden(text))
                    .as("hidden characters of %s in %s", Reading.shown(payload), text)
                    .isEmpty();
            // Long texts leave room for fewer rows, and are told to go on; none makes room for more.
            int ours = payload.length() > 8000 ? lines + 2 : lines;
            assertThat(Reading.outside(text).size())
                    .as("%s in %s", Reading.shown(payload), text)
                    .isLessThanOrEqualTo(ours);
            assertThat(text.length()).as(Reading.shown(payload)).isLessThan(LONGEST);
            assertThat(Reading.hidden(Reading.data(result)))
                    .as("hidden characters in the data")
                    .isEmpty();
        }
        Campaign.report("%s: %d payloads".formatted(surface, payloads.size()));
    }

    @ParameterizedTest
    @MethodSource("surfaces")
    void each_of_these_calls_shows_what_others_wrote(Surface surface) {
        var result = call(surface, "word-4711");
        assertThat(result).isInstanceOf(ToolResult.Done.class);
        assertThat(Reading.text(result)).contains("word-4711");
    }

    @Test
    void there_are_at_least_500_payloads() {
        assertThat(Payloads.all()).hasSizeGreaterThanOrEqualTo(500).doesNotHaveDuplicates();
    }

    @Test
    void errors_quote_in_one_line() {
        PAYLOAD.failing = true;
        try {
            for (var payload : Payloads.some(3)) {
                var result = call(Surface.of("pve_guest_power", "guest", "101", "action", "stop"), payload);
                assertThat(result).isInstanceOf(ToolResult.Failed.class);
                assertThat(Reading.hidden(Reading.text(result))).isEmpty();
                assertThat(Reading.text(result).lines())
                        .as(Reading.text(result))
                        .hasSizeLessThanOrEqualTo(3);
                assertThat(Reading.text(result).length()).isLessThan(3000);
            }
        } finally {
            PAYLOAD.failing = false;
        }
    }

    @Test
    void cleaning_twice_changes_nothing_more() {
        for (var payload : Payloads.all()) {
            assertThat(Clean.note(Clean.note(payload))).isEqualTo(Clean.note(payload));
            assertThat(Clean.line(Clean.line(payload))).isEqualTo(Clean.line(payload));
            assertThat(Clean.name(Clean.name(payload))).isEqualTo(Clean.name(payload));
        }
    }

    @Test
    void no_code_point_passes_that_cannot_be_seen() {
        for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
            var text = "a" + Character.toString(c) + "b";
            assertThat(Reading.hidden(Clean.oneLine(text))).as("U+%04X", c).isEmpty();
        }
    }
}
