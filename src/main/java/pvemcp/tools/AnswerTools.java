package pvemcp.tools;

import static pvemcp.tool.Tool.read;

import pvemcp.tool.Toolset;

/// Answers to whole jobs, one call each: the conclusion, the evidence, what to do next. They change nothing.
public final class AnswerTools {
    /// What is asked most.
    public static final Toolset ANSWERS =
            Toolset.of("answers", "Answers to whole jobs", read("pve_query", """
                    Answer one SQL SELECT (H2) over the inventory: nodes, guests, disks, nics, snapshots, storages, \
                    volumes, backups, tasks, pools, acl, jobs, ha, metrics. For questions no list answers.""", QueryTool.class));

    private AnswerTools() {}
}
