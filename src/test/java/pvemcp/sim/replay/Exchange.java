package pvemcp.sim.replay;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import pvemcp.json.Json;

/// One request that was sent to a real PVE 9.2 and what it answered.
///
/// @param number its place in the story
/// @param note what the recorder meant; the answer is what counts
/// @param request the recorded members: `method`, `path`, `auth`, `query`, `rawQuery`, `form`, `json`, `raw`,
///     `contentType`, `multipart`, `headers`, `chunked`
/// @param status the HTTP status, 0 where the connection closed without an answer
/// @param reason the reason phrase, which carries the message where the body is empty
/// @param body the parsed JSON or the text
record Exchange(int number, String note, Json.Obj request, int status, String reason, Json body) {

    /// The exchanges of one story, in the order they were recorded.
    static List<Exchange> story(String file) {
        try (var in = Exchange.class.getResourceAsStream("/recordings/" + file + ".jsonl")) {
            var exchanges = new ArrayList<Exchange>();
            for (var line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
                exchanges.add(of((Json.Obj) Json.parse(line)));
            }
            return List.copyOf(exchanges);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Exchange of(Json.Obj line) {
        return new Exchange(
                line.whole("n").orElseThrow().intValue(),
                line.text("note").orElse(""),
                line,
                line.whole("status").orElseThrow().intValue(),
                line.text("reason").orElse("OK"),
                line.get("body").orElse(Json.Null.NULL));
    }

    String method() {
        return request.text("method").orElseThrow();
    }

    String path() {
        return request.text("path").orElseThrow();
    }

    String auth() {
        return request.text("auth").orElseThrow();
    }

    /// The `data` of a JSON answer.
    Json data() {
        return body instanceof Json.Obj obj ? obj.get("data").orElse(Json.Null.NULL) : Json.Null.NULL;
    }

    boolean followsTask() {
        return path().contains("/tasks/") && path().endsWith("/status");
    }

    @Override
    public String toString() {
        return "#%d %s %s [%s]".formatted(number, method(), path(), note);
    }
}
