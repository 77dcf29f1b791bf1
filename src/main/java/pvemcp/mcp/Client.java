package pvemcp.mcp;

import java.util.Optional;
import pvemcp.json.Json;

/// Whoever sent a request, as far as its revision lets them be known, and the way to put questions to their user. One
/// per request.
interface Client {
    Revision revision();

    /// Name and version as the client gave them, so they prove nothing; empty where it gave none.
    String name();

    /// What it says it can do.
    Json.Obj capabilities();

    /// What came with the request in answer to an earlier question.
    default Brought brought() {
        return Brought.NOTHING;
    }

    /// Puts questions: of each key, a `method` and `params`.
    ///
    /// Since 2026-07-28 this does not return: the request ends, and is made again with the answers ([#brought]). In
    /// the older revisions it waits for them.
    ///
    /// @param state what is to come back with the answers, untouched; empty: nothing
    /// @return the answers by key; none for a question the client did not answer
    Json.Obj ask(Json.Obj questions, String state);

    /// Whether a person can be asked for a yes.
    default boolean canAsk() {
        return revision().since(Revision.V2025_06_18) && Approval.possible(capabilities());
    }

    /// Whether its user can be shown a page.
    default boolean showsApps() {
        return revision().since(Revision.V2025_06_18) && Apps.known(capabilities());
    }

    /// @param state as it was given out; empty: none came back
    /// @param answers by the keys of the questions
    record Brought(Optional<String> state, Json.Obj answers) {
        static final Brought NOTHING = new Brought(Optional.empty(), Json.Obj.EMPTY);
    }
}
