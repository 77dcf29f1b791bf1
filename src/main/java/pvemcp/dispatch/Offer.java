package pvemcp.dispatch;

import java.util.List;
import pvemcp.tool.Prompt;
import pvemcp.tool.Resource;
import pvemcp.tool.Tool;

/// What a server has to offer before policy has its say.
///
/// @param instructions what a client's model should know before its first call
public record Offer(List<Tool<?>> tools, List<Resource> resources, List<Prompt> prompts, String instructions) {
    public Offer {
        tools = List.copyOf(tools);
        resources = List.copyOf(resources);
        prompts = List.copyOf(prompts);
    }
}
