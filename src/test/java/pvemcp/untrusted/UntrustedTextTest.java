package pvemcp.untrusted;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
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
import pvemcp.tool.Preview;
import pvemcp.tool.ToolResult;
import pvemcp.view.Clean;
import pvemcp.view.Markdown;

/// Whatever the text of a cluster and its guests says: no answer has characters that hide, move or turn anything, no
/// text leaves its cell or its fence, nothing becomes a line of ours, and no answer grows without bounds.
class UntrustedTextTest {
    private static final Pattern OPENS = Pattern.compile("<untrusted-([0-9a-f]{12}) source=\"[^\"\n]*\">");
    private static final Pattern NEXT_PAGE =
            Pattern.compile("next page: cursor=[A-Za-z0-9_-]+; filters narrow the list");
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

    private static Policy withoutLimits(Policy policy) {
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

    /// All of the answer, as it goes to a client.
    private static String text(ToolResult result) {
        return switch (result) {
            case ToolResult.Done done -> Markdown.render(done.view());
            case ToolResult.Held held -> preview(held.preview());
            case ToolResult.Refused(var rule, var why, var remedy) -> rule + "\n" + why + "\n" + remedy;
            case ToolResult.Failed(var code, var what, var hint) -> code + "\n" + what + "\n" + hint;
        };
    }

    private static String preview(Preview preview) {
        return preview.summary() + "\n" + String.join("\n", preview.warnings()) + String.join("\n", preview.requests());
    }

    private static String data(ToolResult result) {
        return result instanceof ToolResult.Done done ? done.data().write() : "";
    }

    @ParameterizedTest
    @MethodSource("surfaces")
    void no_text_of_others_is_more_than_text(Surface surface) {
        var benign = text(call(surface, "plain"));
        int lines = outside(benign).size();
        var payloads = Campaign.of(0, 1) == 1 ? Payloads.all() : Payloads.some(1);
        for (var payload : payloads) {
            var result = call(surface, payload);
            var text = text(result);
            assertThat(hidden(text))
                    .as("hidden characters of %s in %s", shown(payload), text)
                    .isEmpty();
            // Long texts leave room for fewer rows, and are told to go on; none makes room for more.
            int ours = payload.length() > 8000 ? lines + 2 : lines;
            assertThat(outside(text).size())
                    .as("%s in %s", shown(payload), text)
                    .isLessThanOrEqualTo(ours);
            assertThat(text.length()).as(shown(payload)).isLessThan(LONGEST);
            assertThat(hidden(unescaped(data(result))))
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
        assertThat(text(result)).contains("word-4711");
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
                assertThat(hidden(text(result))).isEmpty();
                assertThat(text(result).lines()).as(text(result)).hasSizeLessThanOrEqualTo(3);
                assertThat(text(result).length()).isLessThan(3000);
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
            assertThat(hidden(Clean.oneLine(text))).as("U+%04X", c).isEmpty();
        }
    }

    // ---- judging ----

    /// The lines of ours: those in no fence. A fence that does not end with its own mark hides the rest, which shows.
    private static List<String> outside(String text) {
        var lines = new ArrayList<String>();
        var end = "";
        for (var line : text.split("\n", -1)) {
            var opens = OPENS.matcher(line);
            if (!end.isEmpty()) {
                if (line.equals(end)) {
                    end = "";
                }
            } else if (opens.matches()) {
                end = "</untrusted-" + opens.group(1) + ">";
                lines.add("fence");
            } else if (!NEXT_PAGE.matcher(line).matches()) {
                lines.add(line);
            }
        }
        assertThat(end).as("a fence without an end in %s", text).isEmpty();
        return lines;
    }

    private static List<String> hidden(String text) {
        var found = new ArrayList<String>();
        text.codePoints().filter(UntrustedTextTest::isHidden).forEach(c -> found.add("U+%04X".formatted(c)));
        return found;
    }

    /// Told apart by other means than the cleaning itself: by Unicode's own lists of what is not to be seen.
    private static boolean isHidden(int c) {
        if (c == '\n') {
            return false;
        }
        return Character.isISOControl(c)
                || Character.isIdentifierIgnorable(c)
                || !Character.isDefined(c)
                || Character.getType(c) == Character.SURROGATE
                || Character.getType(c) == Character.PRIVATE_USE
                || Character.getType(c) == Character.LINE_SEPARATOR
                || Character.getType(c) == Character.PARAGRAPH_SEPARATOR
                || (c >= 0xE0000 && c <= 0xE0FFF)
                || (c >= 0xFE00 && c <= 0xFE0F)
                || c == 0x3164
                || c == 0xFFA0
                || c == 0x115F
                || c == 0x1160
                || c == 0x034F;
    }

    private static String unescaped(String json) {
        return json.isEmpty() ? "" : String.join("", texts(Json.parse(json)));
    }

    private static List<String> texts(Json value) {
        return switch (value) {
            case Json.Str(var text) -> List.of(text);
            case Json.Arr(var items) ->
                items.stream().flatMap(item -> texts(item).stream()).toList();
            case Json.Obj(var members) ->
                members.values().stream()
                        .flatMap(member -> texts(member).stream())
                        .toList();
            default -> List.of();
        };
    }

    private static String shown(String payload) {
        return Json.str(payload.substring(0, Math.min(80, payload.length()))).write();
    }
}
