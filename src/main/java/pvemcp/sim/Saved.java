package pvemcp.sim;

import java.time.Instant;
import java.util.List;
import pvemcp.json.Json;
import pvemcp.sim.api.Call;
import pvemcp.sim.state.Form;

/// What a simulator leaves behind for the next one.
///
/// @param format of all this
/// @param at when it ended, by its own clock
/// @param certificate what it answered with, as PKCS #12, so that a client which has pinned it comes in again
/// @param beside the same of the backup server; empty where there never was one
/// @param world as it was when nothing was under way
/// @param since what was asked of it from then on and may have changed it, in order
record Saved(int format, Instant at, byte[] certificate, byte[] beside, Json.Obj world, List<Call> since) {
    static final int FORMAT = 1;

    private static final Form<Saved> FORM = Form.value(
            new Saved(0, Instant.EPOCH, new byte[0], new byte[0], Json.Obj.EMPTY, List.of()),
            (fields, saved) -> new Saved(
                    fields.number("format", saved.format),
                    fields.moment("at", saved.at),
                    fields.value("certificate", saved.certificate, Form.BYTES),
                    fields.value("beside", saved.beside, Form.BYTES),
                    fields.value("world", saved.world, Form.OBJECT),
                    fields.value("since", saved.since, Call.FORM.list())));

    Json.Obj json() {
        return (Json.Obj) FORM.write(this);
    }

    /// @throws IllegalArgumentException where no simulator of this kind has left that behind
    static Saved of(Json.Obj json) {
        var format = json.whole("format").orElse(0L);
        if (format != FORMAT) {
            throw new IllegalArgumentException("it is %s, and this simulator reads format %d"
                    .formatted(format == 0 ? "no saved simulator" : "of format " + format, FORMAT));
        }
        return FORM.read(json);
    }
}
