package pvemcp.pve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pvemcp.json.Json;

/// What the refusals that a real PVE 9.2 was recorded with are taken for, and those of older versions and other
/// parts that the recordings do not have.
class AnswersTest {
    static Stream<Json.Obj> recorded() throws IOException {
        return Files.readAllLines(Path.of("src/test/resources/pvemcp/pve/refusals.jsonl")).stream()
                .map(line -> (Json.Obj) Json.parse(line));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("recorded")
    void a_recorded_refusal_is_the_fault_it_means(Json.Obj recorded) {
        var request = new Request(
                Verb.valueOf(recorded.text("verb").orElseThrow()),
                recorded.text("path").orElseThrow(),
                "",
                "",
                recorded.text("verb").orElseThrow().equals("GET") ? 3 : 1,
                List.of());
        var answer = new Outcome.Answered(
                recorded.whole("status").orElseThrow().intValue(),
                recorded.text("reason").orElseThrow(),
                recorded.text("type").orElse(""),
                Optional.empty(),
                recorded.text("body").orElse("").getBytes(StandardCharsets.UTF_8));

        assertThat(Answers.fault(request, "https://pve", answer, List.of()))
                .hasToString(recorded.text("fault").orElseThrow());
    }

    private static PveFault said(int status, String message) {
        var request = Request.of(Verb.PUT, "/nodes/pve1/qemu/101/config", Json.Obj.EMPTY);
        return Answers.fault(
                request,
                "https://pve1:8006",
                new Outcome.Answered(status, message, "", Optional.empty(), new byte[0]),
                List.of());
    }

    @Test
    void a_cluster_without_quorum_is_known_by_either_of_its_sentences() {
        assertThat(said(500, "cluster not ready - no quorum?")).isInstanceOf(PveFault.NoQuorum.class);
        assertThat(said(500, "cfs-lock 'file-user_cfg' error: no quorum!")).isInstanceOf(PveFault.NoQuorum.class);
    }

    @Test
    void a_lock_of_the_cluster_that_was_not_had_in_time_is_a_lock() {
        assertThat(said(500, "create storage failed: cfs-lock 'file-storage_cfg' error: got lock request timeout"))
                .isEqualTo(new PveFault.Locked(
                        "file-storage_cfg",
                        "",
                        "create storage failed: cfs-lock 'file-storage_cfg' error: got lock request timeout"));
    }

    @Test
    void words_that_nobody_says_are_no_more_than_words() {
        assertThat(said(500, "the VM is locked, or so they say")).isInstanceOf(PveFault.Unexpected.class);
        assertThat(said(500, "no quorum")).isInstanceOf(PveFault.Unexpected.class);
        assertThat(said(500, "storage does not exist")).isInstanceOf(PveFault.Unexpected.class);
    }

    @Test
    void control_characters_and_endless_texts_do_not_get_through() {
        var fault = (PveFault.Unexpected) said(500, "a\u001b[31mb\u202ec\r" + "x".repeat(10_000));

        assertThat(fault.message()).startsWith("a[31mbc").hasSizeLessThan(2_100);
    }
}
