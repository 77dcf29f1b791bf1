package pvemcp.mcp;

/// Which changes this server will tell of, and so may promise to. A promise nobody keeps is worse than none.
///
/// @param tools that the list of tools has changed
/// @param prompts that the list of prompts has changed
/// @param resources that the list of resources has changed
/// @param updates that one resource has changed
public record Emits(boolean tools, boolean prompts, boolean resources, boolean updates) {
    public static final Emits NOTHING = new Emits(false, false, false, false);
    public static final Emits TOOLS = new Emits(true, false, false, false);
    public static final Emits EVERYTHING = new Emits(true, true, true, true);

    boolean nothing() {
        return !tools && !prompts && !resources && !updates;
    }
}
