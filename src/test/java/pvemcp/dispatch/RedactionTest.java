package pvemcp.dispatch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pvemcp.json.Json;
import pvemcp.lab.Lab;
import pvemcp.lab.LabAssert;
import pvemcp.lab.Scenes;
import pvemcp.pve.PveException;
import pvemcp.pve.PveFault;
import pvemcp.pve.Secret;
import pvemcp.pve.Transport;
import pvemcp.pve.Verb;
import pvemcp.tool.ToolResult;
import pvemcp.view.Markdown;

/// A secret that is known, or stands where the API has secrets, leaves by no door in no spelling.
class RedactionTest {
    private static final String CANARY = "c4n4ry/+ ä\"=&<hunter2>";

    /// A secret as others may write it.
    static Stream<Map.Entry<String, String>> spellings() {
        var bytes = CANARY.getBytes(UTF_8);
        var spellings = new LinkedHashMap<String, String>();
        spellings.put("plain", CANARY);
        spellings.put("percent-encoded", URLEncoder.encode(CANARY, UTF_8).replace("+", "%20"));
        spellings.put(
                "percent-encoded, in lower case",
                lower(URLEncoder.encode(CANARY, UTF_8).replace("+", "%20")));
        spellings.put("as a form", URLEncoder.encode(CANARY, UTF_8));
        spellings.put("Base64", Base64.getEncoder().encodeToString(bytes));
        spellings.put("Base64 for URLs", Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
        for (var before : List.of("u:", "user:", "user1:")) {
            var inside = (before + CANARY + "\n").getBytes(UTF_8);
            spellings.put("Base64 behind " + before, Base64.getEncoder().encodeToString(inside));
            spellings.put(
                    "Base64 for URLs behind " + before, Base64.getUrlEncoder().encodeToString(inside));
        }
        spellings.put("hexadecimal", HexFormat.of().formatHex(bytes));
        spellings.put(
                "hexadecimal, in upper case", HexFormat.of().withUpperCase().formatHex(bytes));
        spellings.put("quoted in JSON", Json.str(CANARY).write());
        return spellings.entrySet().stream();
    }

    private static String lower(String percent) {
        var out = new StringBuilder(percent);
        for (int i = out.indexOf("%"); i >= 0; i = out.indexOf("%", i + 1)) {
            out.replace(i, i + 3, out.substring(i, i + 3).toLowerCase(Locale.ROOT));
        }
        return out.toString();
    }

    /// Nothing of it that would give it away.
    private static void isClean(String text) {
        assertThat(text).doesNotContain("hunter2", "c4n4ry");
        for (var spelling : spellings().map(Map.Entry::getValue).toList()) {
            assertThat(text).doesNotContain(spelling.substring(4, spelling.length() - 4));
        }
    }

    /// Answers one path with what a test wants, and everything with an error that quotes it.
    private record Saying(Transport wire, String path, Json data, boolean failing) implements Transport {
        @Override
        public Json.Obj send(Verb verb, String asked, Json.Obj params) {
            if (!asked.equals(path)) {
                return wire.send(verb, asked, params);
            }
            if (failing) {
                throw new PveException(new PveFault.Unexpected(500, "no good: " + ((Json.Str) data).value()));
            }
            return Json.obj("data", data);
        }
    }

    private static Lab saying(String path, Json data, boolean failing) {
        return Lab.of(Scenes.small())
                .knowing(new Secret(CANARY))
                .through(wire -> new Saying(wire, path, data, failing));
    }

    private static String all(Lab lab, ToolResult result) {
        var said = new ArrayList<String>();
        said.add(result instanceof ToolResult.Done done ? Markdown.render(done.view()) : result.toString());
        said.add(result instanceof ToolResult.Done done ? done.data().write() : "");
        said.addAll(lab.auditLines().stream().map(Json::write).toList());
        said.addAll(lab.progress());
        return String.join("\n", said);
    }

    @ParameterizedTest
    @MethodSource("spellings")
    void a_known_secret_is_in_no_answer(Map.Entry<String, String> spelling) {
        var config = Json.obj("name", "web", "description", "it is " + spelling.getValue() + " indeed", "digest", "x");
        try (var lab = saying("/nodes/pve1/qemu/101/config", config, false)) {
            isClean(all(lab, lab.call("pve_guest_get", "guest", "101")));
            isClean(all(lab, lab.call("pve_guest_config", "guest", "101")));
            isClean(all(lab, lab.call("pve_api_read", "path", "/nodes/pve1/qemu/101/config")));
        }
    }

    @ParameterizedTest
    @MethodSource("spellings")
    void a_known_secret_is_in_no_error_and_not_in_the_audit_log(Map.Entry<String, String> spelling) {
        try (var lab = saying("/nodes/pve1/qemu/101/status/stop", Json.str(spelling.getValue()), true)) {
            var result = lab.call("pve_guest_power", "guest", "101", "action", "stop");
            assertThat(result).isInstanceOf(ToolResult.Failed.class);
            isClean(all(lab, result));
        }
    }

    @ParameterizedTest
    @MethodSource("spellings")
    void a_known_secret_in_arguments_is_not_in_the_audit_log(Map.Entry<String, String> spelling) {
        try (var lab = Lab.of(Scenes.small()).knowing(new Secret(CANARY))) {
            var result = lab.call("pve_guest_notes", "guest", "dns", "text", "see " + spelling.getValue());
            isClean(String.join("\n", lab.auditLines().stream().map(Json::write).toList()));
            isClean(all(lab, result));
        }
    }

    @ParameterizedTest
    @MethodSource("spellings")
    void a_known_secret_is_in_no_stack_trace(Map.Entry<String, String> spelling) {
        var lab = Lab.of(Scenes.small()).knowing(new Secret(CANARY)).through(wire -> (verb, path, params) -> {
            throw new IllegalStateException("a bug quotes " + spelling.getValue());
        });
        try (lab) {
            assertThatThrownBy(() -> lab.call("pve_guest_list"))
                    .isInstanceOf(IllegalStateException.class)
                    .satisfies(e -> isClean(e.getMessage()))
                    .hasNoCause();
            isClean(String.join("\n", lab.auditLines().stream().map(Json::write).toList()));
        }
    }

    /// Where the API hands out secrets, and under which name.
    static Stream<List<String>> positions() {
        return Stream.of(
                List.of("GET", "/cluster/acme/plugins/dns", "data"),
                List.of("GET", "/cluster/sdn/ipams/box", "token"),
                List.of("GET", "/cluster/sdn/dns/pdns", "key"),
                List.of("GET", "/access/domains/sso", "client-key"),
                List.of("GET", "/nodes/pve1/subscription", "key"),
                List.of("POST", "/access/users/joe@pve/token/ci", "value"),
                List.of("POST", "/access/tfa/joe@pve", "recovery"),
                List.of("POST", "/access/ticket", "ticket"),
                List.of("POST", "/access/ticket", "CSRFPreventionToken"),
                List.of("POST", "/nodes/pve1/qemu/101/vncproxy", "password"),
                List.of("POST", "/nodes/pve1/qemu/101/termproxy", "ticket"),
                List.of("POST", "/nodes/pve1/lxc/102/spiceproxy", "password"),
                List.of("POST", "/nodes/pve1/qemu/101/mtunnel", "ticket"),
                List.of("POST", "/cluster/config/nodes/pve9", "corosync_authkey"),
                List.of("POST", "/storage", "encryption-key"));
    }

    @ParameterizedTest
    @MethodSource("positions")
    void a_secret_that_pve_hands_out_is_known_by_where_it_stands(List<String> position) {
        var value = position.get(2).equals("recovery") ? Json.strings(List.of(CANARY)) : (Json) Json.str(CANARY);
        var answers = List.<Json>of(
                Json.obj(position.get(2), value, "id", "x"),
                Json.arr(Json.obj(position.get(2), value), Json.obj("id", "x")),
                Json.obj("config", Json.obj(position.get(2), value, "comment", "again: " + CANARY)));
        for (var answer : answers) {
            var redactor = new Redactor();
            var wire = redactor.watching((verb, path, params) -> Json.obj("data", answer));
            wire.send(Verb.valueOf(position.get(0)), position.get(1), Json.Obj.EMPTY);
            isClean(redactor.scrub(answer).write());
            isClean(redactor.scrub("elsewhere: " + Base64.getEncoder().encodeToString(CANARY.getBytes(UTF_8))));
        }
    }

    @Test
    void a_secret_parameter_is_masked_in_the_log_and_never_comes_back() {
        try (var lab = Lab.of(Scenes.small())) {
            var params = Json.obj("comments", "my password is " + CANARY, "password", CANARY, "userid", "joe@pve");
            var result = lab.call("pve_api_write", "method", "post", "path", "/access/users", "params", params);
            isClean(all(lab, result));
        }
    }

    @Test
    void what_one_caller_calls_a_password_is_hidden_from_nobody_else() {
        try (var lab = Lab.of(Scenes.small())) {
            var params = Json.obj("userid", "joe@pve", "password", "running");
            lab.call("pve_api_write", "method", "post", "path", "/access/users", "params", params);
            LabAssert.assertThat(lab.as("other").call("pve_guest_list")).shows("running");
        }
    }

    @Test
    void nor_is_it_where_the_call_is_made_too_often() {
        try (var lab = Lab.of(Scenes.small())) {
            var params = Json.obj("userid", "joe@pve", "password", "running");
            var call = Json.obj("method", "post", "path", "/access/users", "params", params, "dry_run", true);
            ToolResult answer = lab.call("pve_api_write", call);
            for (int i = 0; i < 20 && !(answer instanceof ToolResult.Refused); i++) {
                answer = lab.call("pve_api_write", call);
            }
            LabAssert.assertThat(answer).isRefusedBy("policy.limit.repeats");
            LabAssert.assertThat(lab.as("other").call("pve_guest_list")).shows("running");
        }
    }

    @Test
    void what_a_guest_calls_a_password_is_hidden_from_nobody() {
        var redactor = new Redactor();
        var said = Json.obj("result", Json.obj("id", "debian", "token", "running", "password", "pve_guest_delete"));
        var wire = redactor.watching((verb, path, params) -> Json.obj("data", said));
        for (var path : List.of("/nodes/pve1/qemu/101/agent/get-osinfo", "/nodes/pve1/qemu/101/agent")) {
            wire.send(Verb.GET, path, Json.Obj.EMPTY);
            wire.send(Verb.POST, path, Json.obj("password", CANARY));
        }
        assertThat(redactor.scrub(said)).isEqualTo(said);
        isClean(redactor.scrub("it was set to " + CANARY));
    }

    @Test
    void what_the_owner_has_configured_is_not_forgotten_over_what_pve_hands_out() {
        var redactor = new Redactor();
        redactor.learn(new Secret(CANARY));
        var wire = redactor.watching((verb, path, params) -> Json.obj("data", Json.obj("ticket", path)));
        for (int i = 0; i < 1_000; i++) {
            wire.send(Verb.POST, "/nodes/pve1/qemu/" + (100 + i) + "/vncproxy", Json.Obj.EMPTY);
        }
        isClean(redactor.scrub("it is " + CANARY));
    }

    @Test
    void what_only_sounds_like_a_secret_is_shown() {
        var redactor = new Redactor();
        var data =
                Json.obj("tokenid", "joe@pve!ci", "hotplug", "network,disk", "keyboard", "en-us", "lock-token", "none");
        var wire = redactor.watching((verb, path, params) -> Json.obj("data", data));
        wire.send(Verb.GET, "/nodes/pve1/qemu/101/config", Json.Obj.EMPTY);
        assertThat(redactor.scrub(data)).isEqualTo(data);
    }

    @Test
    void what_pve_has_masked_itself_teaches_nothing() {
        var redactor = new Redactor();
        var wire = redactor.watching((verb, path, params) -> Json.obj("data", Json.obj("cipassword", "**********")));
        wire.send(Verb.GET, "/nodes/pve1/qemu/101/config", Json.Obj.EMPTY);
        assertThat(redactor.scrub("**********")).isEqualTo("**********");
    }
}
