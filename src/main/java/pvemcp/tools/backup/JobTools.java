package pvemcp.tools.backup;

import static pvemcp.tool.Tool.execute;
import static pvemcp.tool.Tool.read;

import pvemcp.tool.Toolset;

/// What the cluster does by schedule: backups, and syncs of realms.
public final class JobTools {
    public static final Toolset JOBS = Toolset.of(
            "jobs",
            "Scheduled backups and realm syncs",
            read("pve_job_list", """
                    List backup jobs and realm syncs, and guests in no job.""", JobList.class),
            execute("pve_job_set", "Set or delete a backup job or realm sync, or run a backup job now.", JobSet.class));

    private JobTools() {}
}
