package pvemcp.lab;

import java.util.List;
import org.assertj.core.api.AbstractAssert;
import org.assertj.core.api.Assertions;
import pvemcp.json.Json;
import pvemcp.tool.ToolResult;
import pvemcp.view.Markdown;

/// Says of a result what a user would: done, held, refused or failed, and in which words.
public final class LabAssert extends AbstractAssert<LabAssert, ToolResult> {
    private LabAssert(ToolResult actual) {
        super(actual, LabAssert.class);
    }

    public static LabAssert assertThat(ToolResult result) {
        return new LabAssert(result);
    }

    public static org.assertj.core.api.ListAssert<Json.Obj> assertThat(List<Json.Obj> lines) {
        return Assertions.assertThat(lines);
    }

    public LabAssert isDone() {
        if (!(actual instanceof ToolResult.Done)) {
            throw failure("expected it to be done, but: %s", actual);
        }
        return this;
    }

    /// Done, with these words somewhere in the answer.
    public LabAssert shows(String... words) {
        isDone();
        Assertions.assertThat(text()).contains(words);
        return this;
    }

    public LabAssert showsNot(String... words) {
        isDone();
        Assertions.assertThat(text()).doesNotContain(words);
        return this;
    }

    /// Done, with exactly this text.
    public LabAssert reads(String text) {
        isDone();
        Assertions.assertThat(text()).isEqualTo(text);
        return this;
    }

    public LabAssert isHeld() {
        if (!(actual instanceof ToolResult.Held)) {
            throw failure("expected it to be held, but: %s", actual);
        }
        return this;
    }

    /// Held, and it would make these requests.
    public LabAssert wouldSend(String... requests) {
        isHeld();
        Assertions.assertThat(((ToolResult.Held) actual).preview().requests()).containsExactly(requests);
        return this;
    }

    public LabAssert isRefusedBy(String rule) {
        if (!(actual instanceof ToolResult.Refused refused)) {
            throw failure("expected it to be refused, but: %s", actual);
        }
        Assertions.assertThat(refused.rule()).isEqualTo(rule);
        return this;
    }

    public LabAssert failsWith(String code) {
        if (!(actual instanceof ToolResult.Failed failed)) {
            throw failure("expected it to fail, but: %s", actual);
        }
        Assertions.assertThat(failed.code()).as(failed.toString()).isEqualTo(code);
        return this;
    }

    /// What it says of what went wrong.
    public LabAssert saying(String... words) {
        Assertions.assertThat(said()).contains(words);
        return this;
    }

    public LabAssert notSaying(String... words) {
        Assertions.assertThat(said()).doesNotContain(words);
        return this;
    }

    private String said() {
        return switch (actual) {
            case ToolResult.Failed failed -> failed.what();
            case ToolResult.Refused refused -> refused.why();
            case ToolResult.Held held -> held.preview().summary();
            case ToolResult.Done _ -> text();
        };
    }

    /// What it says of what to do next.
    public LabAssert hinting(String... words) {
        var text = switch (actual) {
            case ToolResult.Failed failed -> failed.hint();
            case ToolResult.Refused refused -> refused.remedy();
            case ToolResult.Held _, ToolResult.Done _ -> throw failure("no hint in %s", actual);
        };
        Assertions.assertThat(text).contains(words);
        return this;
    }

    public String text() {
        return actual instanceof ToolResult.Done done ? Markdown.render(done.view(), () -> "x") : actual.toString();
    }

    public Json data() {
        isDone();
        return ((ToolResult.Done) actual).data();
    }
}
