package pvemcp.sim;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import pvemcp.schema.ApiSchema;

/// The API's own description, as the simulator serves it.
class ApidocTest {
    @Test
    void the_served_description_reads_back_as_the_built_in_schema() {
        try (var sim = Worlds.bare()) {
            var served = SimClient.anonymous(sim).get("/pve-docs/api-viewer/apidoc.js");
            var builtIn = ApiSchema.builtIn("9.2");

            var read = ApiSchema.fromApidoc(served.text(), "9.2");

            assertThat(served.status()).isEqualTo(200);
            assertThat(read.operations()).hasSameSizeAs(builtIn.operations());
            for (var operation : builtIn.operations()) {
                var other = read.operation(operation.verb(), operation.path()).orElseThrow();
                // Answers are left out: hints for the viewer are among them that nobody reads back.
                assertThat(other.facts().without("description").without("returns"))
                        .as(operation.toString())
                        .isEqualTo(operation.facts().without("returns"));
            }
        }
    }

    @Test
    void the_description_comes_without_a_login_and_only_once() {
        try (var sim = Worlds.bare()) {
            var first = SimClient.anonymous(sim).get("/pve-docs/api-viewer/apidoc.js");

            var again = SimClient.anonymous(sim)
                    .with("If-Modified-Since: " + first.headers().get("last-modified"))
                    .get("/pve-docs/api-viewer/apidoc.js");

            assertThat(again.status()).isEqualTo(304);
            assertThat(again.text()).isEmpty();
        }
    }
}
