package pvemcp.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import pvemcp.gate.Policy;
import pvemcp.tool.Param;
import pvemcp.tool.Reserved;
import pvemcp.tool.Tier;
import pvemcp.tool.Tool;
import pvemcp.tool.Toolset;
import pvemcp.tools.Catalog;

/// The skill `pve-tools` in the form of agentskills.io: what is worth knowing before the first call, and a reference
/// for each toolset, to be read when one of its tools is about to be used.
final class ToolSkill {
    private static final String FOLDER = "skills/pve-tools/";

    private ToolSkill() {}

    static SequencedMap<String, String> pages(String note) {
        var pages = new LinkedHashMap<String, String>();
        pages.put(FOLDER + "SKILL.md", skill(note));
        for (var set : Catalog.ALL) {
            pages.put(FOLDER + reference(set), page(set, note));
        }
        return pages;
    }

    private static String reference(Toolset set) {
        return "references/" + set.name() + ".md";
    }

    private static String skill(String note) {
        int count = Catalog.ALL.stream().mapToInt(set -> set.tools().size()).sum();
        var page = new StringBuilder("""
                ---
                name: pve-tools
                description: Reference of the pve-mcp tools for Proxmox VE, with every input, value and default. Use it when \
                choosing a pve_ tool, when a call was refused or its arguments were wrong, or when asked what can be done on a \
                Proxmox VE cluster with VMs, containers, storage, backups, network, firewall, Ceph, HA or access.
                license: MIT
                compatibility: Needs the MCP server pve-mcp, or its command pve-mcp in a shell.
                ---

                # Tools of pve-mcp

                """)
                .append(note)
                .append("""
                %d tools in %d toolsets. Which of them are offered is for the server's owner to say: the surface (`lean`, \
                `core`, `all`), the toolsets and policy decide. At a shell, `pve-mcp call guest_list status=running` is the same \
                call, and `pve-mcp tools NAME` describes one.

                ## Before the first call

                """.formatted(count, Catalog.ALL.size()))
                .append(Catalog.INSTRUCTIONS.strip())
                .append("\n\n")
                .append("""
                ## Tiers

                | tier | what it does | by default |
                |---|---|---|
                """);
        for (var tier : Tier.values()) {
            page.append("| `%s` | %s | %s |%n".formatted(tier.word(), meaning(tier), byDefault(tier)));
        }
        page.append("""

                ## Inputs of every tool that changes something

                """);
        ToolReference.addInputs(Reserved.of(Tier.CHANGE), page);
        page.append("""
                They are left out of the references. Where several clusters are configured, every tool also takes `cluster`.

                ## Toolsets

                Read a reference when you are about to use one of its tools.

                | reference | what for | tools |
                |---|---|---|
                """);
        for (var set : Catalog.ALL) {
            page.append("| [%s](%s) | %s | %s |%n"
                    .formatted(
                            set.name(),
                            reference(set),
                            ToolReference.cell(set.doc()),
                            ToolReference.names(set.tools())));
        }
        return page.toString();
    }

    private static String meaning(Tier tier) {
        return switch (tier) {
            case READ -> "looks, and cannot send anything but GET";
            case OPERATE -> "changes what runs; the opposite call undoes it";
            case CHANGE -> "changes configuration, or makes something new";
            case DESTROY -> "removes what cannot be had back";
            case EXECUTE -> "runs code, or hands out rights";
        };
    }

    private static String byDefault(Tier tier) {
        return switch (Policy.DEFAULT.answer(tier)) {
            case ALLOW -> "runs";
            case ASK -> "asks";
            case DENY -> "is refused";
        };
    }

    private static String page(Toolset set, String note) {
        var page = new StringBuilder("# %s%n%n".formatted(set.name())).append(note);
        page.append(set.doc()).append(".\n\n");
        set.tools().forEach(tool -> ToolReference.add("##", tool, own(tool), page));
        return page.toString().stripTrailing() + "\n";
    }

    private static List<Param> own(Tool<?> tool) {
        var common = Reserved.of(Tier.CHANGE);
        return tool.params().stream().filter(param -> !common.contains(param)).toList();
    }
}
