package pvemcp.tool;

/// A call somebody wants made: its inputs, how to run it, and the kind of answer that comes back.
///
/// Implemented by records; their components are the inputs of the tool. A [pvemcp.pve.PveException] is how it fails.
public interface Call<A> {
    A run(ToolContext ctx);
}
