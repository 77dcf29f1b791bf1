package pvemcp.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pvemcp.lab.Golden;
import pvemcp.lab.Lab;
import pvemcp.lab.Scenes;
import pvemcp.sim.Scenario;
import pvemcp.sim.scenario.Scenarios;
import pvemcp.tool.ToolResult;
import pvemcp.view.Markdown;

/// The recipes of the handbook `skills/pve-operations` are transcripts: here each call is made, and what stands below
/// it is what was answered. `-Dupdate` writes the answers anew; read the diff before it is committed.
class HandbookTest {
    private static final Path FOLDER = Path.of("skills/pve-operations/references");
    private static final String FENCE = "```";
    private static final Pattern UPID = Pattern.compile("UPID:[^\\s`|'\"]+");
    /// What of a task's id is no more than a number of its time and process.
    private static final Pattern UPID_PARTS = Pattern.compile("UPID:(\\w+):(?:\\p{XDigit}+:){3}(\\w*:)");
    private static final Pattern ARCHIVE = Pattern.compile("\\w+:backup/[\\w-]+\\.vma\\.zst");

    static Stream<Path> chapters() throws IOException {
        try (var files = Files.list(FOLDER)) {
            return files.sorted().toList().stream();
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("chapters")
    void the_recipes_go_as_written(Path chapter) throws IOException {
        var written = Files.readString(chapter);
        try (var lab = Lab.of(cluster(written))) {
            Golden.check(chapter.toString(), new Reading(lab).of(written.lines().toList()));
        }
    }

    /// The cluster that a chapter says it is about.
    private static Scenario cluster(String written) {
        if (written.contains("cluster of `pve-mcp sim --scenario troubled`")) {
            return Scenarios.troubled();
        }
        return written.contains("cluster of three nodes") ? Scenes.household() : Scenarios.homelab();
    }

    /// A chapter being read aloud: prose as it is, after each call its answer. Quoted logs begin like calls, but name
    /// no tool.
    private static final class Reading {
        private final Lab lab;
        private final StringBuilder said = new StringBuilder();
        private String told = "";

        Reading(Lab lab) {
            this.lab = lab;
        }

        String of(List<String> lines) {
            boolean inside = false;
            boolean fails = false;
            for (var line : lines) {
                if (line.startsWith(FENCE)) {
                    fails = line.equals(FENCE + "console fails");
                    inside = !inside && line.startsWith(FENCE + "console");
                    said.append(line).append('\n');
                } else if (inside && line.startsWith("> pve_")) {
                    said.append(line)
                            .append('\n')
                            .append(answer(line.substring(2), fails))
                            .append('\n');
                } else if (!inside) {
                    said.append(line).append('\n');
                }
            }
            return said.toString();
        }

        /// @param fails whether the recipe is about a call that does not do what it says
        private String answer(String call, boolean fails) {
            var concrete = call.replace("$task", last(UPID)).replace("$archive", last(ARCHIVE));
            var result = WrittenCall.of(concrete).makeIn(lab);
            assertThat(result instanceof ToolResult.Done)
                    .as("%s: %s", concrete, result)
                    .isNotEqualTo(fails);
            told += "\n" + text(result);
            return UPID_PARTS.matcher(text(result).strip()).replaceAll("UPID:$1:…:$2");
        }

        private String last(Pattern what) {
            return what.matcher(told)
                    .results()
                    .map(MatchResult::group)
                    .reduce((_, last) -> last)
                    .orElse("nothing-was-told");
        }
    }

    /// As a model gets it.
    private static String text(ToolResult result) {
        return switch (result) {
            case ToolResult.Done done -> Markdown.render(done.view(), () -> "7f3a");
            case ToolResult.Held held -> "held: " + held.preview().summary();
            case ToolResult.Refused(var rule, var why, var remedy) ->
                "refused by %s: %s\nremedy: %s".formatted(rule, why, remedy);
            case ToolResult.Failed(var code, var what, var hint) ->
                "error %s: %s%s".formatted(code, what, hint.isEmpty() ? "" : "\nhint: " + hint);
        };
    }
}
