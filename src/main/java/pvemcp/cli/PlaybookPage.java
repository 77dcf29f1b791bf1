package pvemcp.cli;

import java.util.HashMap;
import pvemcp.tool.Prompt;
import pvemcp.tools.Prompts;

/// `docs/playbooks.md`: the prompts as they are declared, with the tools that do the same in one call.
final class PlaybookPage {
    private PlaybookPage() {}

    static String text(String note) {
        var page = new StringBuilder("# Playbooks\n\n").append(note).append("""
                Clients that know MCP prompts show these in a menu, often as slash commands, and complete the names of guests \
                and nodes. Where a client has no prompts, the tool in the last column gives the verdict in one call, and the \
                text below says what to look at next. Playbooks look first; those that change something say what they would \
                do and stop for a yes. Policy holds for their calls as for all others.

                | prompt | what for | arguments | in one call |
                |---|---|---|---|
                """);
        for (var playbook : Prompts.ALL) {
            var arguments = playbook.arguments().stream()
                    .map(argument -> "`%s`%s".formatted(argument.name(), argument.required() ? "" : " (optional)"))
                    .toList();
            page.append("| [%s](#%s) | %s | %s | %s |%n"
                    .formatted(
                            playbook.name(),
                            playbook.name(),
                            playbook.doc(),
                            String.join(", ", arguments),
                            "`" + String.join("`, `", playbook.twins()) + "`"));
        }
        Prompts.ALL.forEach(playbook -> section(playbook, page));
        return page.toString();
    }

    private static void section(Prompt playbook, StringBuilder page) {
        page.append("\n## ")
                .append(playbook.name())
                .append("\n\n*")
                .append(playbook.title())
                .append("*\n\n");
        for (var argument : playbook.arguments()) {
            page.append("- `%s`: %s%n".formatted(argument.name(), argument.doc()));
        }
        var values = new HashMap<String, String>();
        for (var argument : playbook.arguments()) {
            if (argument.required()) {
                values.put(argument.name(), "{" + argument.name() + "}");
            }
        }
        page.append(playbook.arguments().isEmpty() ? "" : "\n");
        page.append("```text\n").append(playbook.text(values)).append("\n```\n");
    }
}
