package pvemcp.dispatch;

import java.util.List;
import java.util.Optional;
import pvemcp.tool.App;
import pvemcp.tool.Definitions;
import pvemcp.tool.Prompt;
import pvemcp.tool.Resource;
import pvemcp.tool.Tool;

/// What a server has to offer before policy has its say.
///
/// @param instructions what a client's model should know before its first call
/// @param definitions of the tools, where they need not be derived
/// @param app the page that goes with the tools
public record Offer(
        List<Tool<?>> tools,
        List<Resource> resources,
        List<Prompt> prompts,
        String instructions,
        Definitions definitions,
        Optional<App> app) {
    /// An offer without a page, whose tools' definitions are all derived.
    public Offer(List<Tool<?>> tools, List<Resource> resources, List<Prompt> prompts, String instructions) {
        this(tools, resources, prompts, instructions, Definitions.none(), Optional.empty());
    }

    public Offer {
        tools = List.copyOf(tools);
        resources = List.copyOf(resources);
        prompts = List.copyOf(prompts);
    }
}
