package pvemcp.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import pvemcp.json.Json;
import pvemcp.pve.Bytes;
import pvemcp.pve.GuestRef;

class InputsTest {
    enum Action {
        START,
        POWER_OFF
    }

    record Paging(
            @Doc(value = "Rows", or = "50", min = 1, max = 500)
            int limit) implements Inputs.Group {}

    record Everything(
            @Doc GuestRef guest,
            @Doc("What to do") Action action,
            @Doc(value = "How long", or = "60s") Duration keepFor,
            @Doc("A note") Optional<String> note,
            @Doc("Names") List<String> fields,
            @Doc("By force") boolean force,
            @Doc("More") Json.Obj params,
            @Doc Optional<Bytes> size,
            Paging paging) {}

    private static final Inputs<Everything> INPUTS = Inputs.of(Everything.class);

    private static Json.Obj args(Object... namesAndValues) {
        return Json.obj(namesAndValues);
    }

    private static List<String> problems(Json.Obj arguments) {
        return catchThrowableOfType(BadArguments.class, () -> INPUTS.bind(arguments))
                .problems();
    }

    @Test
    void a_record_says_all_there_is_to_declare() {
        assertThat(INPUTS.schema().pretty()).isEqualTo("""
                {
                  "type": "object",
                  "properties": {
                    "guest": {
                      "type": "string"
                    },
                    "action": {
                      "type": "string",
                      "enum": [
                        "start",
                        "power_off"
                      ],
                      "description": "What to do"
                    },
                    "keep_for": {
                      "type": "string",
                      "default": "60s",
                      "description": "How long"
                    },
                    "note": {
                      "type": "string",
                      "description": "A note"
                    },
                    "fields": {
                      "type": "array",
                      "items": {
                        "type": "string"
                      },
                      "description": "Names"
                    },
                    "force": {
                      "type": "boolean",
                      "description": "By force"
                    },
                    "params": {
                      "type": "object",
                      "description": "More"
                    },
                    "size": {
                      "type": "string",
                      "description": "Size such as 32G"
                    },
                    "limit": {
                      "type": "integer",
                      "maximum": 500,
                      "default": 50,
                      "description": "Rows"
                    }
                  },
                  "required": [
                    "guest",
                    "action"
                  ]
                }""");
    }

    @Test
    void what_is_left_out_has_its_default() {
        assertThat(INPUTS.bind(args("guest", "web", "action", "start")))
                .isEqualTo(new Everything(
                        new GuestRef("web"),
                        Action.START,
                        Duration.ofMinutes(1),
                        Optional.empty(),
                        List.of(),
                        false,
                        Json.Obj.EMPTY,
                        Optional.empty(),
                        new Paging(50)));
    }

    @Test
    void what_cannot_be_misunderstood_is_taken() {
        var call = INPUTS.bind(args(
                "guest", 101,
                "action", "POWER-OFF",
                "keep_for", 90,
                "note", null,
                "fields", "id, name",
                "force", "true",
                "params", "{\"cores\":2}",
                "size", "1.5 GiB",
                "limit", "7"));
        assertThat(call.guest()).isEqualTo(new GuestRef("101"));
        assertThat(call.action()).isEqualTo(Action.POWER_OFF);
        assertThat(call.keepFor()).isEqualTo(Duration.ofSeconds(90));
        assertThat(call.note()).isEmpty();
        assertThat(call.fields()).containsExactly("id", "name");
        assertThat(call.force()).isTrue();
        assertThat(call.params()).isEqualTo(Json.obj("cores", 2));
        assertThat(call.size()).contains(Bytes.ofMebi(1536));
        assertThat(call.paging().limit()).isEqualTo(7);
    }

    @Test
    void all_problems_are_told_at_once_with_the_nearest_right_name() {
        assertThat(problems(args("gest", "web", "action", "strat", "limit", 501, "keep_for", "soon", "force", "maybe")))
                .containsExactly(
                        "unknown argument 'gest' (did you mean 'guest'?)",
                        "missing argument 'guest' (Guest: id, name or node/id)",
                        "argument 'action': 'strat' is none of start, power_off (did you mean 'start'?)",
                        "argument 'keep_for': 'soon' is not a time span: write a number and a unit, such as 90s, 5m or"
                                + " 1h30m",
                        "argument 'force': 'maybe' is neither true nor false",
                        "argument 'limit': 501 is out of range: 1 to 500");
    }

    @Test
    void a_size_without_a_unit_that_would_be_next_to_nothing_is_asked_back() {
        for (var size : List.of(Json.num(4096), Json.str("4096"))) {
            assertThat(problems(args("guest", "web", "action", "start", "size", size)))
                    .containsExactly(
                            "argument 'size': '4096' has no unit and would be bytes: 4096M is MiB, 4096G is GiB");
        }
        for (var size : List.of("4096B", "4K", "0", "1048576")) {
            var call = INPUTS.bind(args("guest", "web", "action", "start", "size", size));
            assertThat(INPUTS.bind(INPUTS.unbind(call))).as(size).isEqualTo(call);
        }
    }

    @Test
    void what_is_missing_is_told_with_what_it_may_be() {
        assertThat(problems(args("guest", "web")))
                .containsExactly("missing argument 'action': one of start, power_off (What to do)");
        assertThat(problems(args("vmid", 101, "action", "start")))
                .startsWith("unknown argument 'vmid' (did you mean 'guest'?)");
    }

    @Test
    void time_spans_may_be_spelt_out_and_lists_written_as_json() {
        var call = INPUTS.bind(args(
                "guest", "web", "action", "start", "keep_for", "1 day 2 hours 30 min", "fields", "[\"id\",\"name\"]"));
        assertThat(call.keepFor()).isEqualTo(Duration.ofMinutes(26 * 60 + 30));
        assertThat(call.fields()).containsExactly("id", "name");
        assertThat(problems(args("guest", "web", "action", "start", "keep_for", "3 months")))
                .singleElement()
                .asString()
                .contains("'3 months' is not a time span");
    }

    @Test
    void a_value_of_another_kind_is_refused() {
        assertThat(problems(args("guest", List.of("web"), "action", "start", "limit", 1.5, "params", "cores=2")))
                .containsExactly(
                        "argument 'guest': expected text, not a list",
                        "argument 'params': expected an object, not a scalar",
                        "argument 'limit': '1.5' is not a whole number");
    }

    @Test
    void a_name_with_a_control_character_is_refused() {
        assertThat(problems(args("guest", "web\nstop", "action", "start")))
                .containsExactly("argument 'guest': has a control character at position 3");
    }

    @Test
    void the_same_call_is_written_the_same_however_it_was_asked_for() {
        var plain = INPUTS.bind(args("guest", "101", "action", "start"));
        var wordy = INPUTS.bind(args("limit", "50", "keep_for", "1m", "action", "Start", "guest", 101, "fields", ""));
        assertThat(INPUTS.unbind(wordy)).isEqualTo(INPUTS.unbind(plain));
        assertThat(INPUTS.unbind(INPUTS.bind(args("guest", "101", "action", "start", "size", "1G"))))
                .isEqualTo(INPUTS.unbind(INPUTS.bind(args("guest", "101", "action", "start", "size", 1 << 30))));
        assertThat(INPUTS.bind(INPUTS.unbind(plain))).isEqualTo(plain);
    }
}
