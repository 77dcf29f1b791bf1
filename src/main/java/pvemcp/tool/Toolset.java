package pvemcp.tool;

import java.util.List;

/// Tools that belong together, switched on and off together by configuration.
public record Toolset(String name, String doc, List<Tool<?>> tools) {
    public Toolset {
        tools = List.copyOf(tools);
    }

    public static Toolset of(String name, String doc, Tool<?>... tools) {
        return new Toolset(name, doc, List.of(tools));
    }
}
