package pvemcp.tool;

import pvemcp.json.Json;
import pvemcp.view.View;

/// How a tool call ended. The protocol, the terminal and the audit log each render it in their own way.
public sealed interface ToolResult {
    /// It was done.
    ///
    /// @param view the answer, to read
    /// @param data the same as JSON, for programs
    record Done(View view, Json data) implements ToolResult {}

    /// It wants a yes; nothing was changed.
    record Held(Preview preview, Tier tier, Ticket ticket) implements ToolResult {}

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
