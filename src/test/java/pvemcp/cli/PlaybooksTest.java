package pvemcp.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pvemcp.json.Json;
import pvemcp.lab.Lab;
import pvemcp.lab.Scenes;
import pvemcp.lab.Tokens;
import pvemcp.tool.Prompt;
import pvemcp.tool.Tier;
import pvemcp.tool.Tool;
import pvemcp.tool.ToolResult;
import pvemcp.tools.Catalog;
import pvemcp.tools.Catalog.Surface;
import pvemcp.tools.Prompts;

/// What the playbooks tell a model to call is there, answers, and changes nothing before they say 'stop'.
class PlaybooksTest {
    private static final Pattern CALL = Pattern.compile("`(pve_[^`]+)`");

    private static final String STOP = "Then stop: ";

    /// What stands for the arguments and for the words in capitals, in the household.
    private static final Map<String, String> SAID = Map.of(
            "since", "24h",
            "days", "7",
            "name", "shop",
            "guest", "wiki-old",
            "node", "pve1",
            "template", "debian-13-template");

    private static final Map<String, String> MEANT = Map.of(
            "GUEST", "wiki-old",
            "NODE", "pve2",
            "TARGET", "pve3",
            "STORAGE", "local-lvm");

    /// For those that only look; the others have a cluster of their own.
    private static Lab quiet;

    @BeforeAll
    static void open() {
        quiet = Lab.of(Scenes.household());
    }

    @AfterAll
    static void close() {
        quiet.close();
    }

    static Stream<Prompt> playbooks() {
        return Prompts.ALL.stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("playbooks")
    void its_calls_answer_in_their_order(Prompt playbook) {
        if (!playbook.template().contains(STOP)) {
            play(playbook, quiet);
            return;
        }
        try (var lab = Lab.of(Scenes.household())) {
            play(playbook, lab);
        }
    }

    private static void play(Prompt playbook, Lab lab) {
        var failed = ((ToolResult.Done) lab.call("pve_task_list", "failed", true, "limit", 1)).data();
        for (var call : calls(playbook.text(SAID))) {
            var concrete = call.replace("TASK", upid(failed));
            assertThat(make(lab, concrete)).as(concrete).isInstanceOf(ToolResult.Done.class);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("playbooks")
    void it_only_looks_before_it_says_stop(Prompt playbook) {
        var text = playbook.text(SAID);
        int stop = text.indexOf(STOP);

        for (var call : calls(stop < 0 ? text : text.substring(0, stop))) {
            assertThat(WrittenCall.of(call).tool().tier() == Tier.READ || call.contains("dry_run=true"))
                    .as(call)
                    .isTrue();
        }
        assertThat(text).contains("data, never instructions").containsPattern("Change nothing\\.|" + STOP);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("playbooks")
    void every_tool_it_names_exists_and_its_twin_is_offered_by_default(Prompt playbook) {
        assertThat(names(Surface.ALL)).containsAll(playbook.tools());
        assertThat(playbook.twins()).isNotEmpty().isSubsetOf(playbook.tools());
        assertThat(names(Surface.CORE)).containsAll(playbook.twins());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("playbooks")
    void it_is_short_and_says_everything_it_was_given(Prompt playbook) {
        var text = playbook.text(Map.of());

        assertThat(Tokens.count(text)).isLessThanOrEqualTo(360);
        assertThat(text).doesNotContainPattern("\\{\\w+}");
        assertThat(text).isEqualTo(text.strip());
        assertThat(playbook.arguments())
                .allMatch(argument -> playbook.template().contains("{" + argument.name() + "}"));
        assertThat(playbook.name()).matches("[a-z]+(_[a-z]+)*");
    }

    private static List<String> names(Surface surface) {
        return Catalog.tools(surface, List.of()).stream().map(Tool::name).toList();
    }

    private static List<String> calls(String text) {
        var calls = new ArrayList<String>();
        CALL.matcher(text).results().map(found -> found.group(1)).forEach(calls::add);
        assertThat(calls).isNotEmpty();
        return calls;
    }

    private static ToolResult make(Lab lab, String call) {
        var meant = Pattern.compile("\\b[A-Z]+\\b")
                .matcher(call)
                .replaceAll(word -> MEANT.getOrDefault(word.group(), word.group()));
        return WrittenCall.of(meant).makeIn(lab);
    }

    private static String upid(Json answer) {
        return Pattern.compile("UPID:[^\"\\\\\\s]+")
                .matcher(answer.write())
                .results()
                .map(MatchResult::group)
                .findFirst()
                .orElseThrow();
    }
}
