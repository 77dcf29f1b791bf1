package pvemcp.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/// What becomes of an answer that cannot be written.
class OutletTest {
    @Test
    void what_found_no_room_is_remembered_and_a_reader_who_has_left_is_not_missed() {
        assertThat(lost("No space left on device")).isEqualTo("No space left on device");
        assertThat(lost("Broken pipe")).isEmpty();
    }

    private static String lost(String trouble) {
        var outlet = new Outlet(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException(trouble);
            }
        });
        new PrintStream(outlet, true, StandardCharsets.UTF_8).println("1 node");
        return outlet.lost().orElse("");
    }
}
