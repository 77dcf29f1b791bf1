package pvemcp.fuzz;

import java.nio.charset.StandardCharsets;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import pvemcp.lab.Campaign;

/// Whatever reads text of others, on many texts that are nearly right. `-Pfuzz` has Jazzer look for more, led by what
/// of the code a text reaches.
class FuzzTest {
    private static final int TEXTS = Campaign.of(2_000, 500_000);

    @ParameterizedTest
    @EnumSource
    void any_bytes_are_refused_or_read_as_promised(Grammar grammar) {
        grammar.examples().forEach(grammar::take);
        var texts = new Mutations(20261121 + grammar.name().hashCode(), grammar.examples());
        for (int i = 0; i < TEXTS; i++) {
            var data = texts.next();
            Assertions.assertThatCode(() -> grammar.take(data))
                    .as(() -> "text %s".formatted(new String(data, StandardCharsets.UTF_8)))
                    .doesNotThrowAnyException();
        }
    }
}
