package pvemcp.tool;

import java.util.Optional;
import pvemcp.json.Json;
import pvemcp.view.View;

/// How a tool call ended. The protocol, the terminal and the audit log each render it in their own way.
public sealed interface ToolResult {
    /// It was done.
    ///
    /// @param view the answer, to read
    /// @param data the same as JSON, for programs
    /// @param going by what name the dispatcher tells more of work that goes on; empty: nothing does
    record Done(View view, Json data, Optional<String> going) implements ToolResult {
        public Done(View view, Json data) {
            this(view, data, Optional.empty());
        }
    }

    /// It wants a yes; nothing was changed.
    ///
    /// @param typed what the person types along with the yes, such as the name of the guest that is destroyed;
    ///     empty where a yes is enough
    /// @param again what a caller who cannot be asked does to make it after all
    record Held(Preview preview, Tier tier, Ticket ticket, String typed, Again again) implements ToolResult {}

    /// How a held call is made after all, by a caller whose user cannot be asked.
    ///
    /// @param sentence for a model
    /// @param arguments what is added to the arguments of the call
    /// @param elsewhere whether a person says yes at another place first
    record Again(String sentence, Json.Obj arguments, boolean elsewhere) {}

    /// Policy does not allow it; nothing was changed.
    ///
    /// @param rule the policy key that refused, such as `policy.destroy`
    /// @param remedy what the owner would change to allow it
    record Refused(String rule, String why, String remedy) implements ToolResult {}

    /// It failed, and this is known: what happened and what to do next.
    ///
    /// @param code stable and short, such as `locked` or `bad_arguments`
    record Failed(String code, String what, String hint) implements ToolResult {}
}
