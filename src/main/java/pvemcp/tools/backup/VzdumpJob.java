package pvemcp.tools.backup;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import pvemcp.json.Json;
import pvemcp.pve.Guest;
import pvemcp.pve.PveException;
import pvemcp.pve.PveFault;
import pvemcp.pve.Task;
import pvemcp.pve.TaskReport;
import pvemcp.pve.Verb;
import pvemcp.tool.ToolContext;
import pvemcp.tools.common.Outcome;
import pvemcp.view.Clean;

/// One run of vzdump on one node, and what its log says became of each guest.
///
/// @param storage where the backups go; empty for a directory of the node
record VzdumpJob(Task task, List<Guest> guests, String storage) {
    private static final int LINES = 2000;

    /// @param outcome `done`, `failed` or `still running`
    /// @param archive the volume it became, as other calls take it, or the file outside storages; where it failed:
    ///     why
    record Result(String guest, String outcome, String archive, String size, String task) {}

    /// @param how the parameters besides the guests
    static VzdumpJob start(ToolContext ctx, String node, List<Guest> guests, Json.Obj how) {
        var vmids = guests.stream().map(guest -> Integer.toString(guest.vmid())).collect(Collectors.joining(","));
        var params = Json.obj("vmid", vmids).with(how);
        // A node that has none of the guests says "OK" and does nothing (PVE::API2::VZDump).
        var pve = ctx.pve();
        var task = pve.startedBy(pve.node(node).send(Verb.POST, "/vzdump", params))
                .orElseThrow(() -> new PveException(new PveFault.Conflict(
                        "%s backed nothing up: it no longer has %s".formatted(node, Clean.line(guests.toString())))));
        return new VzdumpJob(task, guests, how.text("storage").orElse(""));
    }

    List<Result> follow(ToolContext ctx, Duration timeout) {
        try {
            var report = task.await(Outcome.limited(timeout), ctx);
            return results(report instanceof TaskReport.Going ? "still running" : "done");
        } catch (PveException e) {
            // "job errors" says only that some guest failed; the log says which.
            if (e.fault() instanceof PveFault.TaskFailed failed && failed.exit().equals("job errors")) {
                return guests.size() == 1 ? rethrow(e) : results("done");
            }
            throw e;
        }
    }

    private static List<Result> rethrow(PveException e) {
        throw e;
    }

    private List<Result> results(String ended) {
        var archives = new LinkedHashMap<Integer, String>();
        var sizes = new LinkedHashMap<Integer, String>();
        var failures = new LinkedHashMap<Integer, String>();
        var finished = new LinkedHashMap<Integer, Boolean>();
        read(archives, sizes, failures, finished);
        var rows = new ArrayList<Result>();
        for (var guest : guests) {
            int id = guest.vmid();
            var failure = failures.get(id);
            var outcome = failure != null ? "failed" : finished.containsKey(id) ? "done" : missing(ended);
            rows.add(new Result(
                    Clean.oneLine("%s (%d)".formatted(guest.name(), id)),
                    outcome,
                    failure != null ? failure : archives.getOrDefault(id, ""),
                    sizes.getOrDefault(id, ""),
                    task.id().toString()));
        }
        return rows;
    }

    /// A guest that a finished job's log says nothing of was not backed up.
    private static String missing(String ended) {
        return ended.equals("done") ? "failed" : ended;
    }

    private void read(
            Map<Integer, String> archives,
            Map<Integer, String> sizes,
            Map<Integer, String> failures,
            Map<Integer, Boolean> finished) {
        int current = 0;
        for (var line : task.log(0, LINES).lines()) {
            var matcher = Form.LINE.matcher(line);
            if (!matcher.matches()) {
                continue;
            }
            if (matcher.group("start") != null) {
                current = Integer.parseInt(matcher.group("start"));
            } else if (matcher.group("archive") != null) {
                archives.put(current, Clean.line(volume(matcher.group("archive"))));
            } else if (matcher.group("size") != null) {
                sizes.put(current, Clean.name(matcher.group("size")));
            } else if (matcher.group("done") != null) {
                finished.put(Integer.parseInt(matcher.group("done")), true);
            } else {
                failures.put(Integer.parseInt(matcher.group("failed")), Clean.line(matcher.group("why")));
            }
        }
    }

    /// The log has the file of a storage, or on a backup server `vm/101/TIME`; volumes of both are below `backup/`
    /// (PVE::Storage::Plugin and PBSPlugin, parse_volname).
    private String volume(String archive) {
        return storage.isEmpty() ? archive : storage + ":backup/" + archive.replaceFirst("^/(.*/)?", "");
    }

    /// PVE::VZDump, exec_backup_task.
    private static final class Form {
        static final Pattern LINE = Pattern.compile("INFO: Starting Backup of VM (?<start>\\d{1,9}) .*"
                + "|INFO: creating .*archive '(?<archive>[^']+)'.*"
                + "|INFO: archive file size: (?<size>.+)"
                + "|INFO: Finished Backup of VM (?<done>\\d{1,9}) .*"
                + "|ERROR: Backup of VM (?<failed>\\d{1,9}) failed - (?<why>.*)");
    }
}
