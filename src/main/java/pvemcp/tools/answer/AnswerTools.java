package pvemcp.tools.answer;

import static pvemcp.tool.Tool.read;

import pvemcp.tool.Toolset;

/// Answers to whole jobs, one call each: the conclusion, the evidence, what to do next. They change nothing.
public final class AnswerTools {
    /// What is asked most.
    public static final Toolset ANSWERS = Toolset.of(
            "answers",
            "Answers to whole jobs",
            read("pve_health", """
                    Say whether the cluster is healthy: quorum, nodes, storage, HA, services, certificates, clocks, locks, tasks.""", Health.class),
            read("pve_why", """
                    Say why a guest or node is slow, full, unreachable or will not start.""", Why.class),
            read("pve_backup_audit", """
                    Find guests whose backups are missing, stale, unverified or failed, and why.""", BackupAudit.class),
            read("pve_query", """
                    Answer one SQL SELECT (H2) over: nodes, guests, disks, nics, snapshots, storages, \
                    volumes, backups, tasks, pools, acl, jobs, ha, metrics.""", QueryTool.class));

    /// What is asked by those who run a cluster.
    public static final Toolset PLANS = Toolset.of(
            "plans",
            "Plans and reports; they change nothing",
            read("pve_failed_tasks", "Group failed tasks by cause, with the decisive log lines.", FailedTasks.class),
            read("pve_capacity", "Show headroom, growth and days left of nodes and storages.", Capacity.class),
            read("pve_right_sizing", "Find guests with too much or too little CPU or memory.", RightSizing.class),
            read("pve_rebalance_plan", "Plan moves that even out the nodes' memory.", Moves.Rebalance.class),
            read("pve_evacuation_plan", "Plan where the guests of a node can go.", Moves.Evacuation.class),
            read("pve_storage_pressure", """
                    Find tight storages, orphaned disks, old snapshots and unused ISO images.""", StoragePressure.class),
            read("pve_update_plan", "Show updates by node, whether to reboot, and the order.", UpdatePlan.class),
            read("pve_security_audit", """
                    Find over-broad rights, careless tokens, firewalls that are off.""", SecurityAudit.class),
            read("pve_what_changed", "Show who changed what lately.", WhatChanged.class),
            read("pve_report", "Describe the cluster as it is built: nodes, storages, jobs, guests.", AsBuilt.class));

    private AnswerTools() {}
}
