package pvemcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import pvemcp.tool.Tier;

/// `docs/guide/troubleshooting.md` has a section for each code that an answer may begin with, and for no other.
class TroubleshootingTest {
    private static final Path PAGE = Path.of("docs/guide/troubleshooting.md");
    private static final Path SOURCE = Path.of("src/main/java/pvemcp");

    /// Where an answer is given its code: failures, refusals, verdicts that become refusals, and the helpers of two
    /// classes that make such.
    private static final Pattern CODE = Pattern.compile(
            "(?:new (?:ToolResult\\.)?(?:Failed|Refused)|new (?:Verdict\\.)?(?:Deny|Hold)|new NotAllowed|\\bspent|\\bdeny)"
                    + "\\(\\s*\"([a-z_.]*[a-z])\"");

    private static final Pattern KEY = Pattern.compile("String ([A-Z]+_KEY|TAINT) = \"([a-z_.]+)\"");
    private static final Pattern PROTECTED = Pattern.compile("new Match\\(\"([a-z]+)\"");

    @Test
    void every_code_that_an_answer_may_have_has_a_section_and_no_other_has() throws IOException {
        var sections = headings();

        assertThat(sections).doesNotHaveDuplicates();
        assertThat(sections).containsExactlyInAnyOrderElementsOf(codes());
    }

    private static List<String> headings() throws IOException {
        var codes = new ArrayList<String>();
        Files.readAllLines(PAGE).stream()
                .filter(line -> line.startsWith("### "))
                .forEach(line ->
                        Pattern.compile("`([^`]+)`").matcher(line).results().forEach(code -> codes.add(code.group(1))));
        return codes;
    }

    private static Set<String> codes() throws IOException {
        var codes = new TreeSet<String>();
        Arrays.stream(Tier.values())
                .forEach(tier -> codes.add("policy." + tier.name().toLowerCase(Locale.ROOT)));
        try (var files = Files.walk(SOURCE)) {
            for (var file :
                    files.filter(file -> file.toString().endsWith(".java")).toList()) {
                var text = Files.readString(file);
                CODE.matcher(text).results().forEach(found -> codes.add(found.group(1)));
                KEY.matcher(text).results().forEach(found -> codes.add(found.group(2)));
                PROTECTED.matcher(text).results().forEach(found -> codes.add("policy.protect." + found.group(1)));
            }
        }
        return codes;
    }
}
