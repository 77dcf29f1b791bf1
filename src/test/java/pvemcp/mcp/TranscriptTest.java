package pvemcp.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pvemcp.json.Json;
import pvemcp.json.JsonException;

/// Whole conversations, byte by byte: `>` is sent, `<` must come back. `-Dupdate` writes what did come back; read the
/// diff before it is committed.
class TranscriptTest {
    private static final Path FOLDER = Path.of("src/test/resources/pvemcp/mcp");

    @ParameterizedTest
    @ValueSource(
            strings = {"2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28", "both-eras", "malformed"})
    void the_conversation_goes_as_written(String name) throws IOException {
        var file = FOLDER.resolve(name + ".txt");
        var written = Files.readString(file);
        var said = replay(written);
        if (System.getProperty("update") != null) {
            Files.writeString(file, said);
        }
        assertThat(said).isEqualTo(written);
    }

    private static String replay(String script) {
        var said = new StringBuilder();
        try (var peer = new Peer(Peer.workshop())) {
            Json waiting = Json.Null.NULL;
            for (var line : script.lines().toList()) {
                if (line.startsWith("<")) {
                    continue;
                }
                said.append(line).append('\n');
                if (!line.startsWith("> ")) {
                    continue;
                }
                peer.send(line.substring(2));
                waiting = awaited(line.substring(2), waiting);
                while (waiting != Json.Null.NULL) {
                    var answer = peer.receive();
                    said.append("< ").append(answer).append('\n');
                    var message = (Json.Obj) Json.parse(answer);
                    boolean asksBack = message.has("method") && message.has("id");
                    boolean opened = message.text("method").orElse("").endsWith("/acknowledged");
                    if (asksBack) {
                        break;
                    }
                    if (opened || isAnswer(message, waiting)) {
                        waiting = Json.Null.NULL;
                    }
                }
            }
        }
        return said.toString();
    }

    /// The id whose answer ends the waiting; a string of no meaning where the answer can have none.
    private static Json awaited(String sent, Json waiting) {
        var nobody = Json.str("nobody");
        try {
            var message = Message.read(Json.parse(sent));
            if (message instanceof Message.Request request) {
                return request.id();
            }
            return message instanceof Message.Notification ? Json.Null.NULL : waiting;
        } catch (JsonException e) {
            return nobody;
        } catch (Message.Malformed e) {
            return e.answer().id() == Json.Null.NULL ? nobody : e.answer().id();
        }
    }

    private static boolean isAnswer(Json.Obj message, Json waiting) {
        return message.has("id")
                && (message.get("id").get() == Json.Null.NULL
                        || message.get("id").get().equals(waiting));
    }
}
