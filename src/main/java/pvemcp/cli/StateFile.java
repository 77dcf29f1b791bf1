package pvemcp.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import pvemcp.config.PrivateFile;
import pvemcp.json.Json;
import pvemcp.json.JsonException;
import pvemcp.text.Reason;

/// Where a simulator's state is between its runs. For its owner alone, as there are tokens and passwords in it.
record StateFile(Path path) {
    /// A cluster of 10,000 guests takes up some 30 MB.
    private static final Json.Limits LIMITS = new Json.Limits(64, 1 << 30, 100);

    /// What is in it; an empty object where it is not there yet.
    Json.Obj read() {
        try {
            return Files.exists(path) ? (Json.Obj) Json.parse(Files.readAllBytes(path), LIMITS) : Json.Obj.EMPTY;
        } catch (JsonException | ClassCastException e) {
            throw new UsageException("%s is no saved simulator: %s".formatted(path, e.getMessage()));
        } catch (IOException e) {
            throw new UsageException("%s cannot be read: %s".formatted(path, Reason.alone(e)));
        }
    }

    /// Puts this in its place, as a whole or not at all.
    void write(Json.Obj state) throws IOException {
        PrivateFile.write(path, state.pretty() + "\n");
    }
}
