package pvemcp.sim.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import pvemcp.schema.ApiSchema;
import pvemcp.schema.Operation;
import pvemcp.schema.Verb;
import pvemcp.sim.http.Replies;

/// The check of replies is itself judged by a real Proxmox VE 9.2.11: what that answered has to pass.
class RecordedRepliesTest {
    private static final ApiSchema SCHEMA = ApiSchema.builtIn("9.2");

    @Test
    void what_the_recorded_host_answered_is_as_declared() throws IOException {
        var wrong = new ArrayList<String>();
        int checked = 0;
        try (var stories = Files.list(Path.of("src/test/resources/recordings"))) {
            for (var story : stories.map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(".jsonl"))
                    .sorted()
                    .toList()) {
                for (var exchange : Exchange.story(story.replace(".jsonl", ""))) {
                    var operation = operation(exchange);
                    if (exchange.status() == 200 && operation.isPresent()) {
                        checked++;
                        Replies.differences(operation.get(), exchange.data())
                                .forEach(difference -> wrong.add(story + " " + exchange + ": " + difference));
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(checked).isGreaterThan(1500);
    }

    /// Some requests were none of the API's.
    private static Optional<Operation> operation(Exchange exchange) {
        return Stream.of(Verb.values())
                .filter(verb -> verb.name().equals(exchange.method()))
                .flatMap(verb -> SCHEMA.match(verb, exchange.path().replaceFirst("^/api2/[a-z]+", "")).stream())
                .map(ApiSchema.Match::operation)
                .findFirst();
    }
}
