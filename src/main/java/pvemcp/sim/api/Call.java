package pvemcp.sim.api;

import java.time.Instant;
import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.schema.Verb;
import pvemcp.sim.state.Form;

/// A call that was let through to its handler, with all that handler goes by besides the world.
///
/// @param path the operation's template, as the schema has it
/// @param arguments checked and typed
/// @param authId who asked
public record Call(Instant at, Verb verb, String path, Json.Obj arguments, String authId, Optional<Posted> file) {
    public static final Form<Call> FORM = Form.value(
            new Call(Instant.EPOCH, Verb.GET, "", Json.Obj.EMPTY, "", Optional.empty()),
            (fields, call) -> new Call(
                    fields.moment("at", call.at),
                    fields.value("verb", call.verb, Form.word(Verb.class)),
                    fields.text("path", call.path),
                    fields.value("arguments", call.arguments, Form.OBJECT),
                    fields.text("authId", call.authId),
                    fields.maybe("file", call.file, Posted.FORM)));
}
